"""The settings of the Amazon VPC CNI, from the EKS add-on."""

from __future__ import annotations

from typing import TypeAlias

from podroom.assembly.clusters import Clusters
from podroom.assembly.cni_defaults import DEFAULT_VERSION
from podroom.assembly.inventory import Inventory, string
from podroom.assembly.subnets import subnet_use, subnet_use_of_text
from podroom.evaluation.project import Field, ResourceInstance
from podroom.model.world import CURRENT_VERSION, CniSettings, EnvironmentVariable, PodSubnet
from podroom.sources.yaml import Entry, Mapping, Scalar, compose
from podroom.traced_text import TracedText
from podroom.values import Known, Members, Unknown, Value, first_unknown

ADDON = "vpc-cni"


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
            reason = f"whether {resource.address} is the {ADDON} add-on is not known"
            settings.setdefault(
                cluster.value,
                CniSettings(
                    declared_by=resource.address,
                    span=resource.span,
                    version=Unknown(reason, resource.span),
                    missing=Unknown(reason, resource.span),
                ),
            )
    return settings


def _from_addon(resource: ResourceInstance, inventory: Inventory) -> CniSettings:
    environment: tuple[EnvironmentVariable, ...] = ()
    missing: Unknown | None = resource.maybe
    pod_subnets: Members[PodSubnet] = Members()
    field = resource.body.attribute("configuration_values")
    if field is not None:
        environment, gap, pod_subnets = settings_of(field)
        missing = first_unknown(missing, gap)
    return CniSettings(
        declared_by=resource.address,
        span=resource.span,
        version=_version(resource, inventory),
        environment=environment,
        missing=missing,
        pod_subnets=pod_subnets,
    )


def _version(resource: ResourceInstance, inventory: Inventory) -> Value[str]:
    field = resource.body.attribute("addon_version")
    if field is None:
        return Known(CURRENT_VERSION, DEFAULT_VERSION)
    if inventory.find(field.link(), "aws_eks_addon_version", mode="data") is not None:
        return Known(CURRENT_VERSION, field.span)
    return field.string()


ConfigurationValues: TypeAlias = tuple[tuple[EnvironmentVariable, ...], Unknown | None, Members[PodSubnet]]
"""The variables of aws-node, why there may be more of them, and the ENIConfigs."""


def settings_of(field: Field) -> ConfigurationValues:
    """Return the variables and ENIConfigs of the add-on's or the chart's values, and why there may be more."""
    inner = field.decoded()
    return read_configuration_values(field.traced(), field.name) if inner is None else _from_fields(inner)


def _from_fields(values: Field) -> ConfigurationValues:
    """Read settings that the configuration spells out as an object inside `jsonencode` or `yamlencode`."""
    entries, missing = values.entries()
    environment: list[EnvironmentVariable] = []
    gap = missing[0] if missing else None
    if "env" in entries:
        variables, more = entries["env"].entries()
        environment = [EnvironmentVariable(name, field.string(), field.origin) for name, field in variables.items()]
        gap = first_unknown(gap, *more)
    pod_subnets: Members[PodSubnet] = Members()
    if "eniConfig" in entries:
        config, more = entries["eniConfig"].entries()
        zones, unknown = config["subnets"].entries() if "subnets" in config else ({}, ())
        uses = []
        for zone, field in zones.items():
            parts, _ = field.entries()
            use = subnet_use(parts["id"].link()) if "id" in parts else None
            if use is not None:
                uses.append(PodSubnet(zone, use, field.origin))
        pod_subnets = Members(tuple(uses), (*more, *unknown))
    return tuple(environment), gap, pod_subnets


def read_configuration_values(text: TracedText, name: str) -> ConfigurationValues:
    """Read the add-on's configuration from a JSON or YAML text that the setting `name` holds; never raises."""
    if not text.text.strip():
        return (), None, Members()
    stream = compose(text)
    if stream.problem is not None or not stream.documents or not isinstance(stream.documents[0], Mapping):
        hole = next(text.holes(), None)
        if isinstance(hole, Unknown):
            return (), hole, Members()
        reason = stream.problem.message if stream.problem else "it is no mapping"
        return (), Unknown(f"{name} cannot be read: {reason}", text.span(0, len(text))), Members()
    return read_configuration_mapping(stream.documents[0])


def read_configuration_mapping(root: Mapping) -> ConfigurationValues:
    """Read the settings of the add-on that a mapping spells out."""
    environment: list[EnvironmentVariable] = []
    variables = root.get("env")
    if isinstance(variables, Mapping):
        environment = [
            EnvironmentVariable(name, entry.value.value(), entry.value.span)
            for name, entry in _named(variables)
            if isinstance(entry.value, Scalar)
        ]
    config = root.get("eniConfig")
    zones = config.get("subnets") if isinstance(config, Mapping) else None
    pod_subnets = []
    for zone, entry in _named(zones) if isinstance(zones, Mapping) else ():
        identity = entry.value.get("id") if isinstance(entry.value, Mapping) else None
        if isinstance(identity, Scalar):
            pod_subnets.append(PodSubnet(zone, subnet_use_of_text(identity), entry.key.span))
    return tuple(environment), None, Members(tuple(pod_subnets))


def _named(mapping: Mapping) -> list[tuple[str, Entry]]:
    return [(entry.key.text, entry) for entry in mapping.entries if isinstance(entry.key, Scalar)]
