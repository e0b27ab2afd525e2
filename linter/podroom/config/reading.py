"""From a document to the configuration that it holds."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from podroom.capacity.assessment import MANY_NODES, Assumptions, ZoneBalance
from podroom.capacity.max_pods import HOST_NETWORK_PODS
from podroom.capacity.subnets import EXPECTED_PODS_PER_NODE
from podroom.config.accepted import Accepted, PathIgnore
from podroom.config.locating import find_setting
from podroom.config.selection import ALL, Selection, check_selectors
from podroom.errors import UsageError
from podroom.positions import Document, Paths, Span
from podroom.records import dataclass, field, replace
from podroom.rule import Confidence, Finding, Severity

if TYPE_CHECKING:
    from datetime import date

NAMES = ("podroom.toml", ".podroom.toml", "pyproject.toml")
"""The files that may hold the configuration, the strongest first."""

_SEVERITIES = {str(severity): severity for severity in Severity}
_CONFIDENCES = {str(confidence): confidence for confidence in Confidence}


@dataclass(frozen=True, slots=True)
class Config:
    """What the user configured; `instance_types` are facts about types that the bundled table lacks or has wrong.

    `baseline` (an absolute path), `fail_on` and `min_confidence` are None where nothing is said.  `origins` hold where
    each setting stands that is not left to its default, by its dotted name.
    """

    path: str | None = None
    assumptions: Assumptions = field(default_factory=Assumptions)
    instance_types: Mapping[str, Mapping[str, object]] = field(default_factory=dict)
    selection: Selection = field(default_factory=Selection)
    per_path_ignores: tuple[PathIgnore, ...] = ()
    accepted: tuple[Accepted, ...] = ()
    baseline: str | None = None
    fail_on: Severity | None = None
    min_confidence: Confidence | None = None
    origins: Mapping[str, Span] = field(default_factory=dict)
    paths: Paths = field(default_factory=Paths)
    """With the folder of the configuration as the top, at which the paths begin that it names."""

    def judged(self, finding: Finding) -> Finding:
        """Return a finding with the severity that is configured."""
        severity = self.selection.severity(finding.code, finding.name)
        return finding if severity is None else replace(finding, severity=severity)

    def takes_back(self, finding: Finding) -> PathIgnore | Accepted | None:
        """Return what takes a finding back, if anything does."""
        entries: tuple[PathIgnore | Accepted, ...] = (*self.accepted, *self.per_path_ignores)
        return next((entry for entry in entries if entry.takes(finding, self.paths)), None)

    def check_rules(self, rules: Sequence[tuple[str, str]]) -> None:
        """Raise `UsageError` for a setting that names a rule that is none of these, which are codes with names."""
        selection = self.selection
        for name, selectors in (
            ("select", selection.select),
            ("extend_select", selection.extend_select),
            ("ignore", selection.ignore),
        ):
            place = self.origins.get(name)
            check_selectors(dict.fromkeys(selectors, place), rules, name if place else f"--{name.replace('_', '-')}")
        severities = {rule: self.origins.get(f"severity.{rule}") for rule in selection.severities}
        check_selectors(severities, rules, "severity")
        for ignore in self.per_path_ignores:
            check_selectors(dict.fromkeys(ignore.rules, ignore.span), rules, "per_path_ignores")
        check_selectors({entry.rule: entry.span for entry in self.accepted}, rules, "accepted")


def read_config(document: Document, today: date | None = None, paths: Paths | None = None) -> Config | None:
    """Read a configuration file; None if it is a pyproject.toml without `[tool.podroom]`.

    `today` is the day on which entries with an end hold or no longer hold; without it all hold.  Raises `UsageError`
    with the place, if it is known, for anything that podroom does not understand.
    """
    in_project = document.path.endswith("pyproject.toml")
    if in_project and "podroom" not in document.text:
        return None
    from podroom.config.schema import load, validate  # noqa: PLC0415 - only a project with a configuration needs it

    table: dict[str, Any] | None = load(document)
    top: tuple[str, ...] = ()
    if in_project and table is not None:
        table, top = table.get("tool", {}).get("podroom"), ("tool", "podroom")
    if table is None:
        return None
    table = {**table, "accepted": _with_dates(table["accepted"], document, top)} if "accepted" in table else table
    validate(table, document, top)
    assumptions = table.get("assumptions", {})
    ignores = table.get("per_path_ignores", {})

    def place(*path: str | int) -> Span:
        return find_setting(document, (*top, *path)) or Span(document, 0, 0)

    return Config(
        path=document.path,
        assumptions=Assumptions(
            host_network_pods=assumptions.get("host_network_pods", HOST_NETWORK_PODS),
            expected_pods_per_node=assumptions.get("expected_pods_per_node", EXPECTED_PODS_PER_NODE),
            many_nodes=assumptions.get("many_nodes", MANY_NODES),
            pods_with_security_groups=assumptions.get("pods_with_security_groups"),
            zone_balance=ZoneBalance(assumptions.get("zone_balance", ZoneBalance.BALANCED)),
        ),
        instance_types=table.get("instance_types", {}),
        selection=Selection(
            tuple(table.get("select", (ALL,))),
            tuple(table.get("extend_select", ())),
            tuple(table.get("ignore", ())),
            {rule: _SEVERITIES[severity] for rule, severity in table.get("severity", {}).items()},
        ),
        per_path_ignores=tuple(
            _path_ignore(glob, tuple(rules), place("per_path_ignores", glob)) for glob, rules in ignores.items()
        ),
        accepted=tuple(
            _accepted(entry, place("accepted", number), today) for number, entry in enumerate(table.get("accepted", ()))
        ),
        baseline=table.get("baseline") and (paths or Paths()).absolute_from_top(table["baseline"]),
        fail_on=_SEVERITIES.get(table.get("fail_on", "")),
        min_confidence=_CONFIDENCES.get(table.get("min_confidence", "")),
        origins={".".join(path): place(*path) for path in (*_settings(table), *_facts(table))},
        paths=paths or Paths(),
    )


def _with_dates(entries: object, document: Document, top: tuple[str, ...]) -> object:
    """Return the entries of `accepted` with their dates as texts; what is none stays, for the check to refuse."""
    from datetime import date, datetime  # noqa: PLC0415 - few configurations accept findings

    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        return entries
    known = []
    for number, entry in enumerate(entries):
        until = entry.get("until")
        if isinstance(until, date) and not isinstance(until, datetime):
            known.append({**entry, "until": until.isoformat()})
        elif isinstance(until, str) and not _is_day(until):
            raise UsageError(
                f"accepted: until is {until!r}, which is no day; write 2030-12-31",
                find_setting(document, (*top, "accepted", number, "until")),
            )
        else:
            known.append(entry)
    return known


def _is_day(text: str) -> bool:
    from datetime import date  # noqa: PLC0415 - few configurations accept findings

    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def _path_ignore(glob: str, rules: tuple[str, ...], span: Span) -> PathIgnore:
    if glob.removeprefix("./").startswith("../"):
        message = f"per_path_ignores: {glob!r} begins above the folder of this file, for which it does not hold"
        raise UsageError(f"{message}; write it into a podroom.toml up there", span)
    return PathIgnore(glob, rules, span)


def _accepted(entry: Mapping[str, str], span: Span, today: date | None) -> Accepted:
    until = entry.get("until")
    return Accepted(
        rule=entry["rule"],
        reason=entry["reason"],
        span=span,
        path=entry.get("path"),
        address=entry.get("address"),
        until=until,
        ended=until is not None and today is not None and until < today.isoformat(),
    )


def _facts(table: Mapping[str, Any]) -> Iterable[tuple[str, str, str]]:
    """Return the names of what is said of instance types."""
    types = table.get("instance_types", {})
    return (("instance_types", name, fact) for name, facts in types.items() for fact in facts)


def _settings(table: Mapping[str, Any]) -> Iterable[tuple[str, ...]]:
    """Return the names of what is set: those at the top, and those in the tables there."""
    for key, value in table.items():
        if isinstance(value, dict):
            yield from ((key, inner) for inner in value)
        else:
            yield (key,)
