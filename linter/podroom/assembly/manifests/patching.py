"""Patches of manifests: what is left of an object when one is applied, and what several variants have in common."""

from __future__ import annotations

from collections.abc import Sequence

from podroom.assembly.manifests.tree import Entry, Found, Item, Leaf, Listing, Table, text_of
from podroom.positions import Span
from podroom.records import dataclass, replace
from podroom.sources.yaml import LONGEST_INTEGER
from podroom.values import Known, Unknown, first_unknown

_BY_NAME = frozenset(("containers", "initContainers", "env"))
"""Lists of which a strategic merge takes items of one name together; it replaces others, as those of custom objects."""
_DIRECTIVES = ("$patch", "$retainKeys", "$deleteFromPrimitiveList")


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation of a JSON patch (RFC 6902): `steps` is its path without escapes; `value` None for a removal."""

    name: str
    steps: tuple[str, ...]
    value: Item | None
    span: Span


def merge(below: Table, above: Table, *, strategic: bool) -> Table:
    """Return a mapping with a patch of the same shape over it; null takes a key away, lists are replaced.

    With `strategic`, as for the kinds of Kubernetes itself, containers and variables are merged by their names.
    """
    directive = next((above.entries[key] for key in _DIRECTIVES if key in above.entries), None)
    if directive is not None:
        why = Unknown(f"a patch says `{directive.key}`, which podroom does not follow", directive.span)
        return Table(above.span, missing=(why,))
    entries = dict(below.entries)
    doubtful = dict(below.doubtful)
    for key, entry in above.entries.items():
        known = entries.get(key)
        item = entry.item
        if isinstance(item, Table) and (known is None or isinstance(known.item, Table)):
            item = merge(_base(below, key, item.span), item, strategic=strategic)
        elif strategic and key in _BY_NAME and isinstance(item, Listing) and known is not None:
            item = _by_name(known.item, item)
        entries[key] = Entry(key, item, entry.span)
        doubtful.pop(key, None)
    doubtful.update(above.doubtful)
    return Table(below.span, entries, doubtful, (*below.missing, *above.missing))


def _base(below: Table, key: str, span: Span) -> Table:
    """Return the mapping of a key, or an empty one of which more is unknown if that is so of the key."""
    known = below.entries.get(key)
    if known is not None and isinstance(known.item, Table):
        return known.item
    doubt = below.doubtful.get(key)
    return Table(span, missing=below.missing if doubt is None else (doubt,))


def _by_name(below: Item, above: Listing) -> Item:
    if not isinstance(below, Listing):
        return above
    items = list(below.items)
    missing = [*below.missing, *above.missing]
    for item in above.items:
        name = _name(item)
        if name is None:
            missing.append(Unknown("a patch adds an item whose name is not known", item.span))
            continue
        at = next((number for number, known in enumerate(items) if _name(known) == name), None)
        known = None if at is None else items[at]
        if at is not None and isinstance(known, Table) and isinstance(item, Table):
            items[at] = merge(known, item, strategic=True)
        else:
            items.insert(0, item)
    return Listing(below.span, tuple(items), tuple(missing), below.doubtful)


def _name(item: Item) -> str | None:
    name = text_of(item.get("name"), "name") if isinstance(item, Table) else None
    return name.value if isinstance(name, Known) else None


def operate(table: Table, operations: Sequence[Operation]) -> Table:
    """Return a mapping after the operations of a JSON patch; what one of them reaches in an unknown way is doubtful."""
    for one in operations:
        table = _doubted(table, one) if one.name not in ("add", "replace", "remove") else _operated(table, one)
    return table


def _operated(table: Table, one: Operation) -> Table:
    changed = _changed(table, one.steps, one)
    return changed if isinstance(changed, Table) else _doubted(table, one)


def _doubted(table: Table, one: Operation) -> Table:
    """Return a mapping of which the last key that is found on the path of an operation is doubtful."""
    why = Unknown("a patch changes it in a way that podroom does not follow", one.span)
    found = _with_doubt(table, one.steps, why) if one.steps else None
    return found if isinstance(found, Table) else Table(table.span, missing=(why,))


def _with_doubt(item: Item, steps: Sequence[str], why: Unknown) -> Item | None:
    """Return an item with a doubt at a path below it; None if there is no such place."""
    if isinstance(item, Listing) and len(steps) > 1:
        items = list(item.items)
        meant = [at for at, one in enumerate(items) if _is_meant(one, at, steps[0])]
        for at in meant:
            inner = _with_doubt(items[at], steps[1:], why)
            if inner is None:
                return None
            items[at] = inner
        return replace(item, items=tuple(items)) if meant else None
    if not isinstance(item, Table):
        return None
    key = steps[0]
    known = item.entries.get(key)
    entries = {name: entry for name, entry in item.entries.items() if name != key}
    below = _with_doubt(known.item, steps[1:], why) if known is not None and len(steps) > 1 else None
    if known is None or below is None:
        return replace(item, entries=entries, doubtful={**item.doubtful, key: why})
    entries[key] = replace(known, item=below)
    return replace(item, entries=entries)


def _is_meant(item: Item, at: int, step: str) -> bool:
    """Return whether a step of a path means an item of a list: by its number, `[name=NAME]` or `*`."""
    return step in (str(at), "*", f"[name={_name(item)}]")


def _changed(item: Item, steps: Sequence[str], one: Operation) -> Item | None:
    """Return an item changed at a path below it; None if there is no such place."""
    if not steps:
        return one.value
    if isinstance(item, Table):
        return _changed_table(item, steps, one)
    if isinstance(item, Listing) and not item.missing:
        return _changed_list(item, steps, one)
    return None


def _changed_table(table: Table, steps: Sequence[str], one: Operation) -> Table | None:
    key = steps[0]
    known = table.entries.get(key)
    if len(steps) > 1:
        inner = None if known is None else _changed(known.item, steps[1:], one)
        if known is None or inner is None:
            return None
        return replace(table, entries={**table.entries, key: Entry(key, inner, known.span)})
    entries = {name: entry for name, entry in table.entries.items() if name != key}
    if one.value is not None:
        entries[key] = Entry(key, one.value, one.value.span)
    return replace(table, entries=entries, doubtful={name: why for name, why in table.doubtful.items() if name != key})


def _index(step: str) -> int:
    """Return which item of a list a step means, -1 for a step that means none, as of a list that long."""
    return int(step) if step.isdecimal() and len(step) <= LONGEST_INTEGER else -1


def _changed_list(listing: Listing, steps: Sequence[str], one: Operation) -> Listing | None:
    items = list(listing.items)
    end = steps[0] == "-" and one.name == "add" and len(steps) == 1
    at = len(items) if end else _index(steps[0])
    if not 0 <= at < len(items) + (one.name == "add" and len(steps) == 1):
        return None
    if len(steps) > 1:
        inner = _changed(items[at], steps[1:], one)
        if inner is None:
            return None
        items[at] = inner
    elif one.name == "add" and one.value is not None:
        items.insert(at, one.value)
    elif one.value is not None:
        items[at] = one.value
    else:
        del items[at]
    return replace(listing, items=tuple(items))


def common(variants: Sequence[Table], why: str) -> Table:
    """Return what all variants of a mapping say; what they do not agree on is doubtful for the reason `why`."""
    first, *others = variants
    if all(other is first for other in others):
        return first
    entries: dict[str, Entry] = {}
    doubtful: dict[str, Unknown] = {}
    for key in dict.fromkeys(key for variant in variants for key in (*variant.entries, *variant.doubtful)):
        doubt = first_unknown(*(variant.doubtful.get(key) for variant in variants))
        several = [variant.entries.get(key) for variant in variants]
        written = [entry for entry in several if entry is not None]
        if doubt is None and len(written) == len(several):
            item = _agreed([entry.item for entry in written], why)
            if item is not None:
                entries[key] = replace(written[0], item=item)
                continue
        place = next((entry.span for entry in reversed(written)), first.span)
        doubtful[key] = Unknown(why, place) if doubt is None else doubt
    missing = tuple(dict.fromkeys(unknown for variant in variants for unknown in variant.missing))
    return Table(first.span, entries, doubtful, missing)


def _agreed(items: Sequence[Item], why: str) -> Item | None:
    """Return the item that all variants have; None if they differ in more than keys of mappings."""
    first = items[0]
    if all(item is first for item in items):
        return first
    tables = [item for item in items if isinstance(item, Table)]
    if len(tables) == len(items):
        return common(tables, why)
    texts = {_text(item) for item in items}
    return first if len(texts) == 1 and None not in texts else None


def _text(found: Found) -> str | None:
    """Return the text of a single known value."""
    text = found.text() if isinstance(found, Leaf) else None
    return text.value if isinstance(text, Known) else None
