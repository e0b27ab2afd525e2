"""Which rules run, and how severe their findings are: by code, by the beginning of codes, or by name."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from podroom.errors import UsageError
from podroom.positions import Span
from podroom.records import dataclass, field
from podroom.rule import Severity, suggest_rule

ALL = "ALL"
"""Selects every rule."""

_EXACT = 100
"""Stronger than any beginning of a code."""


@dataclass(frozen=True, slots=True)
class Selection:
    """Which rules run; of what selects a rule and what ignores it, the more precise one counts.

    If both are equally precise, the rule is ignored.  `severities` hold what their findings are turned into.
    """

    select: tuple[str, ...] = (ALL,)
    extend_select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    severities: Mapping[str, Severity] = field(default_factory=dict)

    def runs(self, code: str, name: str) -> bool:
        """Return whether a rule runs."""
        return _strongest((*self.select, *self.extend_select), code, name) > _strongest(self.ignore, code, name)

    def severity(self, code: str, name: str) -> Severity | None:
        """Return what the findings of a rule are turned into, None if they keep their own."""
        strength = _strongest(self.severities, code, name)
        if strength < 0:
            return None
        return next(severity for key, severity in self.severities.items() if precision(key, code, name) == strength)


def precision(selector: str, code: str, name: str) -> int:
    """Return how precisely a selector names a rule, -1 if it does not."""
    if selector.upper() == ALL:
        return 0
    if selector.upper() == code or selector.lower() == name:
        return _EXACT
    return len(selector) if selector and code.startswith(selector.upper()) else -1


def _strongest(selectors: Iterable[str], code: str, name: str) -> int:
    return max((precision(selector, code, name) for selector in selectors), default=-1)


def check_selectors(selectors: Mapping[str, Span | None], rules: Sequence[tuple[str, str]], where: str) -> None:
    """Raise `UsageError` for what names no rule; `rules` are codes with names, `where` says what names it."""
    for selector, span in selectors.items():
        if not any(precision(selector, code, name) >= 0 for code, name in rules):
            close = suggest_rule(selector, rules)
            hint = f"did you mean {close}?" if close else "`podroom rules` lists them"
            raise UsageError(f"{where} names {selector!r}, which is no rule; {hint}", span)
