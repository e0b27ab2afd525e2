"""Arguments that a called module does not heed, kept for whoever wants to say so."""

from __future__ import annotations

import re
from collections.abc import Iterator

from podroom.assembly.inventory import Inventory
from podroom.evaluation.project import BodyReader, Field, Unheeded
from podroom.model.world import IgnoredArgument
from podroom.values import Known


def ignored_arguments(inventory: Inventory) -> tuple[IgnoredArgument, ...]:
    """Return what is passed in vain to modules that an adapter stands in for, calls by adapters left out."""
    calls = [call for module in inventory.modules if not module.is_supplied for call in module.calls()]
    return tuple(
        IgnoredArgument(call.address, argument, unheeded.reason, field.expression_span)
        for call in calls
        if call.supplied is not None
        for unheeded in call.supplied.unheeded
        if unheeded.way[0] in call.declaration.body.attributes
        for argument, field in _given(call.arguments(), unheeded)
    )


def _given(arguments: BodyReader, unheeded: Unheeded) -> Iterator[tuple[str, Field]]:
    """Iterate over what is given of an argument, each with its name."""
    first, *rest = unheeded.way
    field = arguments.attribute(first)
    if field is None:
        return
    if not rest:
        yield first, field
        return
    common = arguments.attribute(unheeded.defaults) if unheeded.defaults else None
    shared = common.entries()[0] if common is not None else {}
    _, name = rest
    for key, group in field.entries()[0].items():
        entries = group.entries()[0]
        found = entries.get(name)
        if found is not None and not found.is_null and not _heeded({**shared, **entries}, unheeded):
            yield f"{first}.{key}.{name}", found


def _heeded(beside: dict[str, Field], unheeded: Unheeded) -> bool:
    for name, pattern in unheeded.unless:
        field = beside.get(name)
        if field is None or field.is_null:
            continue
        text = field.string()
        if not isinstance(text, Known) or re.fullmatch(pattern, text.value):
            return True
    return False
