"""A text of Kubernetes manifests or Helm values -> the parts in it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TypeAlias

from podroom.assembly.manifests.broken import read_broken
from podroom.assembly.manifests.cni import (
    read_cni_node,
    read_config_map,
    read_daemon_set,
    read_eni_config,
    read_security_group_policy,
)
from podroom.assembly.manifests.helm import (
    Chart,
    Release,
    chart_of_values,
    find_chart,
    merged,
    read_karpenter_deployment,
    read_release,
)
from podroom.assembly.manifests.karpenter import read_node_class, read_node_pool
from podroom.assembly.manifests.kustomize import Patch, read_patches
from podroom.assembly.manifests.objects import Manifest, manifests_of
from podroom.assembly.manifests.parts import Loose
from podroom.assembly.manifests.releases import read_releases
from podroom.assembly.manifests.tree import Found, Item, Leaf, Table, from_yaml, items_of, text_of
from podroom.assembly.manifests.unread import read_unread_block, speaks_of_the_cni
from podroom.catalog.cni_variables import CNI_VARIABLES
from podroom.model.world import Gap, Karpenter
from podroom.patterns import pattern
from podroom.positions import Document, Span
from podroom.records import dataclass, field, replace
from podroom.sources import yaml
from podroom.sources.problem import Problem
from podroom.sources.search import YAML_TEMPLATES
from podroom.sources.templated import Condition, read_template
from podroom.sources.yaml import Node, compose
from podroom.traced_text import TracedText
from podroom.values import Default, Known, Unknown, Value, first_unknown

Amend: TypeAlias = Callable[[Manifest], Manifest]

_GROUP = (
    r"apiVersion[\"']?\s*:\s*[\"']?(?:karpenter\.sh|(?:karpenter|vpcresources)\.k8s\.aws|crd\.k8s\.amazonaws\.com)/"
)
_OURS = pattern(
    r"kind:\s*[\"']?(?:NodePool|EC2NodeClass|Provisioner|AWSNodeTemplate|ENIConfig|SecurityGroupPolicy|NodeClass)\b"
    rf"|\b{_GROUP}"
    r"|name:\s*[\"']?(?:aws-node|amazon-vpc-cni)\b"
)
_VARIABLES = "|".join(CNI_VARIABLES)
_MAY_BE_OURS = pattern(
    r"\bkind[\"']?\s*:\s*[\"']?(?:NodePool|EC2NodeClass|Provisioner|AWSNodeTemplate|NodeClass|ENIConfig|CNINode"
    r"|SecurityGroupPolicy|HelmRelease|Application)"
    rf"|\b{_GROUP}|\b(?:nodeClassRef|amiSelectorTerms)[\"']?\s*:"
    r"|\bchart[\"']?\s*:\s*[\"']?[^\s\"']*\b(?:karpenter|aws-vpc-cni)\b"
    rf"|\bname[\"']?\s*:\s*[\"']?(?:aws-node|amazon-vpc-cni|karpenter-global-settings|{_VARIABLES})\b"
    rf"|\b(?:eniConfig|reservedENIs|interruptionQueue|{_VARIABLES})[\"']?\s*:"
    r"|\bsettings[\"']?\s*:[^\0]{0,2000}?\b(?:clusterName|clusterEndpoint)[\"']?\s*:"
    r"|\bkind[\"']?\s*:\s*[\"']?Deployment\b[^\0]*\bname[\"']?\s*:\s*[\"']?karpenter\b"
)
"""What every text with a part in it holds: far cheaper to look for than to parse thousands that name the CNI."""
_MOST_BROKEN = 20
"""Broken documents of one file after which the rest is not looked at."""
_ALONE = ("NodePool", "EC2NodeClass", "Provisioner", "AWSNodeTemplate", "ENIConfig", "SecurityGroupPolicy")
"""Kinds of which a patch of operations is told if the object is not here; variables of the CNI are, in any patch."""
_FILLED_IN = ("{{", "{%", "%{", "${")
"""The marks of what is no YAML before it is filled in."""


@dataclass(frozen=True, slots=True)
class Beside:
    """What other files say of one that is read.

    `amend` returns each object as it is built; `aliases` are the names under which values of a chart's dependencies
    stand.
    """

    amend: Amend | None = None
    aliases: Mapping[str, Chart] = field(default_factory=dict)


_NOTHING = Beside()


def read_document(document: Document, beside: Beside = _NOTHING) -> tuple[list[Loose], Problem | None]:
    """Return the parts of a file, and what keeps the rest of it from being read although it is about pods.

    What cannot be read of a template is a gap, as it may be read once it is filled in.  Never raises.
    """
    if _MAY_BE_OURS.search(document.text) is None:
        return [], None
    template = read_template(document)
    found, unread = read_text(template.text, conditions=template.conditions, beside=beside)
    problem: Problem | None = None
    if unread is not None and _is_ours(document):
        place = _place(unread, document)
        name = document.path.rpartition("/")[2]
        if document.path.endswith(YAML_TEMPLATES) or any(mark in document.text for mark in _FILLED_IN):
            found.append(Loose(Gap(name, f"{name} cannot be read: {unread.reason}", place), place))
        else:
            problem = Problem(f"{name} cannot be read: {unread.reason}", place)
    return _with_name(found), problem


def _is_ours(document: Document) -> bool:
    if "CustomResourceDefinition" in document.text:
        return False
    return _OURS.search(document.text) is not None or speaks_of_the_cni(document)


def read_text(
    text: TracedText,
    owner: str | None = None,
    conditions: Sequence[Condition] = (),
    uncertain: Unknown | None = None,
    beside: Beside = _NOTHING,
) -> tuple[list[Loose], Unknown | None]:
    """Return the parts of a text, and why the rest of it could not be read.

    `owner` is the address of what the text belongs to; `uncertain` says why it may not be there.
    """
    found: list[Loose] = []
    unread: Unknown | None = None
    start = 0
    for left in reversed(range(_MOST_BROKEN)):
        stream = compose(text, start)
        for node in stream.documents:
            item, doubt = _document(node, conditions)
            found.extend(read_item(item, owner, first_unknown(uncertain, doubt), beside))
        if stream.problem is None:
            break
        why = Unknown(stream.problem.message, stream.problem.span)
        unread = why if unread is None else unread
        begin, start = stream.broken
        found.extend(read_broken(text.text[begin : start if left else None], why, stream.problem.span))
    return found, unread


def _document(node: Node, conditions: Sequence[Condition]) -> tuple[Item, Unknown | None]:
    """Return a document and the condition under which the whole of it is there."""
    if not isinstance(node, yaml.Mapping) or not node.entries:
        return from_yaml(node, conditions), None
    last = node.entries[-1].key.start
    whole: list[Condition] = []
    rest: list[Condition] = []
    for one in conditions:
        (whole if one.start <= node.start and last < one.end else rest).append(one)
    return from_yaml(node, rest), whole[0].unknown if whole else None


def read_item(
    item: Item,
    owner: str | None = None,
    uncertain: Unknown | None = None,
    beside: Beside = _NOTHING,
) -> Iterator[Loose]:
    """Iterate over the parts of one document: objects, or the values of a chart that is known by its content."""
    if isinstance(item, Table):
        yield from read_releases(item, uncertain)
    if isinstance(item, Table) and "kind" not in item.entries and "apiVersion" not in item.entries:
        for chart, values in _values(item, beside.aliases):
            address = owner or f"values of {chart.value}"
            yield read_release(chart, Release(address, _first(values), values, uncertain))
        return
    for manifest in manifests_of(item, owner, uncertain):
        yield from _read(manifest if beside.amend is None else beside.amend(manifest))


def read_patch(patch: Patch, outside: str | None = None) -> Iterator[Loose]:
    """Iterate over what a patch says of an object that is not here.

    `outside` is a folder that it is built from and that lies outside of the paths that are judged.
    """
    where = "which is not in this project"
    if outside is not None:
        where = f"which may be in {outside}, outside of the path that is checked: check a folder that holds both"
    if patch.body is not None:
        doubt = None
        if outside is not None:
            doubt = Unknown(f"this is a patch of {patch.of}, {where}", patch.span)
        yield from read_item(patch.source, uncertain=doubt)
        return
    yield from read_unread_block(patch.span, "a patch")
    if patch.kind in _ALONE:
        yield Loose(Gap(patch.of, f"a patch changes {patch.of}, {where}", patch.span), patch.span)


def _values(item: Table, aliases: Mapping[str, Chart]) -> Iterator[tuple[Chart, Table]]:
    """Iterate over the values of our charts in a file: its own, or those of a chart that it depends on."""
    chart = chart_of_values(item)
    if chart is not None:
        yield chart, item
    for name, chart in {**{chart.value: chart for chart in Chart}, **aliases}.items():
        part = item.get(name)
        if isinstance(part, Table) and chart_of_values(part) is chart:
            yield chart, part


def _first(table: Table) -> Span:
    """Return the place of the first entry, which is where a person would look."""
    return next((entry.span for entry in table.entries.values()), table.span)


def _read(manifest: Manifest) -> Iterator[Loose]:
    span = manifest.span
    if manifest.kind in ("NodePool", "Provisioner"):
        yield Loose(read_node_pool(manifest), span)
    elif manifest.kind in ("EC2NodeClass", "AWSNodeTemplate", "NodeClass"):
        yield read_node_class(manifest)
    elif manifest.kind == "Deployment":
        yield from read_karpenter_deployment(manifest)
    elif manifest.kind == "DaemonSet":
        yield Loose(read_daemon_set(manifest), span)
    elif manifest.kind == "ENIConfig":
        if manifest.owner is None:  # those of Terraform are read by `eni_configs`, which follows their zones
            yield Loose(read_eni_config(manifest), span)
    elif manifest.kind == "SecurityGroupPolicy":
        yield Loose(read_security_group_policy(manifest), span)
    elif manifest.kind == "CNINode":
        yield Loose(read_cni_node(manifest), span)
    elif manifest.kind == "ConfigMap":
        yield from _config_map(manifest)
    elif manifest.kind == "Kustomization":  # of Flux: its patches stand in it, and what it builds is named by a path
        for patch in read_patches(manifest.table("spec"), "", lambda _folder, _path: None):
            yield from read_patch(patch)
    else:
        yield from _release(manifest)


def _config_map(manifest: Manifest) -> Iterator[Loose]:
    if isinstance(manifest.name, Known) and manifest.name.value == "amazon-vpc-cni":
        yield Loose(read_config_map(manifest), manifest.span)
        return
    # karpenter-global-settings, until Karpenter 0.31
    entries = read_config_map(manifest).entries
    by_name = {variable.name: variable for variable in entries}
    reserved = by_name.get("aws.reservedENIs")
    name = by_name.get("aws.clusterName")
    if reserved is not None and isinstance(reserved.value, Known) and reserved.value.value.isdecimal():
        number: Value[int] = Unknown("aws.reservedENIs is larger than podroom follows", reserved.span)
        if len(reserved.value.value) <= yaml.LONGEST_INTEGER:
            number = Known(int(reserved.value.value), reserved.span)
        cluster = name.value.value if name is not None and isinstance(name.value, Known) else None
        yield Loose(Karpenter(manifest.address, manifest.span, number), manifest.span, cluster)


def _release(manifest: Manifest) -> Iterator[Loose]:
    """Read a HelmRelease of Flux, or an Application or ApplicationSet of Argo CD that installs one of our charts."""
    if manifest.kind == "HelmRelease":
        spec = manifest.table("spec")
        others, more = items_of(spec.get("valuesFrom"), "valuesFrom")
        elsewhere = first_unknown(
            *more, *(Unknown("valuesFrom names values that are not here", one.span) for one in others)
        )
        yield from _installed(manifest, spec.find("chart", "spec", "chart"), [spec.get("values")], elsewhere)
        return
    is_set = manifest.kind == "ApplicationSet"
    spec = manifest.table("spec", "template", "spec") if is_set else manifest.table("spec")
    patch = manifest.body.find("spec", "templatePatch") if is_set else None
    patched = None
    if patch is not None:
        patched = patch if isinstance(patch, Unknown) else Unknown("templatePatch may set more values", patch.span)
    reason = f"the generators of {manifest.address} decide for which clusters it is"
    doubt = Unknown(reason, manifest.span) if is_set else None
    several, _ = items_of(spec.get("sources"), "spec.sources")
    for source in (spec.get("source"), *several):
        if isinstance(source, Table):
            parts = [source.find("helm", "values"), source.find("helm", "valuesObject")]
            elsewhere = first_unknown(_parameters(source), patched)
            for loose in _installed(manifest, source.get("chart"), parts, elsewhere):
                yield loose if doubt is None else replace(loose, doubt=doubt)


def _installed(manifest: Manifest, name: Found, parts: Sequence[Found], elsewhere: Unknown | None) -> Iterator[Loose]:
    """Read the values of a chart that an object installs; `elsewhere` says why there may be more of them."""
    chart_name = text_of(name, "chart")
    chart = find_chart(chart_name.value) if isinstance(chart_name, Known) else None
    if chart is None:
        return
    tables: list[Table] = []
    for part in parts:
        if isinstance(part, Table):
            tables.append(part)
        elif isinstance(part, Unknown):
            elsewhere = first_unknown(elsewhere, part)
        elif isinstance(part, Leaf):
            read, why = values_of(part.traced())
            tables += read
            elsewhere = first_unknown(elsewhere, why)
    missing = first_unknown(manifest.uncertain, elsewhere)
    yield read_release(chart, Release(manifest.address, manifest.span, merged(tables, manifest.span), missing))


def _parameters(source: Table) -> Unknown | None:
    """Return why `parameters` or `valueFiles` of an Argo CD application may set more."""
    for key in ("parameters", "valueFiles", "fileParameters"):
        items, missing = items_of(source.find("helm", key), key)
        if items or missing:
            return first_unknown(*missing, *(Unknown(f"helm.{key} may set more values", item.span) for item in items))
    return None


def values_of(text: TracedText) -> tuple[list[Table], Unknown | None]:
    """Return a text of Helm values as a table, and why it could not be read."""
    stream = compose(text)
    tables = [item for node in stream.documents if isinstance(item := from_yaml(node), Table)]
    if stream.problem is not None:
        return tables, Unknown(f"the values cannot be read: {stream.problem.message}", stream.problem.span)
    unreadable = next((node for node in stream.documents if not isinstance(node, yaml.Mapping)), None)
    hole = next((one for one in text.holes() if isinstance(one, Unknown)), None) if unreadable is not None else None
    return tables, hole


def _with_name(found: list[Loose]) -> list[Loose]:
    """Give parts without a cluster's name the one that their file names, if it names just one."""
    names = {(loose.cluster, loose.tag) for loose in found if loose.cluster is not None}
    certain = {name for name, tag in names if not tag} or {name for name, _ in names}
    if len(certain) != 1:
        return found
    name = next(iter(certain))
    tag = (name, False) not in names
    return [Loose(loose.part, loose.span, name, tag) for loose in found]


def _place(unknown: Unknown, document: Document) -> Span:
    return Span(document, 0, 0) if isinstance(unknown.origin, Default) else unknown.origin
