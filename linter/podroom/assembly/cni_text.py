"""The settings of the Amazon VPC CNI, from the text that an add-on's configuration is."""

from __future__ import annotations

from collections.abc import Iterator

from podroom.assembly.cni import INIT_ENV, READ_APART, ConfigurationValues
from podroom.assembly.subnets import subnet_use_of_text
from podroom.model.world import CniOption, EnvironmentVariable, PodSubnet
from podroom.sources.yaml import Entry, Mapping, Node, Scalar, compose
from podroom.traced_text import TracedText
from podroom.values import Members, Unknown, Value


def read_configuration_values(text: TracedText, name: str) -> ConfigurationValues:
    """Read the add-on's configuration from a JSON or YAML text that the setting `name` holds; never raises."""
    if not text.text.strip():
        return ConfigurationValues()
    stream = compose(text)
    if stream.problem is not None or not stream.documents or not isinstance(stream.documents[0], Mapping):
        hole = next(text.holes(), None)
        if isinstance(hole, Unknown):
            return ConfigurationValues(missing=hole)
        reason = stream.problem.message if stream.problem else "it is no mapping"
        return ConfigurationValues(missing=Unknown(f"{name} cannot be read: {reason}", text.span(0, len(text))))
    return read_configuration_mapping(stream.documents[0])


def read_configuration_mapping(root: Mapping) -> ConfigurationValues:
    """Read the settings of the add-on that a mapping spells out."""
    init = root.get("init")
    config = root.get("eniConfig")
    zones = config.get("subnets") if isinstance(config, Mapping) else None
    pod_subnets = []
    for zone, entry in _named(zones):
        identity = entry.value.get("id") if isinstance(entry.value, Mapping) else None
        if isinstance(identity, Scalar):
            pod_subnets.append(PodSubnet(zone, subnet_use_of_text(identity), entry.key.span))
    return ConfigurationValues(
        environment=_variables_of(root.get("env")),
        init_environment=_variables_of(init.get("env")) if isinstance(init, Mapping) else (),
        pod_subnets=Members(tuple(pod_subnets)),
        options=tuple(_options_of(root)),
    )


def _variables_of(node: Node | None) -> tuple[EnvironmentVariable, ...]:
    return tuple(
        EnvironmentVariable(name, entry.value.resolved(), entry.value.span, entry.value.json_type())
        for name, entry in _named(node)
        if isinstance(entry.value, Scalar)
    )


def _options_of(root: Mapping) -> Iterator[CniOption]:
    for name, entry in _named(root):
        if name in READ_APART:
            continue
        yield CniOption(name, _scalar_value(entry), entry.span)
        for inner, part in _named(entry.value):
            if f"{name}.{inner}" != INIT_ENV:
                yield CniOption(f"{name}.{inner}", _scalar_value(part), part.span)


def _scalar_value(entry: Entry) -> Value[str] | None:
    return entry.value.value() if isinstance(entry.value, Scalar) else None


def _named(node: Node | None) -> list[tuple[str, Entry]]:
    if not isinstance(node, Mapping):
        return []
    return [(entry.key.text, entry) for entry in node.entries if isinstance(entry.key, Scalar)]
