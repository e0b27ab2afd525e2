"""What aws-node gets where several things set its variables.

The last one that is applied wins.  That is a command that waits for the add-on or the chart that it changes, until an
update of these resets it (PR311); otherwise no configuration says which it is.  Then a variable of which two say
different things has both values as candidates, and `CniSettings.sources` keeps who said what.  What may be for another
cluster has a say as well: its values are candidates beside those without it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from podroom.assembly.cni_defaults import DEFAULT_VERSION
from podroom.catalog.cni_variables import CNI_VARIABLES, find_cni_variable
from podroom.model.world import CURRENT_VERSION, CniSettings, CniSource, EnvironmentVariable
from podroom.positions import Span
from podroom.records import replace
from podroom.values import Default, Known, OneOf, Origin, Unknown, Value, first_unknown

_MOST_CANDIDATES = 8


def with_sources(base: CniSettings, added: Sequence[CniSource]) -> CniSettings:
    """Return settings to which other sources are added; `base` may have sources already."""
    if not added:
        return base
    sources = (*base.all_sources, *added)
    certain = [source for source in sources if source.doubt is None]
    installers = [source for source in certain if source.installs]
    first = next(iter((*installers, *certain)), None)
    if len(sources) == 1 and first is not None:
        environment, init = first.environment, first.init_environment
    else:
        environment = tuple(_settled(base, sources, installers, init=False))
        init = tuple(_settled(base, sources, installers, init=True))
    return replace(
        base,
        declared_by=base.declared_by if first is None else first.address,
        span=base.span if first is None else first.span,
        version=_version(base, installers, [source for source in sources if source.doubt is not None]),
        environment=environment,
        init_environment=init,
        missing=first_unknown(base.missing, *map(_more, sources)),
        from_manifest=not (installers and all(source.whole for source in installers)),
        not_installed=None if installers else base.not_installed,
        sources=sources,
        options=tuple(option for source in certain for option in source.options),
    )


def _more(source: CniSource) -> Unknown | None:
    """Return why there may be variables that no source names."""
    return source.missing if source.missing is None or source.doubt is None else source.doubt


def _version(base: CniSettings, installers: Sequence[CniSource], doubtful: Sequence[CniSource]) -> Value[str]:
    stated = [source.version for source in installers if source.version is not None]
    if stated:
        version = _one_of(stated, "several things install the CNI, and which version is applied last is not known")
    else:
        version = base.version if not installers else Known(CURRENT_VERSION, DEFAULT_VERSION)
    for source in doubtful:
        if source.version is not None and source.doubt is not None:
            version = _one_of((version, source.version), source.doubt.reason, source.doubt.origin)
    return version


def _settled(
    base: CniSettings, sources: Sequence[CniSource], installers: Sequence[CniSource], *, init: bool
) -> Iterator[EnvironmentVariable]:
    """Iterate over the variables that any source sets, each with what it can be."""
    said = [(source, _by_name(source.init_environment if init else source.environment)) for source in sources]
    names = dict.fromkeys(name for _, variables in said for name in variables)
    # What says nothing leaves the default of the manifest, or that of the code if it is a whole DaemonSet.
    defaults = {source.whole for source in sources if source.installs} | (set() if installers else {False})
    if len(defaults) > 1 and not init:
        names.update(dict.fromkeys(name for name, known in CNI_VARIABLES.items() if known.manifest_default is not None))
    for name in names:
        values: list[Value[str]] = []
        stated: list[tuple[CniSource, EnvironmentVariable]] = []
        perhaps: list[tuple[Unknown, Value[str]]] = []
        places: list[Span] = []
        overruled = {address for source, variables in said if name in variables for address in source.after}
        for source, variables in said:
            variable = variables.get(name)
            if source.address in overruled:
                continue
            left = _default(name, source) if source.installs and not init else None
            value = left if variable is None else variable.value
            if value is None:
                continue
            if source.doubt is not None:
                perhaps.append((source.doubt, value))
            else:
                values.append(value)
            if variable is not None and source.doubt is None:
                stated.append((source, variable))
            elif variable is not None:
                places.append(variable.span)
        value = _one_of(values or [_unset(name, base)], _reason(name, stated, installers))
        for doubt, other in perhaps:
            value = _one_of((value, other), doubt.reason, doubt.origin)
        places += [variable.span for _, variable in stated]
        if places or installers or not isinstance(value, Known):
            yield EnvironmentVariable(name, value, places[-1] if places else (*installers, *sources)[0].span)


def _by_name(variables: Sequence[EnvironmentVariable]) -> dict[str, EnvironmentVariable]:
    return {variable.name: variable for variable in variables}


def _unset(name: str, base: CniSettings) -> Value[str]:
    """Return what a variable has that nothing sets for certain."""
    unknown = first_unknown(base.missing, base.not_installed)
    if unknown is not None:
        return unknown
    known = find_cni_variable(name)
    default = None if known is None else known.default if base.from_manifest else known.code_default
    return Known(default or "", Default("the Amazon VPC CNI", known.source if known else ""))


def _default(name: str, source: CniSource) -> Known[str] | None:
    """Return what a source that installs the CNI gives a variable that it does not name; None for nothing."""
    known = find_cni_variable(name)
    default = None if known is None else known.code_default if source.whole else known.default
    return None if default is None or known is None else Known(default, Default(source.kind.value, known.source))


def _reason(name: str, stated: Sequence[tuple[CniSource, EnvironmentVariable]], installers: Sequence[CniSource]) -> str:
    parts = [f"{_said(variable.value)} by {source.address} ({_line(variable.span)})" for source, variable in stated]
    parts += [
        f"left at its default by {source.address}"
        for source in installers
        if all(source is not one for one, _ in stated)
    ]
    return f"{name} is set to {' and '.join(parts)}; which of them is applied last is not known"


def _said(value: Value[str]) -> str:
    return f'"{value.value}"' if isinstance(value, Known) else "an unknown value"


def _line(span: Span) -> str:
    return f"{span.path.rpartition('/')[2]}:{span.first.line}"


def _one_of(values: Sequence[Value[str]], reason: str, place: Origin | None = None) -> Value[str]:
    """Return the value that all agree on, else the candidates; unknown if one of them is.

    `place` is that of what decides between them, the last one of them if it is none.
    """
    unknown = next((value for value in values if isinstance(value, Unknown)), None)
    if unknown is not None:
        return unknown
    candidates = tuple(dict.fromkeys(candidate for value in values for candidate in value.candidates()))
    last = next((value.origin for value in reversed(values) if isinstance(value.origin, Span)), values[-1].origin)
    if len(candidates) == 1:
        return Known(candidates[0], last)
    place = last if place is None else place
    if len(candidates) > _MOST_CANDIDATES:
        return Unknown(reason, place)
    return OneOf(candidates, reason, place)
