"""Karpenter's NodePool, EC2NodeClass and their predecessors, and the NodeClass of EKS Auto Mode."""

from __future__ import annotations

from collections.abc import Iterator

from podroom.assembly.manifests.objects import Manifest
from podroom.assembly.manifests.parts import NO_CLUSTER, Loose, NodeClassPart, SubnetTerm
from podroom.assembly.manifests.tree import Entry, Item, Leaf, Table, integer_of, items_of, strings_of, text_of
from podroom.assembly.user_data import read_user_data
from podroom.catalog import documents
from podroom.catalog.ami_families import AmiFamily
from podroom.model.world import KarpenterKubelet, NodeClass, NodePool, Requirement, UserData
from podroom.positions import Span
from podroom.sources.templated import included
from podroom.traced_text import HOLE
from podroom.values import Default, Known, Members, OneOf, Unknown, Value, first_unknown

_CUSTOM = "Custom"
_FAMILIES = {
    "AL2": AmiFamily.AL2,
    "AL2023": AmiFamily.AL2023,
    "Bottlerocket": AmiFamily.BOTTLEROCKET,
    "Windows2019": AmiFamily.WINDOWS,
    "Windows2022": AmiFamily.WINDOWS,
    "Windows2025": AmiFamily.WINDOWS,
}
_DISCOVERY = ("karpenter.sh/discovery", "aws:eks:cluster-name", "eks:cluster-name")
_CLUSTER_TAG = "kubernetes.io/cluster/"
_OLD = Default("Karpenter's Provisioner", documents.KARPENTER_PROVISIONER_DEFAULTS)
_INSTANCE_KEYS = ("karpenter.k8s.aws/instance-family", "karpenter.k8s.aws/instance-category")
_CATEGORY = "karpenter.k8s.aws/instance-category"
_GENERATION = "karpenter.k8s.aws/instance-generation"
_TYPE = "node.kubernetes.io/instance-type"
_ARCHITECTURE = "kubernetes.io/arch"


def read_node_pool(manifest: Manifest) -> NodePool:
    """Read a NodePool (v1, v1beta1) or Provisioner (v1alpha5)."""
    if manifest.kind == "Provisioner":
        return _provisioner(manifest)
    spec = manifest.table("spec", "template", "spec")
    reference = manifest.table("spec", "template", "spec", "nodeClassRef")
    name = text_of(reference.get("name"), "nodeClassRef.name")
    kind = text_of(reference.get("kind"), "nodeClassRef.kind")
    group = text_of(reference.get("group"), "nodeClassRef.group")
    auto_mode = (isinstance(group, Known) and group.value == "eks.amazonaws.com") or (
        isinstance(kind, Known) and kind.value == "NodeClass"
    )
    class_kind = "NodeClass" if auto_mode else "EC2NodeClass"
    requirements = _requirements(spec, manifest)
    if name is None:
        reason = f"this is a part of {manifest.address} only: it names no node class"
        name = Unknown(reason, manifest.span)
        requirements = Members(requirements.items, (*requirements.missing, name))
    return NodePool(
        address=manifest.address,
        span=manifest.span,
        cluster=NO_CLUSTER,
        node_class=name.map(lambda known: f"{class_kind}/{known}"),
        requirements=requirements,
        kubelet=_kubelet(spec, "kubelet"),
        auto_mode=auto_mode,
        limits=_limits(manifest.table("spec", "limits")),
        uncertain=manifest.uncertain,
        included=included(manifest.span.document),
    )


def _provisioner(manifest: Manifest) -> NodePool:
    spec = manifest.table("spec")
    reference = text_of(spec.find("providerRef", "name"), "providerRef.name")
    if reference is None:
        reference = Unknown("the Provisioner names no AWSNodeTemplate", manifest.span)
    return NodePool(
        address=manifest.address,
        span=manifest.span,
        cluster=NO_CLUSTER,
        node_class=reference.map(lambda known: f"AWSNodeTemplate/{known}"),
        requirements=_with_old_defaults(_requirements(spec, manifest), manifest.span),
        kubelet=_kubelet(spec, "kubeletConfiguration"),
        limits=_limits(manifest.table("spec", "limits", "resources")),
        uncertain=manifest.uncertain,
        included=included(manifest.span.document),
    )


def _with_old_defaults(requirements: Members[Requirement], span: Span) -> Members[Requirement]:
    """Add what a Provisioner's web hook adds: amd64, and c, m and r types newer than generation 2.

    The latter only where no instance type, family, category or generation is named.
    """
    keys = {requirement.key.value for requirement in requirements if isinstance(requirement.key, Known)}
    if requirements.missing or (len(keys) < len({id(requirement) for requirement in requirements}) and not keys):
        return requirements
    added = []
    if _ARCHITECTURE not in keys:
        added.append(_default(_ARCHITECTURE, "In", ("amd64",), span))
    if not keys & {_TYPE, _GENERATION, *_INSTANCE_KEYS}:
        added.append(_default(_CATEGORY, "In", ("c", "m", "r"), span))
        added.append(_default(_GENERATION, "Gt", ("2",), span))
    return Members((*requirements.items, *added))


def _default(key: str, operator: str, values: tuple[str, ...], span: Span) -> Requirement:
    return Requirement(
        Known(key, _OLD), Known(operator, _OLD), Members(tuple(Known(value, _OLD) for value in values)), span
    )


def _requirements(spec: Table, manifest: Manifest) -> Members[Requirement]:
    items, missing = items_of(spec.get("requirements"), "requirements")
    read = []
    gaps = list(missing)
    for item in items:
        if isinstance(item, Table):
            read.append(_requirement(item))
        else:
            unknown = item.unknown() if isinstance(item, Leaf) else None
            gaps.append(Unknown("a requirement is no mapping", item.span) if unknown is None else unknown)
    path = ("spec", "labels") if manifest.kind == "Provisioner" else ("spec", "template", "metadata", "labels")
    for entry in manifest.table(*path).entries.values():
        if entry.key == _TYPE or entry.key.startswith("karpenter.k8s.aws/instance-"):
            value = text_of(entry.item, entry.key)
            if value is not None:
                key = Known(entry.key, entry.span)
                read.append(Requirement(key, Known("In", entry.span), Members((value,)), entry.span))
    return Members(tuple(read), tuple(gaps))


def _requirement(table: Table) -> Requirement:
    values, missing = strings_of(table.get("values"), "values")
    return Requirement(
        key=_required(table, "key"),
        operator=_required(table, "operator"),
        values=Members(values, missing),
        span=table.span,
        minimum_values=integer_of(table.get("minValues"), "minValues"),
    )


def _required(table: Table, key: str) -> Value[str]:
    value = text_of(table.get(key), key)
    return Unknown(f"a requirement has no {key}", table.span) if value is None else value


def _limits(table: Table) -> tuple[tuple[str, Value[str]], ...]:
    values = ((key, text_of(entry.item, key)) for key, entry in table.entries.items())
    return tuple((key, value) for key, value in values if value is not None)


def _kubelet(spec: Table, key: str) -> KarpenterKubelet | None:
    entry = spec.entry(key)
    if entry is None:
        return None
    if isinstance(entry, Unknown):
        return KarpenterKubelet(spec.span, missing=entry)
    if not isinstance(entry.item, Table):
        unknown = entry.item.unknown() if isinstance(entry.item, Leaf) else None
        return KarpenterKubelet(entry.span, missing=first_unknown(unknown, Unknown(f"{key} is no mapping", entry.span)))
    table = entry.item
    return KarpenterKubelet(
        span=entry.span,
        max_pods=_number(table, "maxPods"),
        pods_per_core=_number(table, "podsPerCore"),
        max_pods_text=_text(table, "maxPods"),
        missing=table.missing[0] if table.missing else None,
    )


def _text(table: Table, key: str) -> Value[str] | None:
    """Return what stands there if it is a text; None if it is a number or surely not there."""
    found = table.entry(key)
    if not isinstance(found, Entry):
        return found
    if not isinstance(found.item, Leaf):
        return None
    kind = found.item.json_type()
    if isinstance(kind, Unknown):
        return kind
    text = found.item.text()
    if kind.value != "string":
        return None
    return Known(text.value, found.span) if isinstance(text, Known) else text


def _number(table: Table, key: str) -> Value[int] | None:
    """Return a number of kubelet's; its origin is the whole entry, which is what a person changes."""
    found = table.entry(key)
    if not isinstance(found, Entry):
        return found
    if isinstance(found.item, Leaf):
        text = found.item.text()
        if isinstance(text, Known) and not text.value.strip().isdecimal():
            reason = f"{key} is an expression that Karpenter works out for each type: {text.value}"
            return Unknown(reason, found.span)
    value = integer_of(found.item, key)
    if isinstance(value, Known) and isinstance(value.origin, Span) and found.span.holds(value.origin):
        return Known(value.value, found.span)
    return value


def read_node_class(manifest: Manifest) -> Loose:
    """Read an EC2NodeClass, an AWSNodeTemplate or a NodeClass of EKS Auto Mode."""
    spec = manifest.table("spec")
    auto_mode = manifest.kind == "NodeClass"
    terms = _old_terms(spec) if manifest.kind == "AWSNodeTemplate" else _terms(spec, "subnetSelectorTerms")
    networking = spec.find("advancedNetworking", "ipv4PrefixSize")
    node_class = NodeClass(
        address=manifest.address,
        span=manifest.span,
        cluster=NO_CLUSTER,
        reference=manifest.identity,
        ami_family=_family(spec, manifest),
        user_data=_user_data(spec),
        kubelet=None if auto_mode else _kubelet(spec, "kubelet"),
        auto_mode=auto_mode,
        ipv4_prefix_size=text_of(networking, "ipv4PrefixSize") if auto_mode else None,
        uncertain=manifest.uncertain,
    )
    pod_terms = _terms(spec, "podSubnetSelectorTerms") if auto_mode else Members[SubnetTerm]()
    name = _cluster_name(spec, terms)
    return Loose(NodeClassPart(node_class, terms, pod_terms), manifest.span, name, tag=True)


def _family(spec: Table, manifest: Manifest) -> Value[AmiFamily] | None:
    """Return the AMI family, None for Custom; it may be said by the alias of an AMI term only."""
    if manifest.kind == "NodeClass":
        return Known(AmiFamily.BOTTLEROCKET, Default("EKS Auto Mode", documents.EKS_AUTO_MODE_NETWORKING))
    value = text_of(spec.get("amiFamily"), "amiFamily")
    if value is None:
        value = _alias(spec)
    if value is None:
        default = Default("Karpenter's AWSNodeTemplate", documents.KARPENTER_PROVISIONER_DEFAULTS)
        return Known(AmiFamily.AL2, default) if manifest.kind == "AWSNodeTemplate" else None
    if isinstance(value, Unknown):
        return value
    if isinstance(value, OneOf):
        return Unknown(value.reason, value.origin, value.refs)
    if value.value in (_CUSTOM, "Ubuntu"):
        return None
    family = _FAMILIES.get(value.value)
    if family is None:
        return Unknown(f'Karpenter has no AMI family "{value.value}"', value.origin)
    return Known(family, value.origin)


def _alias(spec: Table) -> Value[str] | None:
    """Return the family that an alias such as `al2023@latest` names; the version after the @ may be unknown."""
    terms, missing = items_of(spec.get("amiSelectorTerms"), "amiSelectorTerms")
    for term in terms:
        alias = term.get("alias") if isinstance(term, Table) else None
        if isinstance(alias, Unknown):
            return alias
        if not isinstance(alias, Leaf):
            continue
        before, separator, _ = alias.traced().text.partition("@")
        if HOLE in before or not separator:
            return first_unknown(alias.unknown(), Unknown("the alias of the AMI names no family", alias.span))
        name = next((family for family in _FAMILIES if family.lower() == before), before)
        return Known(name, alias.span)
    return missing[0] if missing else None


def _user_data(spec: Table) -> UserData:
    found = spec.get("userData")
    if isinstance(found, Leaf):
        return read_user_data(found.traced())
    return UserData(gaps=(found,)) if isinstance(found, Unknown) else UserData()


def _terms(spec: Table, key: str) -> Members[SubnetTerm]:
    items, missing = items_of(spec.get(key), key)
    terms = tuple(_term(item) for item in items)
    return Members(terms, missing)


def _term(item: Item) -> SubnetTerm:
    if not isinstance(item, Table):
        return SubnetTerm(item.span, missing=Unknown("a term that selects subnets is no mapping", item.span))
    tags = item.get("tags")
    return SubnetTerm(
        item.span,
        text_of(item.get("id"), "id"),
        _tags(tags) if isinstance(tags, Table) else (),
        tags if isinstance(tags, Unknown) else _missing(tags) if isinstance(tags, Table) else None,
    )


def _old_terms(spec: Table) -> Members[SubnetTerm]:
    """Read `subnetSelector` of an AWSNodeTemplate: one map of tags; `aws-ids` is a list of ids in one text."""
    found = spec.get("subnetSelector")
    if not isinstance(found, Table):
        return Members((), (found,) if isinstance(found, Unknown) else ())
    tags = dict(_tags(found))
    ids = tags.pop("aws-ids", tags.pop("aws::ids", None))
    if isinstance(ids, Known):
        return Members(tuple(SubnetTerm(found.span, Known(name.strip(), ids.origin)) for name in ids.value.split(",")))
    return Members((SubnetTerm(found.span, None, tuple(tags.items()), first_unknown(_missing(found), _unknown(ids))),))


def _unknown(value: Value[str] | None) -> Unknown | None:
    return value if isinstance(value, Unknown) else None


def _missing(table: Table) -> Unknown | None:
    return next(table.unknowns(), None)


def _tags(table: Table) -> tuple[tuple[str, Value[str]], ...]:
    values = ((key, text_of(entry.item, key)) for key, entry in table.entries.items())
    return tuple((key, value) for key, value in values if value is not None)


def _cluster_name(spec: Table, terms: Members[SubnetTerm]) -> str | None:
    """Return the cluster that the tags name: those of the subnets, the security groups, or the instances."""
    tables = [spec.find("tags"), spec.find("securityGroupSelector")]
    groups, _ = items_of(spec.get("securityGroupSelectorTerms"), "securityGroupSelectorTerms")
    tables += [group.get("tags") for group in groups if isinstance(group, Table)]
    tags = [tag for term in terms for tag in term.tags]
    tags += [tag for table in tables if isinstance(table, Table) for tag in _tags(table)]
    return next(_names(tags), None)


def _names(tags: list[tuple[str, Value[str]]]) -> Iterator[str]:
    for key, value in tags:
        if key in _DISCOVERY and isinstance(value, Known) and value.value not in ("", "*", "true"):
            yield value.value
    for key, _ in tags:
        if key.startswith(_CLUSTER_TAG) and HOLE not in key:
            yield key.removeprefix(_CLUSTER_TAG)
