"""Values of the Helm charts aws-vpc-cni and karpenter."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from enum import Enum

from podroom.assembly.manifests.cni import environment_of_list, environment_of_map, probes_of, use_of_subnet
from podroom.assembly.manifests.objects import Manifest
from podroom.assembly.manifests.parts import CniPart, Loose
from podroom.assembly.manifests.tree import Entry, Item, Leaf, Listing, Table, from_yaml, integer_of, items_of, text_of
from podroom.catalog import documents
from podroom.catalog.cni_variables import CNI_VARIABLES
from podroom.model.world import CniOption, CniSource, CniSourceKind, EnvironmentVariable, Karpenter, PodSubnet
from podroom.patterns import pattern
from podroom.positions import Document, Span
from podroom.records import dataclass
from podroom.sources.yaml import LONGEST_INTEGER, compose_document
from podroom.values import Default, Known, Members, Unknown, Value, first_unknown

_RESERVED = "RESERVED_ENIS"
_KARPENTER = Default("Karpenter", documents.KARPENTER_SETTINGS)
_CNI_KEYS = frozenset(
    (
        "env",
        "extraEnv",
        "init",
        "eniConfig",
        "nodeAgent",
        "image",
        "livenessProbe",
        "readinessProbe",
        "warmWindowsIPTarget",
    )
)
_TELLING = CNI_VARIABLES.keys() - {
    "CLUSTER_NAME",
    "CLUSTER_ENDPOINT",
    "DISABLE_METRICS",
    "HTTP_TIMEOUT",
    "MY_NODE_NAME",
}
"""Variables by which a list of variables is known to be for aws-node; other programs have ones by the other names."""
_STEP = pattern(r"((?:[^.\\\[]|\\.)+)(\[\d+\])?(?:\.|$)")
_OPTIONS = (("enableNetworkPolicy",), ("nodeAgent", "enabled"), ("nodeAgent", "image", "tag"))
_KARPENTER_KEYS = frozenset(("reservedENIs", "clusterName", "clusterEndpoint", "interruptionQueue"))


class Chart(Enum):
    """The charts whose values bear on pods."""

    VPC_CNI = "aws-vpc-cni"
    KARPENTER = "karpenter"


@dataclass(frozen=True, slots=True)
class Release:
    """The values of one release, merged from the weakest to the strongest by Helm's rules.

    `address` and `span` are those of what sets them; `missing` says why there may be more.
    """

    address: str
    span: Span
    values: Table
    missing: Unknown | None = None


def find_chart(name: str) -> Chart | None:
    """Return the chart of this name or address (`oci://public.ecr.aws/karpenter/karpenter`)."""
    last = name.rstrip("/").rpartition("/")[2]
    return next((chart for chart in Chart if chart.value == last), None)


def read_aliases(chart: Document) -> dict[str, Chart]:
    """Return the charts among the dependencies in a Chart.yaml by the name that their values stand under."""
    aliases: dict[str, Chart] = {}
    for node in compose_document(chart).documents:
        item = from_yaml(node)
        dependencies, _ = items_of(item.get("dependencies"), "dependencies") if isinstance(item, Table) else ((), ())
        for one in dependencies:
            name, alias = (text_of(one.get(key), key) if isinstance(one, Table) else None for key in ("name", "alias"))
            found = find_chart(name.value) if isinstance(name, Known) else None
            if found is not None and isinstance(alias, Known):
                aliases[alias.value] = found
    return aliases


def chart_of_values(values: Table) -> Chart | None:
    """Return the chart that a file of values belongs to, by its content."""
    environment = values.get("env")
    if isinstance(environment, Table) and CNI_VARIABLES.keys() & {*environment.entries, *environment.doubtful}:
        return Chart.VPC_CNI
    extra, _ = environment_of_list(values.get("extraEnv"))
    if any(variable.name in _TELLING for variable in extra):
        return Chart.VPC_CNI
    if "eniConfig" in values.entries and _CNI_KEYS & values.entries.keys():
        return Chart.VPC_CNI
    settings = values.get("settings")
    tables = [settings, settings.get("aws")] if isinstance(settings, Table) else []
    if any(isinstance(table, Table) and _KARPENTER_KEYS & table.entries.keys() for table in tables):
        return Chart.KARPENTER
    return None


def merged(tables: Sequence[Table], span: Span) -> Table:
    """Return values merged as Helm does: mappings key by key, anything else replaced by the later one."""
    result = Table(span)
    for table in tables:
        result = _merge(result, table)
    return result


def _merge(below: Table, above: Table) -> Table:
    entries = dict(below.entries)
    doubtful = dict(below.doubtful)
    for key, entry in above.entries.items():
        known = entries.get(key)
        item = entry.item
        if known is not None and isinstance(known.item, Table) and isinstance(item, Table):
            item = _merge(known.item, item)
        entries[key] = Entry(key, item, entry.span)
        doubtful.pop(key, None)
    doubtful.update(above.doubtful)
    return Table(above.span, entries, doubtful, (*below.missing, *above.missing))


def nested(name: str, value: Item | Unknown, owner: Span) -> Table | None:
    """Return `a.b.c = value` as tables in each other; None for an index into a list, which needs the list."""
    steps: list[str] = []
    at = 0
    while at < len(name):
        step = _STEP.match(name, at)
        if step is None or step[2]:
            return None
        steps.append(step[1].replace("\\.", ".").replace("\\", ""))
        at = step.end()
    if not steps:
        return None
    span = owner if isinstance(value, Unknown) else value.span
    last = steps.pop()
    if isinstance(value, Unknown):
        table = Table(span, doubtful={last: value})
    else:
        table = Table(span, {last: Entry(last, value, span)})
    for step_name in reversed(steps):
        table = Table(span, {step_name: Entry(step_name, table, span)})
    return table


def read_vpc_cni(release: Release) -> Loose:
    """Read a release of aws-vpc-cni: `env` is merged over the chart's own, `extraEnv` comes after it and wins."""
    values = release.values
    environment, gap = environment_of_map(values.get("env"))
    extra = values.get("extraEnv")
    more, more_gap = environment_of_list(extra) if isinstance(extra, Listing) else environment_of_map(extra)
    init, _ = environment_of_map(values.find("init", "env"))
    source = CniSource(
        kind=CniSourceKind.HELM_CHART,
        address=release.address,
        span=release.span,
        environment=(*environment, *more),
        init_environment=init,
        version=_version(values),
        missing=first_unknown(release.missing, gap, more_gap),
        options=tuple(_options(values)),
    )
    name = text_of(values.find("env", "CLUSTER_NAME"), "CLUSTER_NAME")
    cluster = name.value if isinstance(name, Known) and name.value else None
    part = CniPart(source, probes=tuple(probes_of(values)), pod_subnets=pod_subnets_of(values))
    return Loose(part, release.span, cluster)


def _options(values: Table) -> Iterator[CniOption]:
    """Iterate over the settings of network policy that a release sets, and over variables that stand outside env."""
    for path in _OPTIONS:
        value = text_of(values.find(*path), path[-1])
        if value is not None:
            place = value.origin if isinstance(value.origin, Span) else values.span
            yield CniOption(".".join(path), value, place)
    for key, entry in values.entries.items():
        if key in CNI_VARIABLES:
            yield CniOption(key, text_of(entry.item, key), entry.span)
        elif isinstance(entry.item, Table) and key != "env":
            inner = entry.item.entries
            misplaced = [
                CniOption(f"{key}.{name}", text_of(inner[name].item, name), inner[name].span)
                for name in inner
                if name in CNI_VARIABLES
            ]
            if misplaced:
                yield CniOption(key, None, entry.span)
                yield from misplaced


def _version(values: Table) -> Value[str] | None:
    override = text_of(values.find("image", "override"), "image.override")
    if override is not None:
        return Unknown("image.override names the image", override.origin)
    return text_of(values.find("image", "tag"), "image.tag")


def pod_subnets_of(values: Table) -> Members[PodSubnet]:
    """Return the ENIConfigs that `eniConfig` of the chart or the add-on makes, one for each zone."""
    found = values.find("eniConfig", "subnets")
    if found is None:
        return Members()
    if not isinstance(found, Table):
        why = found if isinstance(found, Unknown) else Unknown("eniConfig.subnets is no mapping", found.span)
        return Members((), (why,))
    create = text_of(values.find("eniConfig", "create"), "eniConfig.create")
    if isinstance(create, Known) and create.value == "false":
        return Members()
    uses = []
    for zone, entry in found.entries.items():
        identity = entry.item.get("id") if isinstance(entry.item, Table) else None
        if identity is not None:
            uses.append(PodSubnet(zone, use_of_subnet(identity, entry.span), entry.span))
    return Members(tuple(uses), tuple(found.unknowns()))


def read_karpenter(release: Release) -> Loose:
    """Read a release of karpenter: how many interfaces it leaves out, and its cluster."""
    values = release.values
    reserved = _setting(values, "reservedENIs")
    variables, _ = environment_of_list(values.find("controller", "env"))
    variable = next((variable for variable in reversed(variables) if variable.name == _RESERVED), None)
    number: Value[int]
    if variable is not None:
        number = _whole(variable)
    elif reserved is not None:
        number = reserved
    elif release.missing is not None:
        number = release.missing
    else:
        number = Known(0, _KARPENTER)
    gate = text_of(values.find("settings", "awsFeatureGates", "nodeClassCEL"), "nodeClassCEL")
    expressions = release.missing if gate is None else gate.map(lambda text: text == "true")
    name = None
    for path in (("settings", "clusterName"), ("settings", "aws", "clusterName"), ("clusterName",)):
        found = text_of(values.find(*path), "clusterName")
        if isinstance(found, Known) and found.value:
            name = found.value
    return Loose(Karpenter(release.address, release.span, number, expressions), release.span, name)


def read_karpenter_deployment(manifest: Manifest) -> Iterator[Loose]:
    """Read the Deployment karpenter, which tells its settings by variables; a patch without an image tells some."""
    containers, more = items_of(manifest.table("spec", "template", "spec").get("containers"), "containers")
    for container in containers:
        if not isinstance(container, Table):
            continue
        variables, gap = environment_of_list(container.get("env"))
        by_name = {variable.name: variable for variable in variables}
        reserved = by_name.get(_RESERVED)
        if reserved is None and container.get("image") is None:
            continue
        name = by_name.get("CLUSTER_NAME")
        missing = first_unknown(manifest.uncertain, gap, *more)
        number: Value[int] = Known(0, _KARPENTER) if missing is None else missing
        if reserved is not None:
            number = _whole(reserved)
        cluster = name.value.value if name is not None and isinstance(name.value, Known) and name.value.value else None
        yield Loose(Karpenter(manifest.address, manifest.span, number), manifest.span, cluster)
        return


def _setting(values: Table, name: str) -> Value[int] | None:
    """Return a number of `settings`, which was below `settings.aws` in older charts."""
    for path in (("settings", name), ("settings", "aws", name)):
        parent = values.find(*path[:-1])
        entry = parent.entry(name) if isinstance(parent, Table) else parent if isinstance(parent, Unknown) else None
        if isinstance(entry, Unknown):
            return entry
        if isinstance(entry, Entry) and not (isinstance(entry.item, Leaf) and entry.item.is_null):
            value = integer_of(entry.item, name)
            if isinstance(value, Known) and isinstance(value.origin, Span) and entry.span.holds(value.origin):
                return Known(value.value, entry.span)
            return value
    return None


def _whole(variable: EnvironmentVariable) -> Value[int]:
    value = variable.value
    if isinstance(value, Known):
        if value.value.isdecimal() and len(value.value) > LONGEST_INTEGER:
            return Unknown(f"{variable.name} is larger than podroom follows", variable.span)
        if value.value.isdecimal():
            return Known(int(value.value), variable.span)
        return Unknown(f'{variable.name} is "{value.value}", which is no number', variable.span)
    return value if isinstance(value, Unknown) else Unknown(value.reason, value.origin, value.refs)


def read_release(chart: Chart, release: Release) -> Loose:
    """Read a release of one of the charts."""
    return read_vpc_cni(release) if chart is Chart.VPC_CNI else read_karpenter(release)
