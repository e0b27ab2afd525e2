"""Which module a `source` names, however it is written, and which versions a `version` allows."""

from __future__ import annotations

import re

from podroom.patterns import pattern
from podroom.records import dataclass

_PUBLIC_REGISTRIES = frozenset({"registry.terraform.io", "registry.opentofu.org"})
_REGISTRY = pattern(
    r"(?:(?P<host>[a-z0-9-]+(?:\.[a-z0-9-]+)+)/)?(?P<namespace>[\w-]+)/(?P<name>[\w-]+)/(?P<provider>[a-z0-9-]+)",
    re.IGNORECASE,
)
_GIT = pattern(
    r"(?:git::)?(?:(?:https?|ssh|git)://)?(?:[\w.-]+(?::[^@/]*)?@)?github\.com(?::\d+/|[:/])/?"
    r"(?P<owner>[\w-]+)/terraform-(?P<provider>[a-z0-9]+)-(?P<name>[\w-]+?)(?:\.git)?",
    re.IGNORECASE,
)
_VERSION = pattern(r"v?(\d{1,18})(?:\.(\d{1,18}))?(?:\.(\d{1,18}))?(?:[-+].*)?")
_TERM = pattern(r"(~>|>=|<=|!=|=|>|<)?\s*v?(\d{1,18}(?:\.\d{1,18}){0,2})(?:[-+][\w.-]*)?")
_ANY_TERM = pattern(r"(?:~>|>=|<=|!=|=|>|<)?\s*v?\d+(?:\.\d+)*(?:[-+~][\w.+~-]*)?")

Version = tuple[int, int, int]
_ENDLESS = 1_000_000


@dataclass(frozen=True, slots=True)
class ModuleSource:
    """A public module: its name in the registry, the folder inside it, and the version that a ref names."""

    module: str
    submodule: str = ""
    ref: Version | None = None


def read_source(text: str) -> ModuleSource | None:
    """Return the public module that a source names, None for any other source.

    `terraform-aws-modules/eks/aws` and every spelling of `github.com/terraform-aws-modules/terraform-aws-eks`
    are one module (https://developer.hashicorp.com/terraform/language/modules/sources).
    """
    address, _, query = text.strip().partition("?")
    if address.startswith("tfr://"):
        address = address.removeprefix("tfr://").lstrip("/")
    scheme, separator, rest = address.rpartition("://")
    path, _, submodule = rest.partition("//")
    address = f"{scheme}{separator}{path}"
    match = _GIT.fullmatch(address)
    if match is not None:
        module = f"{match['owner']}/{match['name']}/{match['provider']}"
    else:
        match = _REGISTRY.fullmatch(address)
        if match is None or (match["host"] is not None and match["host"].lower() not in _PUBLIC_REGISTRIES):
            return None
        module = f"{match['namespace']}/{match['name']}/{match['provider']}"
    return ModuleSource(module.lower(), submodule.strip("/").removesuffix(".git"), _ref(query))


def _ref(query: str) -> Version | None:
    for part in query.split("&"):
        name, _, value = part.partition("=")
        if name in {"ref", "version"}:
            return read_version(value.removeprefix("tags/").removeprefix("refs/tags/"))
    return None


def _version(parts: tuple[str | None, ...]) -> Version:
    major, minor, patch = (int(part or 0) for part in parts)
    return major, minor, patch


def read_version(text: str) -> Version | None:
    """Return the version that a text names, None if it is none."""
    match = _VERSION.fullmatch(text)
    return None if match is None else _version(match.groups())


def is_constraint(text: str) -> bool:
    """Return whether a text is a version constraint such as `~> 20.0` or `>= 5.1, < 6`."""
    return all(_ANY_TERM.fullmatch(term.strip()) for term in text.split(","))


def allowed_majors(constraint: str, majors: tuple[int, ...]) -> tuple[int, ...]:
    """Return the major versions of which a version constraint allows at least one; none if it is no constraint."""
    low, high = _bounds(constraint)
    return tuple(major for major in majors if max(low, (major, 0, 0)) < min(high, (major + 1, 0, 0)))


def allowed(constraint: str, version: Version) -> bool:
    """Return whether a version constraint allows one version; it allows none if it is no constraint."""
    low, high = _bounds(constraint)
    return low <= version < high


def bound_above(constraint: str) -> Version:
    """Return the version that every one which a constraint allows lies below."""
    low, high = _bounds(constraint)
    return (_ENDLESS, 0, 0) if high <= low else high


def _bounds(constraint: str) -> tuple[Version, Version]:
    """Return the half-open range of versions that a constraint allows, an empty one if it is no constraint."""
    low: Version = (0, 0, 0)
    high: Version = (_ENDLESS, 0, 0)
    for term in constraint.split(","):
        match = _TERM.fullmatch(term.strip())
        if match is None:
            return high, low
        numbers = match[2].split(".")
        wanted = _version((*numbers, None, None)[:3])
        from_here, up_to = _range(match[1] or "=", wanted, len(numbers))
        low, high = max(low, from_here), min(high, up_to)
    return low, high


def _range(operator: str, version: Version, digits: int) -> tuple[Version, Version]:
    """Return the half-open range of versions that one term allows."""
    major, minor, patch = version
    after = (major, minor, patch + 1)
    first: Version = (0, 0, 0)
    last: Version = (_ENDLESS, 0, 0)
    if operator == "~>":
        if digits == 1:
            return version, last
        return version, ((major + 1, 0, 0) if digits == 2 else (major, minor + 1, 0))
    return {
        "=": (version, after),
        ">=": (version, last),
        ">": (after, last),
        "<": (first, version),
        "<=": (first, after),
        "!=": (first, last),
    }[operator]
