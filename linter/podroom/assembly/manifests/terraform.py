"""Manifests, Helm releases and commands inside Terraform -> parts."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from podroom.assembly.inventory import Inventory, blocks, string
from podroom.assembly.manifests.cni import MAIN_CONTAINER, NODE_AGENT, version_of_image
from podroom.assembly.manifests.documents import read_item, read_text, values_of
from podroom.assembly.manifests.helm import Release, find_chart, merged, nested, read_release
from podroom.assembly.manifests.installing import installs, read_installing
from podroom.assembly.manifests.parts import CniPart, ConfigMapPart, Loose
from podroom.assembly.manifests.set_env import read_commands
from podroom.assembly.manifests.tree import FieldLeaf, Item, Table, from_field
from podroom.assembly.manifests.unread import read_unread_block
from podroom.evaluation.project import BodyReader, Dependencies, ResourceInstance
from podroom.model.world import CniOption, CniSource, CniSourceKind, EnvironmentVariable, Gap
from podroom.patterns import pattern
from podroom.records import dataclass, replace
from podroom.values import Known, Unknown, Value, first_unknown

_DAEMON_SETS = ("kubernetes_daemon_set_v1", "kubernetes_daemonset", "kubernetes_daemon_set")
_CONFIG_MAPS = ("kubernetes_config_map", "kubernetes_config_map_v1", "kubernetes_config_map_v1_data")
_INSTALLERS = ("aws_eks_addon", "helm_release")
_CHANGES = (CniSourceKind.SET_ENV, CniSourceKind.KUBERNETES_ENV)
_CNI_CONFIG_MAP = "amazon-vpc-cni"
_CHART_IS_THE_CNI = pattern(r"v?1\.(?:1[3-9]|[2-9]\d)\.\d+")
"""Since 1.13 the chart has the version of the CNI that it installs; before, numbers of its own (1.1.10 had 1.9.3)."""


@dataclass(frozen=True, slots=True)
class Embedded:
    """What Terraform holds of manifests; `read` are the addresses of the resources that were understood."""

    parts: tuple[Loose, ...]
    read: frozenset[str]


def read_embedded(inventory: Inventory) -> Embedded:
    """Return the parts in a root module but for ENIConfigs, whose zones `eni_configs` follows."""
    parts: list[Loose] = []
    read: set[str] = set()
    dependencies = Dependencies()
    installers = [one for kind in _INSTALLERS if inventory.declares(kind) for one in inventory.resources(kind)]
    for kinds, reader in _READERS:
        for kind in kinds:
            for resource in inventory.resources(kind):
                found = reader(resource)
                if found:
                    read.add(resource.address)
                    found = [_after(loose, resource, installers, dependencies) for loose in found]
                parts += found or read_unread_block(resource.block_span, resource.address)
    for resource in inventory.resources("kubectl_file_documents", mode="data"):
        parts += _file_documents(resource)
    return Embedded(tuple(parts), frozenset(read))


def _after(
    loose: Loose, resource: ResourceInstance, installers: Sequence[ResourceInstance], dependencies: Dependencies
) -> Loose:
    """Return a command that changes variables with the addresses of what it waits for."""
    part = loose.part
    if not isinstance(part, CniPart) or part.source.kind not in _CHANGES:
        return loose
    waits = {(id(module), declared) for module, declared in dependencies.waits_for(resource)}
    after = [one.address for one in installers if (id(one.module), (one.mode, one.type, one.name)) in waits]
    return replace(loose, part=replace(part, source=replace(part.source, after=tuple(after))))


def _yaml_body(resource: ResourceInstance) -> list[Loose] | None:
    field = resource.body.attribute("yaml_body")
    if field is None:
        return None
    inner = field.decoded()
    if inner is not None:
        return list(read_item(from_field(inner), resource.address, resource.maybe))
    found, problem = read_text(field.traced(), resource.address, uncertain=resource.maybe)
    if problem is not None and _SPEAKS.search(resource.block_span.text):
        reason = f"the manifest cannot be read: {problem.reason}"
        found.append(Loose(Gap(resource.address, reason, resource.span), resource.span))
    return found


def _file_documents(resource: ResourceInstance) -> list[Loose]:
    """Read the data source that cuts a file into the manifests of a `kubectl_manifest` with `for_each`."""
    field = resource.body.attribute("content")
    if field is None:
        return []
    found, problem = read_text(field.traced(), uncertain=resource.maybe)
    if problem is not None and _SPEAKS.search(field.traced().text):
        reason = f"the manifests cannot be read: {problem.reason}"
        found.append(Loose(Gap(resource.address, reason, resource.span), resource.span))
    return found


_SPEAKS = pattern(r"\b(?:NodePool|EC2NodeClass|Provisioner|AWSNodeTemplate|SecurityGroupPolicy)\b|\baws-node\b(?!-)")


def _manifest(resource: ResourceInstance) -> list[Loose] | None:
    field = resource.body.attribute("manifest")
    if field is None:
        return None
    return list(read_item(from_field(field), resource.address, resource.maybe))


def _helm_release(resource: ResourceInstance) -> list[Loose] | None:
    chart_name = string(resource.body, "chart")
    chart = find_chart(chart_name.value) if isinstance(chart_name, Known) else None
    if chart is None:
        return None
    tables: list[Table] = []
    missing = resource.maybe
    values = resource.body.attribute("values")
    items = values.items() if values else ()
    missing = first_unknown(missing, *(values.items().missing if values else ()))
    for field in items:
        inner = field.decoded()
        if inner is not None:
            item = from_field(inner)
            if isinstance(item, Table):
                tables.append(item)
            elif isinstance(item, FieldLeaf):
                missing = first_unknown(missing, item.unknown())
            continue
        read, why = values_of(field.traced())
        tables += read
        missing = first_unknown(missing, why)
    for name, value in _set(resource.body):
        if isinstance(name, Known):
            table = nested(name.value, value, resource.span)
            if table is None:
                missing = first_unknown(missing, Unknown(f'`set` of "{name.value}" is not understood', resource.span))
            else:
                tables.append(table)
        elif isinstance(name, Unknown):
            missing = first_unknown(missing, name)
    entries = resource.body.attribute("set")
    missing = first_unknown(
        missing, *resource.body.blocks("set").missing, *(entries.items().missing if entries else ())
    )
    release = Release(resource.address, resource.span, merged(tables, resource.span), missing)
    return [_with_version(read_release(chart, release), resource)]


def _with_version(loose: Loose, resource: ResourceInstance) -> Loose:
    """Return a release of the CNI with the version that its chart's version tells, unless its image does."""
    part = loose.part
    field = resource.body.attribute("version")
    if not isinstance(part, CniPart) or part.source.version is not None or field is None:
        return loose
    version = field.string()
    if isinstance(version, Known) and _CHART_IS_THE_CNI.fullmatch(version.value) is None:
        reason = f'which version of the CNI comes with version "{version.value}" of its chart is not known'
        version = Unknown(reason, field.origin)
    return replace(loose, part=replace(part, source=replace(part.source, version=version)))


def _set(body: BodyReader) -> Iterator[tuple[Value[str], Item | Unknown]]:
    """Iterate over what each `set` names and says: blocks until version 2 of the provider, a list since version 3."""
    for kind in ("set", "set_list", "set_sensitive"):
        key = "values" if kind == "set_list" else "value"
        for block in body.blocks(kind):
            field = block.attribute(key) or (block.attribute("value") if kind == "set_list" else None)
            value = Unknown(f"{key} is not set", block.span) if field is None else from_field(field)
            yield string(block, "name"), value
        listed = body.attribute(kind)
        for item in listed.items() if listed else ():
            parts, _ = item.entries()
            if "name" in parts:
                found = parts.get(key)
                value = Unknown(f"{key} is not set", item.origin) if found is None else from_field(found)
                yield parts["name"].string(), value


def _daemon_set(resource: ResourceInstance) -> list[Loose] | None:
    if not _is_named(resource.body, MAIN_CONTAINER):
        return None
    version: Value[str] | None = None
    main: list[EnvironmentVariable] = []
    init: list[EnvironmentVariable] = []
    options: list[CniOption] = []
    missing = resource.maybe
    for kind, variables in (("container", main), ("init_container", init)):
        for container in blocks(resource.body, "spec", "template", "spec", kind):
            name = string(container, "name")
            if kind == "container" and isinstance(name, Known) and name.value != MAIN_CONTAINER:
                if name.value == NODE_AGENT:
                    tag = version_of_image(string(container, "image"))
                    options.append(CniOption("nodeAgent.image.tag", tag, container.span))
                continue
            variables.extend(_variables(container))
            missing = first_unknown(missing, *container.blocks("env").missing)
            if kind == "container":
                version = version_of_image(string(container, "image"))
    source = CniSource(
        kind=CniSourceKind.DAEMON_SET,
        address=resource.address,
        span=resource.span,
        environment=tuple(main),
        init_environment=tuple(init),
        version=version,
        whole=True,
        missing=missing,
        options=tuple(options),
    )
    return [Loose(CniPart(source), resource.span)]


def _kubernetes_env(resource: ResourceInstance) -> list[Loose] | None:
    if not _is_named(resource.body, MAIN_CONTAINER):
        return None
    init_container = resource.body.attribute("init_container")
    variables = tuple(_variables(resource.body))
    source = CniSource(
        kind=CniSourceKind.KUBERNETES_ENV,
        address=resource.address,
        span=resource.span,
        environment=() if init_container is not None else variables,
        init_environment=variables if init_container is not None else (),
        missing=first_unknown(resource.maybe, *resource.body.blocks("env").missing),
    )
    return [Loose(CniPart(source), resource.span)]


def _variables(body: BodyReader) -> Iterator[EnvironmentVariable]:
    for variable in body.blocks("env"):
        name = string(variable, "name")
        value = variable.attribute("value")
        if not isinstance(name, Known):
            continue
        if value is not None:
            yield EnvironmentVariable(name.value, value.string(), value.origin)
        elif next(blocks(variable, "value_from"), None) is not None:
            reason = f"{name.value} is set by value_from, which only the cluster can tell"
            yield EnvironmentVariable(name.value, Unknown(reason, variable.span), variable.span)
        else:
            yield EnvironmentVariable(name.value, Known("", variable.span), variable.span)


def _is_named(body: BodyReader, name: str) -> bool:
    metadata = next(blocks(body, "metadata"), None)
    found = string(metadata, "name") if metadata is not None else None
    return isinstance(found, Known) and found.value == name


def _config_map(resource: ResourceInstance) -> list[Loose] | None:
    data = resource.body.attribute("data")
    if data is None or not _is_named(resource.body, _CNI_CONFIG_MAP):
        return None
    entries, missing = data.entries()
    variables = tuple(EnvironmentVariable(name, field.string(), field.origin) for name, field in entries.items())
    return [Loose(ConfigMapPart(variables, first_unknown(resource.maybe, *missing)), resource.span)]


def _provisioners(resource: ResourceInstance) -> list[Loose] | None:
    written = resource.block_span.text
    if "set env" not in written and "aws-node" not in written and not installs(written):
        return None
    commands = [block.attribute("command") for block in resource.provisioners]
    texts = [command.traced() for command in commands if command is not None]
    installed = [loose for text in texts for loose in read_installing(text, resource.maybe)]
    return [*read_commands(texts, resource.address, resource.maybe), *installed]


_READERS: tuple[tuple[tuple[str, ...], Callable[[ResourceInstance], list[Loose] | None]], ...] = (
    (("kubectl_manifest",), _yaml_body),
    (("kubernetes_manifest",), _manifest),
    (("helm_release",), _helm_release),
    (_DAEMON_SETS, _daemon_set),
    (_CONFIG_MAPS, _config_map),
    (("kubernetes_env",), _kubernetes_env),
    (("null_resource", "terraform_data"), _provisioners),
)
