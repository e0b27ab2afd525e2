"""The manifests of the VPC CNI: DaemonSet aws-node, ConfigMap amazon-vpc-cni, ENIConfig and what belongs to them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from podroom.assembly.manifests.objects import Manifest
from podroom.assembly.manifests.parts import NO_CLUSTER, CniPart, ConfigMapPart, EniConfigPart
from podroom.assembly.manifests.tree import (
    Entry,
    FieldLeaf,
    Found,
    Item,
    Leaf,
    Listing,
    Table,
    YamlLeaf,
    items_of,
    resolved_text_of,
    strings_of,
    text_of,
)
from podroom.assembly.subnets import subnet_use, subnet_use_of_text
from podroom.catalog.cni_variables import find_cni_variable
from podroom.model.world import (
    CniNode,
    CniOption,
    CniSource,
    CniSourceKind,
    EnvironmentVariable,
    PodSubnet,
    Probe,
    SecurityGroupPolicy,
    SubnetUse,
)
from podroom.patterns import pattern
from podroom.positions import Span
from podroom.values import Known, Members, Unknown, Value, first_unknown

MAIN_CONTAINER = "aws-node"
INIT_CONTAINER = "aws-vpc-cni-init"
NODE_AGENT = "aws-eks-nodeagent"
_POLICY_FLAG = "--enable-network-policy="
_TAG = pattern(r"[^@]*/[^@:/]+:([^@:/]+)(?:@.*)?|[^@:/]+:([^@:/]+)(?:@.*)?")
_PROBES = ("livenessProbe", "readinessProbe")


def read_daemon_set(manifest: Manifest) -> CniPart:
    """Read the DaemonSet aws-node: a whole one gives the CNI its whole environment, a patch adds to another's."""
    return read_pod_template(manifest, manifest.table("spec", "template", "spec"))


def read_pod_template(manifest: Manifest, spec: Table) -> CniPart:
    """Read the containers of aws-node's pods; without an image it is a patch of a DaemonSet that is elsewhere."""
    containers, more = items_of(spec.get("containers"), "containers")
    main = _container(containers, MAIN_CONTAINER)
    init_containers, _ = items_of(spec.get("initContainers"), "initContainers")
    init = _container(init_containers, INIT_CONTAINER)
    missing = first_unknown(manifest.uncertain, *more)
    environment: tuple[EnvironmentVariable, ...] = ()
    if main is not None:
        environment, gap = environment_of_list(main.get("env"))
        missing = first_unknown(missing, gap, _from(main))
    image = text_of(main.get("image"), "image") if main else None
    init_environment, _ = environment_of_list(init.get("env")) if init else ((), None)
    source = CniSource(
        kind=CniSourceKind.DAEMON_SET,
        address=manifest.address,
        span=manifest.span,
        environment=environment,
        init_environment=init_environment,
        version=None if image is None else version_of_image(image),
        whole=image is not None,
        missing=missing,
        options=tuple(_node_agent(_container(containers, NODE_AGENT))),
    )
    return CniPart(source, probes=tuple(probes_of(main)) if main else ())


def _node_agent(container: Table | None) -> Iterator[CniOption]:
    """Iterate over what a DaemonSet says of the network policy agent, by the names that the chart has for it."""
    if container is None:
        return
    image = text_of(container.get("image"), "image")
    if image is not None:
        yield CniOption("nodeAgent.image.tag", version_of_image(image), _place_of(image, container.span))
    arguments, _ = strings_of(container.get("args"), "args")
    for argument in arguments:
        if isinstance(argument, Known) and argument.value.startswith(_POLICY_FLAG):
            value = Known(argument.value.removeprefix(_POLICY_FLAG), argument.origin)
            yield CniOption("enableNetworkPolicy", value, _place_of(argument, container.span))


def _place_of(value: Value[str], otherwise: Span) -> Span:
    return value.origin if isinstance(value.origin, Span) else otherwise


def _container(items: Iterable[Item], name: str) -> Table | None:
    for item in items:
        if isinstance(item, Table):
            found = text_of(item.get("name"), "name")
            if isinstance(found, Known) and found.value == name:
                return item
    return None


def _from(container: Table) -> Unknown | None:
    """Return why `envFrom` may set more variables."""
    found = container.get("envFrom")
    if found is None or isinstance(found, Unknown):
        return found
    return Unknown("envFrom sets variables from a ConfigMap or Secret that is not here", found.span)


def environment_of_list(found: Found) -> tuple[tuple[EnvironmentVariable, ...], Unknown | None]:
    """Read a container's `env`, in order and with its duplicates; and why there may be more."""
    items, missing = items_of(found, "env")
    variables = []
    gap = first_unknown(*missing)
    for item in items:
        if not isinstance(item, Table):
            unknown = item.unknown() if isinstance(item, Leaf) else None
            gap = first_unknown(gap, unknown, Unknown("an entry of env is no mapping", item.span))
            continue
        name = text_of(item.get("name"), "name")
        if isinstance(name, Known):
            written = item.get("value")
            json_type = written.json_type() if isinstance(written, Leaf) else None
            variables.append(EnvironmentVariable(name.value, _value(item, name.value), item.span, json_type))
        elif name is None or isinstance(name, Unknown):
            gap = first_unknown(gap, name, Unknown("an entry of env has no name", item.span))
        else:
            gap = first_unknown(gap, Unknown(name.reason, name.origin, name.refs))
    return tuple(variables), gap


def _value(item: Table, name: str) -> Value[str]:
    value = resolved_text_of(item.get("value"), f"the value of {name}")
    if value is not None:
        return value
    source = item.entry("valueFrom")
    if isinstance(source, Unknown):
        return source
    if isinstance(source, Entry):
        return Unknown(f"{name} is set by valueFrom, which only the cluster can tell", source.span)
    return Known("", item.span)


def environment_of_map(found: Found) -> tuple[tuple[EnvironmentVariable, ...], Unknown | None]:
    """Read variables that are a mapping of names to values; and why there may be more."""
    if not isinstance(found, Table):
        if isinstance(found, Leaf):
            return (), first_unknown(found.unknown(), Unknown("env is no mapping", found.span))
        if found is None or isinstance(found, Unknown):
            return (), found
        return (), Unknown("env is a list where a mapping is expected", found.span)
    variables = []
    for key, entry in found.entries.items():
        value = resolved_text_of(entry.item, key)
        if isinstance(entry.item, Leaf) and entry.item.is_null:
            # Helm takes the chart's own value away, so the variable has the default of the code.
            known = find_cni_variable(key)
            if known is None or known.manifest_default is None:
                continue
            value = Known(known.code_default or "", entry.span)
        if value is not None:
            variables.append(EnvironmentVariable(key, value, entry.span))
    variables += [EnvironmentVariable(key, why, _place_of(why, found.span)) for key, why in found.doubtful.items()]
    return tuple(variables), first_unknown(*found.missing)


def version_of_image(image: Value[str]) -> Value[str]:
    """Return the version that an image's tag names."""
    if not isinstance(image, Known):
        return image
    found = _TAG.fullmatch(image.value)
    if found is None:
        return Unknown(f"the image {image.value} has no tag that names a version", image.origin)
    return Known(found[1] or found[2], image.origin)


def probes_of(container: Table) -> Iterator[Probe]:
    """Iterate over the probes of a container that run a command."""
    for name in _PROBES:
        entry = container.entry(name)
        if not isinstance(entry, Entry) or not isinstance(entry.item, Table):
            continue
        words, missing = strings_of(entry.item.find("exec", "command"), "command")
        gap = first_unknown(*missing)
        if gap is not None or words:
            yield Probe(name, _joined(words, entry.span) if gap is None else gap, entry.span)


def _joined(words: Sequence[Value[str]], place: Span) -> Value[str]:
    """Return a command, of which at most one word may be one of several."""
    known = {number: word.value for number, word in enumerate(words) if isinstance(word, Known)}
    others = [word for word in words if not isinstance(word, Known)]

    def whole(text: str) -> str:
        return " ".join(known.get(number, text) for number in range(len(words)))

    if not others:
        return Known(whole(""), place)
    first = others[0]
    if len(others) > 1 or isinstance(first, Unknown):
        return Unknown(first.reason, first.origin, first.refs)
    return first.map(whole)


def read_config_map(manifest: Manifest) -> ConfigMapPart:
    """Read the ConfigMap amazon-vpc-cni: Windows, the cooldown of branch interfaces, network policy."""
    entries, gap = environment_of_map(manifest.body.get("data"))
    return ConfigMapPart(entries, first_unknown(manifest.uncertain, gap))


def read_eni_config(manifest: Manifest) -> EniConfigPart:
    """Read an ENIConfig; one that may not be there, or of which not even the name is known, is missing."""
    subnet = manifest.body.find("spec", "subnet")
    if not isinstance(manifest.name, Known) or manifest.uncertain is not None:
        name = manifest.name
        unnamed = None if isinstance(name, Known) else Unknown(name.reason, name.origin, name.refs)
        why = first_unknown(manifest.uncertain, unnamed)
        return EniConfigPart(manifest.address, Members((), () if why is None else (why,)))
    origin = manifest.name.origin
    span = origin if isinstance(origin, Span) else manifest.span
    if subnet is None:
        subnet = Unknown("spec.subnet is not set: pods use the subnet of the node", manifest.span)
    config = PodSubnet(manifest.name.value, use_of_subnet(subnet, manifest.span), span)
    return EniConfigPart(manifest.address, Members((config,)))


def use_of_subnet(found: Item | Unknown, owner: Span) -> SubnetUse:
    """Return one use of a subnet, which is named by an id or by a reference of Terraform."""
    if isinstance(found, YamlLeaf):
        return subnet_use_of_text(found.scalar)
    if isinstance(found, FieldLeaf):
        return subnet_use(found.field.link())
    return SubnetUse(found if isinstance(found, Unknown) else Unknown("the subnet is no text", found.span), owner)


def read_security_group_policy(manifest: Manifest) -> SecurityGroupPolicy:
    """Read a SecurityGroupPolicy."""
    return SecurityGroupPolicy(
        manifest.address,
        manifest.span,
        NO_CLUSTER,
        _selects_all(manifest.body.find("spec", "podSelector"), manifest.span),
        manifest.uncertain,
    )


def _selects_all(pods: Found, owner: Span) -> Value[bool]:
    """Return whether a selector of labels asks for nothing; a selector that is not there selects no pods."""
    if isinstance(pods, Unknown):
        return pods
    if isinstance(pods, Leaf):
        unknown = pods.unknown()
        return Known(value=False, origin=owner) if unknown is None else unknown
    if not isinstance(pods, Table):
        return Known(value=False, origin=owner)
    doubt = next(pods.unknowns(), None)
    for entry in pods.entries.values():
        labels, more = _labels(entry.item)
        if labels:
            return Known(value=False, origin=entry.span)
        doubt = first_unknown(doubt, *more)
    return Known(value=True, origin=pods.span) if doubt is None else doubt


def _labels(item: Item) -> tuple[int, tuple[Unknown, ...]]:
    """Return how many labels a part of a selector asks for at least, and why it may be more."""
    if isinstance(item, Table):
        return len(item.entries), tuple(item.unknowns())
    if isinstance(item, Listing):
        return len(item.items), item.missing
    unknown = item.unknown()
    return 0, () if unknown is None else (unknown,)


def read_cni_node(manifest: Manifest) -> CniNode:
    """Read a CNINode that somebody keeps in a file."""
    items, missing = items_of(manifest.body.find("spec", "features"), "spec.features")
    features = []
    for item in items:
        name = text_of(item.get("name"), "name") if isinstance(item, Table) else None
        features.append(Unknown("a feature has no name", item.span) if name is None else name)
    return CniNode(manifest.address, manifest.span, NO_CLUSTER, Members(tuple(features), missing))
