"""The settings of the Amazon VPC CNI, from the EKS add-on."""

from __future__ import annotations

from collections.abc import Iterator

from podroom.assembly.clusters import Clusters
from podroom.assembly.cni_defaults import DEFAULT_VERSION
from podroom.assembly.inventory import Inventory, first_field, string
from podroom.assembly.subnets import subnet_use
from podroom.catalog import documents
from podroom.evaluation.project import Field, ResourceInstance
from podroom.model.world import CURRENT_VERSION, CniOption, CniSettings, EnvironmentVariable, PodSubnet
from podroom.records import dataclass, field
from podroom.values import Default, Known, Members, Unknown, Value, first_unknown

ADDON = "vpc-cni"
KUBE_PROXY = "kube-proxy"
ON_UPDATE_DEFAULT = Known("NONE", Default("Amazon EKS", documents.EKS_UPDATE_ADD_ON))
READ_APART = ("env", "eniConfig")
INIT_ENV = "init.env"


def read_cni_settings(inventory: Inventory, clusters: Clusters) -> dict[str, CniSettings]:
    """Return the settings of the CNI by the address of the cluster."""
    settings: dict[str, CniSettings] = {}
    for resource in inventory.resources("aws_eks_addon"):
        name = string(resource.body, "addon_name")
        if isinstance(name, Known) and name.value != ADDON:
            continue
        cluster = clusters.of(resource.body.attribute("cluster_name"), resource.span)
        if not isinstance(cluster, Known):
            continue
        if isinstance(name, Known):
            settings[cluster.value] = _from_addon(resource, inventory)
        elif ADDON in (name.values if not isinstance(name, Unknown) else (ADDON,)):
            reason = f"whether {resource.address} is the {ADDON} add-on is not known: {name.reason}"
            doubt = Unknown(reason, resource.span, name.refs)
            settings.setdefault(
                cluster.value,
                CniSettings(
                    declared_by=resource.address,
                    span=resource.span,
                    version=doubt,
                    missing=doubt,
                ),
            )
    return settings


def _from_addon(resource: ResourceInstance, inventory: Inventory) -> CniSettings:
    field = resource.body.attribute("configuration_values")
    values = ConfigurationValues() if field is None else settings_of(field)
    return CniSettings(
        declared_by=resource.address,
        span=resource.span,
        version=_version(resource, inventory),
        environment=values.environment,
        init_environment=values.init_environment,
        missing=first_unknown(resource.maybe, values.missing),
        pod_subnets=values.pod_subnets,
        options=values.options,
        on_update=_on_update(resource),
    )


def _on_update(resource: ResourceInstance) -> Value[str]:
    field = first_field(resource.body, "resolve_conflicts_on_update", "resolve_conflicts")
    return ON_UPDATE_DEFAULT if field is None else field.string()


def _version(resource: ResourceInstance, inventory: Inventory) -> Value[str]:
    field = resource.body.attribute("addon_version")
    if field is None:
        return Known(CURRENT_VERSION, DEFAULT_VERSION)
    version = field.string()
    if isinstance(version, Unknown):
        source = inventory.find(field.link(), "aws_eks_addon_version", mode="data")
        return version if source is None else Known(CURRENT_VERSION, field.span)
    return version


@dataclass(frozen=True, slots=True)
class ConfigurationValues:
    """What the add-on's or the chart's values say; `missing` is why there may be more variables."""

    environment: tuple[EnvironmentVariable, ...] = ()
    init_environment: tuple[EnvironmentVariable, ...] = ()
    missing: Unknown | None = None
    pod_subnets: Members[PodSubnet] = field(default_factory=Members)
    options: tuple[CniOption, ...] = ()


def kube_proxy_mode(values: ConfigurationValues) -> Value[str] | None:
    """Return the mode that the configuration of the add-on kube-proxy names; None if it names none."""
    option = next((option for option in values.options if option.name == "mode"), None)
    return values.missing if option is None else option.value


def settings_of(values: Field) -> ConfigurationValues:
    """Return the variables, ENIConfigs and options of the add-on's or the chart's values."""
    inner = values.decoded()
    if inner is not None:
        return _from_fields(inner)
    from podroom.assembly.cni_text import read_configuration_values  # noqa: PLC0415 - most encode an object

    return read_configuration_values(values.traced(), values.name)


def _from_fields(values: Field) -> ConfigurationValues:
    """Read settings that the configuration spells out as an object inside `jsonencode` or `yamlencode`."""
    entries, missing = values.entries()
    environment, more = _variables(entries.get("env"))
    gap = first_unknown(*missing, *more)
    init, _ = entries["init"].entries() if "init" in entries else ({}, ())
    pod_subnets: Members[PodSubnet] = Members()
    if "eniConfig" in entries:
        config, more = entries["eniConfig"].entries()
        zones, unknown = config["subnets"].entries() if "subnets" in config else ({}, ())
        uses = []
        for zone, details in zones.items():
            parts, _ = details.entries()
            use = subnet_use(parts["id"].link()) if "id" in parts else None
            if use is not None:
                uses.append(PodSubnet(zone, use, details.origin))
        pod_subnets = Members(tuple(uses), (*more, *unknown))
    options = tuple(_options(entries)) + tuple(
        CniOption(f"{name}.{inner}", _text(part), part.key_span)
        for name, parent in entries.items()
        if name not in READ_APART and parent.is_map
        for inner, part in parent.entries()[0].items()
        if f"{name}.{inner}" != INIT_ENV
    )
    return ConfigurationValues(environment, _variables(init.get("env"))[0], gap, pod_subnets, options)


def _variables(block: Field | None) -> tuple[tuple[EnvironmentVariable, ...], tuple[Unknown, ...]]:
    if block is None:
        return (), ()
    variables, missing = block.entries()
    return tuple(
        EnvironmentVariable(name, part.string(), part.origin, part.json_type(), part.key_span)
        for name, part in variables.items()
    ), missing


def _options(entries: dict[str, Field]) -> Iterator[CniOption]:
    for name, part in entries.items():
        if name not in READ_APART:
            yield CniOption(name, _text(part), part.key_span)


def _text(part: Field) -> Value[str] | None:
    return None if part.is_map or part.is_list else part.string()
