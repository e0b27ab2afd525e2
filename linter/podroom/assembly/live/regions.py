"""Which region something is in, by the name of its availability zone."""

from __future__ import annotations

from podroom.patterns import pattern

_REGION = pattern(r"[a-z]{2}(?:-[a-z]+)+-\d+")


def region_of_zone(zone: str) -> str | None:
    """Return the region of a zone ("eu-west-1a", also a local one as "us-west-2-lax-1a"), None for what is none."""
    found = _REGION.match(zone)
    return None if found is None else found[0]
