"""Arguments that a called module does not heed."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from podroom.assembly.inventory import Inventory
from podroom.evaluation.project import BodyReader, EvaluationProblem, Field, ModuleCall, SuppliedModule, Unheeded
from podroom.evaluation.provenance import entry, in_user_files
from podroom.model.world import IgnoredArgument, IgnoredKind
from podroom.records import dataclass
from podroom.sources.module_source import allowed_majors
from podroom.values import Known, OneOf, Undecidable, Unknown, Value, first_unknown

_MAJORS = tuple(range(100))


def ignored_arguments(inventory: Inventory) -> tuple[IgnoredArgument, ...]:
    """Return what the user's own files pass in vain to modules that an adapter knows, each thing once."""
    modules = [module for module in inventory.modules if not (module.is_supplied or module.downloaded)]
    found: dict[tuple[str, str, str | None], IgnoredArgument] = {}
    for module in modules:
        for call in module.calls():
            known = call.known
            for unheeded in known.unheeded if known is not None else ():
                if known is not None and unheeded.way[0] in call.declaration.body.attributes:
                    for ignored in _ignored(call, known, unheeded):
                        if ignored.kind is IgnoredKind.REFUSED and ignored.pinned and ignored.uncertain is None:
                            message = f"{known.supplier} has no argument {ignored.argument}: Terraform refuses it"
                            module.note(EvaluationProblem(message, ignored.span))
                        key = (ignored.address, ignored.argument, ignored.nodes)
                        first = found.setdefault(key, ignored)
                        if first.uncertain is not None and ignored.uncertain is None:
                            found[key] = ignored
    return tuple(found.values())


@dataclass(frozen=True, slots=True)
class _Given:
    """An argument that is given: its name, the key of its entry, its value and what stands beside it."""

    name: str
    key: str
    field: Field
    beside: Mapping[str, Field]
    missing: Unknown | None


def _ignored(call: ModuleCall, known: SuppliedModule, unheeded: Unheeded) -> Iterator[IgnoredArgument]:
    instances = [(address, arguments) for address, arguments, _ in call.instances()]
    for address, arguments in instances or [(call.address, call.arguments())]:
        yield from _ignored_by_one(call, address, arguments, known, unheeded)


def _ignored_by_one(
    call: ModuleCall, address: str, arguments: BodyReader, known: SuppliedModule, unheeded: Unheeded
) -> Iterator[IgnoredArgument]:
    """Iterate over what one instance of a module does not heed."""
    for given in _given(arguments, unheeded):
        heeded = _heeded(given, unheeded)
        if heeded is not True:
            field = given.field
            nodes = unheeded.nodes
            yield IgnoredArgument(
                address=call.address,
                argument=given.name,
                reason=unheeded.reason,
                span=entry(field.place) or field.expression_span,
                kind=unheeded.kind,
                nodes=None if nodes is None else ".".join(filter(None, (address, nodes.format(given.key)))),
                module=known.supplier,
                pinned=_is_pinned(call),
                value=None if field.is_map or field.is_list else field.string(),
                written=_written(field),
                instead=unheeded.instead,
                uncertain=None if heeded is False else heeded,
            )


def _given(arguments: BodyReader, unheeded: Unheeded) -> Iterator[_Given]:
    """Iterate over what is given of an argument: nothing empty, and nothing that is null."""
    first, *rest = unheeded.way
    field = arguments.attribute(first)
    if field is None:
        return
    if rest[:1] == ["*"]:
        common = arguments.attribute(unheeded.defaults) if unheeded.defaults else None
        shared, open_defaults = common.entries() if common is not None else ({}, ())
        for key, member in field.every_entry()[0].items():
            entries, open_entries = member.entries()
            missing = first_unknown(*open_defaults, *open_entries)
            name, *way = rest[1:]
            own = name in entries
            if not member.is_null and (own or (name in shared and not open_entries)):
                place = f"{first}.{key}" if own else unheeded.defaults
                beside = {**shared, **entries}
                for path, found in _below(beside[name], f"{place}.{name}", way):
                    yield _Given(path, key, found, beside, missing)
        return
    names = (*(name for name, _ in unheeded.unless), *(one[0] for one in (unheeded.only, unheeded.alone) if one))
    beside = {name: given for name in names if (given := arguments.attribute(name)) is not None}
    for path, found in _below(field, first, rest, empty=unheeded.kind is IgnoredKind.REFUSED):
        yield _Given(path, "", found, beside, None)


def _below(field: Field, name: str, way: list[str], *, empty: bool = False) -> Iterator[tuple[str, Field]]:
    """Iterate over what is found on the way from a value downwards, at most one thing, with its name."""
    if way:
        entries, _ = field.entries()
        if way[0] in entries:
            yield from _below(entries[way[0]], f"{name}.{way[0]}", way[1:], empty=empty)
    elif empty or not _is_empty(field):
        yield name, field


def _is_pinned(call: ModuleCall) -> bool:
    """Return whether the call, or what is installed for it, names one major version."""
    if call.version is not None:
        return len(allowed_majors(call.version, _MAJORS)) == 1
    return "ref=" in call.source_text


def _written(field: Field) -> str | None:
    places = [place for place in in_user_files(field.place) if not place.path]
    return places[0].span.text if places else None


def _is_empty(field: Field) -> bool:
    if field.is_null:
        return True
    if field.is_map:
        entries, missing = field.entries()
        return not entries and not missing
    if field.is_list:
        items = field.items()
        return not items.items and not items.missing
    text = field.string()
    return isinstance(text, Known) and not text.value.strip()


def _heeded(given: _Given, unheeded: Unheeded) -> bool | Unknown:
    """Return whether an argument counts after all, or why that is not known."""
    try:
        if unheeded.alone is not None and not _is_alone(given, *unheeded.alone):
            return True
        if unheeded.only is not None and not _matches(given, unheeded.only[0], unheeded.only[1], unheeded.only[2]):
            return True
    except Undecidable as cause:
        return cause.unknown
    unknown: Unknown | None = None
    for name, pattern in unheeded.unless:
        try:
            if _matches(given, name, pattern, ""):
                return True
        except Undecidable as cause:
            unknown = first_unknown(unknown, cause.unknown)
    return False if unknown is None else unknown


def _matches(given: _Given, name: str, pattern: str, default: str) -> bool:
    """Return whether what stands beside an argument has a text that matches; one that is not given has `default`."""
    field = given.beside.get(name)
    if field is None and given.missing is not None:
        raise Undecidable(given.missing)
    if field is None or field.is_null:
        return re.fullmatch(pattern, default) is not None
    text: Value[str] = field.string()
    verdicts = {re.fullmatch(pattern, one) is not None for one in text.candidates()}
    if isinstance(text, Known | OneOf) and len(verdicts) == 1:
        return verdicts.pop()
    text.need()
    raise AssertionError(text)  # a text that is known gives one verdict


def _is_alone(given: _Given, name: str, default: str) -> bool:
    """Return whether a list has exactly one member, and another than what counts instead."""
    members = given.field.items().need()
    if len(members) != 1:
        return False
    field = given.beside.get(name)
    if field is None and given.missing is not None:
        raise Undecidable(given.missing)
    counts = default if field is None or field.is_null else field.string().need()
    return members[0].string().need() != counts
