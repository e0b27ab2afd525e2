"""A configuration setting by setting, each with where its value comes from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from podroom.config.reading import Config
from podroom.positions import Span
from podroom.records import dataclass
from podroom.rule import Confidence, Severity


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting: its dotted name, and its value as JSON knows it.

    `option` is the option of the command line that gives it, `span` its place in a file; with neither it is a default.
    """

    name: str
    value: Any
    span: Span | None = None
    option: str | None = None


def explained(config: Config, given: Mapping[str, Any]) -> Iterator[Setting]:
    """Iterate over all settings, those of a table that is empty left out.

    `given` holds what the command line says, by the name of the setting.
    """
    for name, value in _values(config):
        if name in given:
            yield Setting(name, given[name], option=f"--{name.replace('_', '-')}")
        else:
            yield Setting(name, value, config.origins.get(name))
    for number, entry in enumerate(config.accepted):
        parts = {"rule": entry.rule, "path": entry.path, "address": entry.address, "until": entry.until}
        value = {**{name: part for name, part in parts.items() if part is not None}, "reason": entry.reason}
        yield Setting(f"accepted[{number}]", value, entry.span)


def _values(config: Config) -> Iterator[tuple[str, Any]]:
    selection = config.selection
    yield "select", list(selection.select)
    yield "extend_select", list(selection.extend_select)
    yield "ignore", list(selection.ignore)
    yield "baseline", config.baseline
    yield "fail_on", str(config.fail_on or Severity.WARNING)
    yield "min_confidence", str(config.min_confidence or Confidence.LOW)
    yield from ((f"severity.{rule}", str(severity)) for rule, severity in selection.severities.items())
    yield from ((f"per_path_ignores.{ignore.pattern}", list(ignore.rules)) for ignore in config.per_path_ignores)
    assumptions = config.assumptions
    yield "assumptions.host_network_pods", assumptions.host_network_pods
    yield "assumptions.expected_pods_per_node", assumptions.expected_pods_per_node
    yield "assumptions.many_nodes", assumptions.many_nodes
    yield "assumptions.pods_with_security_groups", assumptions.pods_with_security_groups
    yield "assumptions.zone_balance", assumptions.zone_balance.value
    yield from ((f"instance_types.{name}", dict(facts)) for name, facts in config.instance_types.items())
