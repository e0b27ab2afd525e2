"""Two records of one thing: the same facts count once, and where they differ nothing is taken from either by chance.

What moves all day (free addresses, desired sizes, running instances) may differ because the lists were made at two
times; everything else only because somebody changed it in between, or because one of the lists is not what it seems.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields
from enum import Enum
from typing import Any, TypeAlias, TypeVar

from podroom.records import replace
from podroom.sources.live.records import (
    Disagreement,
    Listing,
    Live,
    LiveGroup,
    LiveNode,
    LiveNodeGroup,
    LiveSubnet,
    LiveTemplate,
    TemplateVersions,
)

K = TypeVar("K")
R = TypeVar("R")

_CALLED = {
    "free": "AvailableIpAddressCount",
    "cidr": "CidrBlock",
    "cidrs": "the blocks",
    "zone": "AvailabilityZone",
    "vpc": "VpcId",
    "minimum": "the smallest size",
    "desired": "the desired size",
    "maximum": "the largest size",
    "overrides": "the instance types",
    "instance_types": "the instance types",
    "instance_type": "InstanceType",
    "image": "ImageId",
    "template": "the launch template",
    "latest": "LatestVersionNumber",
    "default": "the default version",
    "version": "the version",
    "subnet": "the subnet",
    "subnets": "the subnets",
    "pods": "status.allocatable.pods",
    "type": "the instance type",
    "user_data": "UserData",
    "instances": "the running instances",
    "addresses": "the addresses of its interfaces",
    "tags": "the tags",
}
"""What the facts of a record are called."""
_SHOWN = frozenset({"free", "minimum", "desired", "maximum", "latest", "pods", "cidr", "zone", "instance_type", "type"})
"""Facts of which both values are shown; others are long, or may be secret."""


class Taken(Enum):
    """What becomes of two records that differ, for a person."""

    NEITHER = "neither is taken"
    FEWER = "the fewer count"
    LATER = "the one that was modified later counts"
    REST = "only what they agree on is taken"


Settle: TypeAlias = "Callable[[R, R, frozenset[str]], tuple[R | None, Taken]]"
"""Takes two records and the names of the facts that differ; returns the record that is kept, if any."""


def neither(_earlier: R, _later: R, _differing: frozenset[str]) -> tuple[R | None, Taken]:
    """Keep none of two records."""
    return None, Taken.NEITHER


def put(
    live: Live, listing: Listing, table: dict[K, R], key: K, record: R, *, what: str, settle: Settle[R] = neither
) -> None:
    """Add a record to a table, or settle it with the one that is there; `what` names the thing for a person."""
    if (listing, str(key)) in live.dropped:
        return
    earlier = table.get(key)
    if earlier is None:
        table[key] = record
        return
    differing = _differing(earlier, record)
    if not differing:
        return
    kept, taken = settle(earlier, record, frozenset(differing))
    sources = (_source(earlier), _source(record))
    if kept is None:
        del table[key]
        live.dropped.add((listing, str(key)))
        live.disputed.setdefault(listing, f"{sources[0]} and {sources[1]} do not agree on {what}")
    else:
        table[key] = kept
    live.disagreements.append(Disagreement(*sources, what, _both(earlier, record, differing), taken.value))


def _differing(earlier: Any, record: Any) -> list[str]:  # noqa: ANN401 - any record: its facts are compared by name
    names = [one.name for one in fields(earlier) if one.name != "source"]
    return [name for name in names if getattr(earlier, name) != getattr(record, name)]


def _source(record: object) -> str:
    return str(getattr(record, "source", ""))


def _both(earlier: object, record: object, differing: list[str]) -> str:
    """Return both values of the first fact that differs and may be shown, or what differs."""
    for name in differing:
        if name in _SHOWN:
            first, second = (getattr(one, name) for one in (earlier, record))
            return f"{_CALLED[name]} {_printed(first)} and {_printed(second)}"
    return next((_CALLED[name] for name in differing if name in _CALLED), "what it is")


def _printed(value: object) -> str:
    return "none" if value is None or value == "" else str(value)


# --- what is kept of two --------------------------------------------------------------------------


def settled_subnet(
    earlier: LiveSubnet, later: LiveSubnet, differing: frozenset[str]
) -> tuple[LiveSubnet | None, Taken]:
    """Keep the one with fewer free addresses, if nothing else differs."""
    if differing != {"free"}:
        return None, Taken.NEITHER
    known = [one for one in (earlier, later) if one.free is not None]
    return min(known, key=lambda one: one.free or 0), Taken.FEWER


def settled_group(earlier: LiveGroup, _later: LiveGroup, differing: frozenset[str]) -> tuple[LiveGroup | None, Taken]:
    """Keep what a group is, without what runs in it, if only that differs."""
    if not differing <= {"desired", "instances"}:
        return None, Taken.NEITHER
    return replace(earlier, desired=None, instances=(), untold=True), Taken.REST


def settled_template(
    earlier: LiveTemplate, _later: LiveTemplate, differing: frozenset[str]
) -> tuple[LiveTemplate | None, Taken]:
    """Keep a version, which nobody can change, if only whether it is the default differs."""
    return (replace(earlier, default=False), Taken.REST) if differing == {"default"} else (None, Taken.NEITHER)


def settled_versions(
    earlier: TemplateVersions, _later: TemplateVersions, _differing: frozenset[str]
) -> tuple[TemplateVersions | None, Taken]:
    """Leave open which versions are the default and the latest."""
    return TemplateVersions(None, None, earlier.source, disputed=True), Taken.NEITHER


def settled_node_group(
    earlier: LiveNodeGroup, later: LiveNodeGroup, differing: frozenset[str]
) -> tuple[LiveNodeGroup | None, Taken]:
    """Keep the one that was modified later, where both say when that was."""
    if differing == {"desired"}:
        return replace(earlier, desired=None), Taken.REST
    if earlier.modified is None or later.modified is None or earlier.modified == later.modified:
        return None, Taken.NEITHER
    return (earlier if earlier.modified > later.modified else later), Taken.LATER


def settled_node(earlier: LiveNode, _later: LiveNode, differing: frozenset[str]) -> tuple[LiveNode | None, Taken]:
    """Keep what a node is, without the pods that it allows, if only these differ."""
    return (replace(earlier, pods=None), Taken.REST) if differing == {"pods"} else (None, Taken.NEITHER)
