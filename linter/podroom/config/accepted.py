"""Findings that the configuration takes back: by path, or one by one with a reason and perhaps an end."""

from __future__ import annotations

import re

from podroom.config.selection import precision
from podroom.positions import Paths, Span
from podroom.records import dataclass
from podroom.rule import Finding


@dataclass(frozen=True, slots=True)
class PathIgnore:
    """Rules that are not told of for files of some paths, which begin at the folder of the configuration."""

    pattern: str
    rules: tuple[str, ...]
    span: Span
    reason: str = "per_path_ignores in podroom's configuration"

    def takes(self, finding: Finding, paths: Paths) -> bool:
        """Return whether a finding is taken back."""
        named = any(precision(rule, finding.code, finding.name) >= 0 for rule in self.rules)
        return named and matches(self.pattern, paths.from_top(finding.span.path))


@dataclass(frozen=True, slots=True)
class Accepted:
    """An entry of `[[accepted]]`: findings of one rule, of a path and an address if they are given, and why.

    `until` is the last day on which it holds, as a text, and `ended` says whether that is over.
    """

    rule: str
    reason: str
    span: Span
    path: str | None = None
    address: str | None = None
    until: str | None = None
    ended: bool = False

    def names(self, code: str, name: str) -> bool:
        """Return whether a rule is meant."""
        return precision(self.rule, code, name) >= 0

    def takes(self, finding: Finding, paths: Paths) -> bool:
        """Return whether a finding is taken back."""
        return (
            not self.ended
            and self.names(finding.code, finding.name)
            and (self.path is None or matches(self.path, paths.from_top(finding.span.path)))
            and (self.address is None or any(_is_called(subject, self.address) for subject in finding.subjects))
        )


def _is_called(subject: str, address: str) -> bool:
    from fnmatch import fnmatchcase  # noqa: PLC0415 - few projects accept findings

    return subject == address or fnmatchcase(subject, re.sub(r"\[", "[[]", address))


def matches(glob: str, path: str) -> bool:
    """Return whether a path, or a folder that it lies in, is meant by a pattern.

    `*` and `?` stay within a folder, `**` does not; a pattern without `/` is looked for in every folder.
    """
    glob = glob.removeprefix("./").rstrip("/")
    if "/" not in glob and glob != "**":
        glob = f"**/{glob}"
    parts = []
    at = 0
    for found in re.finditer(r"\*\*/|\*\*|\*|\?", glob):
        parts += [re.escape(glob[at : found.start()]), _WILD[found[0]]]
        at = found.end()
    parts.append(re.escape(glob[at:]))
    return re.fullmatch("".join(parts) + "(?:/.*)?", path, re.DOTALL) is not None


_WILD = {"**/": "(?:.*/)?", "**": ".*", "*": "[^/]*", "?": "[^/]"}
