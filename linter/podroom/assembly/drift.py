"""Auto Scaling groups that are not as Terraform left them: both sides of what a plan found."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from podroom.model.world import (
    ChangeByHand,
    GroupDrift,
    InstanceChoice,
    LaunchTemplate,
    TemplateDrift,
    TypeSource,
)
from podroom.positions import Span
from podroom.sources.plan_values import SENSITIVE, Drift, Hidden, RecordedValue, holds_hidden
from podroom.values import Known, Members, Unknown

_Values = Mapping[str, RecordedValue]
_Types = Members[InstanceChoice]
_LAUNCHED = ("mixed_instances_policy", "launch_template", "launch_configuration")
_OF_A_VERSION = ("instance_type", "image_id", "user_data", "latest_version")


def read_group_drift(drift: Drift, span: Span, types: _Types, template: LaunchTemplate | None) -> GroupDrift | None:
    """Return what bears on nodes in the drift of an Auto Scaling group, None if nothing does.

    `types` and `template` are those of the configuration: where a side has no overrides, its template's type counts.
    """
    launched, launches = _template(drift.recorded), _template(drift.live)
    recorded, live = _overrides(drift.recorded, span), _overrides(drift.live, span)
    declared = drift.declared
    launched = launched if launched == launches else _template(declared)
    recorded = recorded if _names(recorded) == _names(live) else _overrides(declared, span)
    other = None if launched == launches else launches
    hidden = _hidden(drift.recorded) or _hidden(drift.live)
    one_sided = launched is None or launches is None or (recorded is None) != (live is None)
    if (other is None and _names(recorded) == _names(live)) or (hidden is not None and one_sided):
        if hidden is None:
            return None
        # Something of the group was changed, and nobody can tell whether it was this.
        untold = Unknown(f"{hidden} of the Auto Scaling group {SENSITIVE.why}", span)
        return GroupDrift(types if recorded is None else recorded, _Types((), (untold,)))
    own = _Types(() if template is None or template.instance_type is None else (template.instance_type,))
    if live is None:
        missing = Unknown(f"which instance type {other} names is not known to the plan", span)
        live = _Types((), (missing,)) if other is not None else own
    return GroupDrift(types if recorded is None else recorded, live, other, None if other is None else launched)


def _hidden(values: _Values) -> str | None:
    """Return the first of what an Auto Scaling group launches that is not told, None if all of it is."""
    return next((name for name in _LAUNCHED if holds_hidden(values.get(name))), None)


def read_template_drift(drift: Drift, span: Span) -> TemplateDrift | None:
    """Return what bears on nodes in the drift of a launch template, None if nothing does."""
    left, live = drift.recorded, drift.live
    said = {**left, **{name: value for name, value in drift.declared.items() if left.get(name) != live.get(name)}}
    sides = {name: (said.get(name), live.get(name)) for name in _OF_A_VERSION}
    hidden = [name for name, both in sides.items() if any(isinstance(side, Hidden) for side in both)]
    if sides["latest_version"][0] == sides["latest_version"][1] and "latest_version" not in hidden:
        hidden = [name for name in hidden if sides[name][0] != sides[name][1]]
    untold = tuple(name for name in hidden if name != "latest_version")
    changed = tuple(
        name for name in ("image_id", "user_data") if name not in hidden and sides[name][0] != sides[name][1]
    )
    declared, launched = sides["instance_type"]
    choice = None
    if "instance_type" not in hidden and isinstance(launched, str) and launched and launched != declared:
        choice = InstanceChoice(Known(launched, span), TypeSource.LAUNCH_TEMPLATE, span)
    return TemplateDrift(choice, changed, untold) if choice is not None or changed or untold else None


def read_changes_by_hand(drift: Drift, span: Span) -> tuple[tuple[ChangeByHand, ...], Unknown | None]:
    """Return the settings of a node group that are not as Terraform left them, and why others may not be either.

    What it launches is left out, and so is the desired size: autoscalers move it all day.
    """
    recorded, live = dict(_settings(drift.recorded)), dict(_settings(drift.live))
    declared = dict(_settings(drift.declared))
    names = dict.fromkeys((*recorded, *live))
    sides = {name: (recorded.get(name, "unset"), live.get(name, "unset")) for name in names}
    changes = [
        ChangeByHand(name, said, after)
        for name, (before, after) in sides.items()
        if isinstance(before, str)
        and isinstance(after, str)
        and before != after
        and isinstance(said := declared.get(name, before), str)
        and said != after
    ]
    untold = ((name, one) for name, both in sides.items() for one in both if isinstance(one, Hidden))
    name, hidden = next(untold, ("", None))
    return tuple(changes), None if hidden is None else Unknown(f"{name} of the node group {hidden.why}", span)


def _settings(values: _Values) -> Iterator[tuple[str, str | Hidden]]:
    """Iterate over the settings that bear on room, each for a person, or why it is not told."""
    scaling = values.get("scaling_config")
    hidden = _hidden_whole(scaling)
    sizes: _Values = {} if hidden is None else dict.fromkeys(("min_size", "max_size"), hidden)
    for part in (values, sizes, *_blocks(values, "scaling_config")):
        for name in ("min_size", "max_size", "version", "release_version", "subnet_ids", "vpc_zone_identifier"):
            value = part.get(name)
            hidden = _hidden_whole(value)
            if hidden is not None:
                yield name, hidden
            elif isinstance(value, str | int) and not isinstance(value, bool):
                yield name, str(value)
            elif isinstance(value, list) and all(isinstance(one, str) for one in value):
                yield name, ", ".join(sorted(map(str, value)))
    if scaling is None:
        return  # what an Auto Scaling group launches is told otherwise
    hidden = _hidden_whole(values.get("launch_template"))
    for version in [hidden] if hidden else [one.get("version") for one in _blocks(values, "launch_template")]:
        if isinstance(version, str | Hidden):
            yield "launch_template version", version


def _hidden_whole(value: RecordedValue) -> Hidden | None:
    """Return why a value, or a member of a list, is not told; None if it is."""
    members = value if isinstance(value, list) else [value]
    return next((one for one in members if isinstance(one, Hidden)), None)


def _overrides(values: _Values, span: Span) -> _Types | None:
    """Return the types that overrides of a mixed instances policy name, None if there are no overrides."""
    choices: list[InstanceChoice] = []
    missing: list[Unknown] = []
    for policy in _blocks(values, "mixed_instances_policy"):
        for template in _blocks(policy, "launch_template"):
            for override in _blocks(template, "override"):
                name = override.get("instance_type")
                if isinstance(name, str) and name:
                    choices.append(InstanceChoice(Known(name, span), TypeSource.OVERRIDE, span))
                else:
                    missing.append(Unknown("an override names no instance type that the plan tells", span))
    return _Types(tuple(choices), tuple(missing)) if choices or missing else None


def _names(types: _Types | None) -> tuple[object, ...] | None:
    """Return what tells two lists of types apart, whose order may say which is preferred."""
    if types is None:
        return None
    return (*(choice.type.need() for choice in types), len(types.missing))


def _template(values: _Values) -> str | None:
    """Return what an Auto Scaling group launches, for a person."""
    configuration = values.get("launch_configuration")
    if isinstance(configuration, str) and configuration:
        return f"launch configuration {configuration}"
    identity, version = template_of(values)
    return identity and f"launch template {identity}" + ("" if version is None else f" version {version}")


def template_of(values: _Values) -> tuple[str | None, str | None]:
    """Return the launch template of a group, by its id or else by its name, and its version; None where not told."""
    specifications = [
        specification
        for policy in _blocks(values, "mixed_instances_policy")
        for template in _blocks(policy, "launch_template")
        for specification in _blocks(template, "launch_template_specification")
    ]
    for one in (*specifications, *_blocks(values, "launch_template")):
        identity = one.get("launch_template_id") or one.get("id") or one.get("launch_template_name") or one.get("name")
        if isinstance(identity, str):
            version = one.get("version")
            return identity, version if isinstance(version, str) else None
    return None, None


def _blocks(values: _Values, name: str) -> list[dict[str, RecordedValue]]:
    listed = values.get(name)
    return [one for one in listed if isinstance(one, dict)] if isinstance(listed, list) else []
