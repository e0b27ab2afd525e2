"""Lists that tell of one thing differently: what is taken of them, and what is said."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from podroom.records import replace
from podroom.sources.live.records import Disagreement, Live, LiveCni

_SHOWN = 3


def agreed(several: Sequence[LiveCni]) -> LiveCni | None:
    """Return how the CNI of one cluster is set, by all that was listed of it.

    Of add-ons that all say when they were modified the last one counts.  Else a variable that does not have the same
    value in all of them has none that is known.
    """
    told = {(one.version, tuple(sorted(one.environment.items(), key=str)), one.missing): one for one in several}
    if len(told) < 2:
        return several[-1] if several else None
    modified = [one.modified for one in several if one.modified is not None]
    if len(modified) == len(several) and modified.count(max(modified)) == 1:
        return max(several, key=lambda one: one.modified or 0.0)
    first = several[0]
    names = dict.fromkeys(name for one in several for name in one.environment)
    values = {name: {one.environment.get(name, "unset") for one in several} for name in names}
    differing = [name for name, found in values.items() if len(found) > 1]
    versions = {one.version for one in several}
    sources = " and ".join(dict.fromkeys(one.source for one in several))
    what = ", ".join([*sorted(differing)[:_SHOWN], *(["..."] if len(differing) > _SHOWN else [])]) or "the version"
    return replace(
        first,
        source=sources,
        version=first.version if len(versions) == 1 else "",
        environment={name: None if name in differing else first.environment[name] for name in names},
        missing=next((one.missing for one in several if one.missing), ""),
        disputed=f"{sources} do not agree on how aws-node is set ({what})",
    )


def disagreements(live: Live) -> Iterator[str]:
    """Yield a sentence for all things of which two files tell differently in the same way."""
    alike: dict[tuple[str, str, str], list[Disagreement]] = {}
    for one in live.disagreements:
        alike.setdefault((one.first, one.second, one.taken), []).append(one)
    for (first, second, taken), several in alike.items():
        where = (
            f"{first} and {second} do not agree on" if first != second else f"{first} tells twice, and otherwise, of"
        )
        shown = ", ".join(f"{one.what} ({one.both})" for one in several[:_SHOWN])
        more = f" and {len(several) - _SHOWN:,} more" if len(several) > _SHOWN else ""
        yield f"{where} {shown}{more}: {taken}"
