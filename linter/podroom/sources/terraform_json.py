"""What `terraform show -json` prints of a plan or a state, and a state file itself, read into resource instances.

Both are recognised by their content, those of OpenTofu too; keys that are not known are left alone.  Formats:
https://developer.hashicorp.com/terraform/internals/json-format (plan 0.1 to 1.2, state 0.1 to 1.0) and version 4 of
the state file.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from decimal import Decimal
from typing import NoReturn

from podroom.errors import InputError
from podroom.patterns import pattern
from podroom.records import replace
from podroom.sources.files import STREAM, UTF_16
from podroom.sources.json_parts import mapping, members, objects, string, strings
from podroom.sources.plan_configuration import read_configuration
from podroom.sources.plan_values import FORGOTTEN, HASHED, SENSITIVE, Drift, Instance, RecordedValue, masked
from podroom.sources.recorded import Recorded
from podroom.sources.terraform_addresses import module_calls, suffix

LARGEST = 32 * 1024 * 1024
"""In bytes."""

_SHA_1 = pattern(r"[0-9a-f]{40}")
_WRAPPED = "[command]"
"""How the line begins that hashicorp/setup-terraform puts before what Terraform prints."""
_MAJORS = ("0", "1")
_STATE_VERSION = 4
_HARMLESS = frozenset(
    {
        "aws_ami",
        "aws_autoscaling_group",
        "aws_availability_zone",
        "aws_availability_zones",
        "aws_caller_identity",
        "aws_ec2_instance_type",
        "aws_ec2_instance_types",
        "aws_ec2_subnet_cidr_reservation",
        "aws_eks_addon",
        "aws_eks_addon_version",
        "aws_eks_cluster",
        "aws_eks_fargate_profile",
        "aws_eks_node_group",
        "aws_launch_configuration",
        "aws_launch_template",
        "aws_partition",
        "aws_region",
        "aws_subnet",
        "aws_subnets",
        "aws_vpc",
        "aws_vpc_ipv4_cidr_block_association",
    }
)
"""Types without an attribute that their provider calls sensitive: where a file does not say what is, only these."""


def text_of(shown: str, data: bytes, what: str = "JSON") -> str:
    """Return the content of a file that is to be `what`, as text.

    Raises `InputError` with one sentence where it is none.
    """
    if data.startswith(UTF_16):
        try:
            return data.decode("utf-16")
        except UnicodeDecodeError as error:
            raise InputError(f"{shown} begins like UTF-16 text of Windows PowerShell and is none") from error
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise InputError(f"{shown} is no {what}: it is not UTF-8 text, from line {line} on") from error


def read_terraform_json(shown: str, text: str, *, alone: bool = False) -> Recorded:
    """Return what a plan or state says; `shown` is what the file is called.

    `alone` is for one without the configuration beside it, whose references are kept then.

    Raises `InputError` with one sentence for everything else.
    """
    content = _parsed(shown, text)
    if not isinstance(content, dict):
        raise InputError(f"{shown} is no plan or state of Terraform: it is no JSON object")
    if "format_version" not in content and ("lineage" in content or {"version", "terraform_version"} <= content.keys()):
        version = content.get("version")
        if version != _STATE_VERSION:
            raise InputError(f"{shown} is a state file of version {_told(version)}; podroom reads version 4")
        return _checked(shown, lambda: _state_file(shown, content))
    version = content.get("format_version")
    if version is None and "encrypted_data" in content:
        raise InputError(f"{shown} is encrypted, as OpenTofu does it: give what `tofu show -json` prints of it")
    if version is None:
        raise InputError(f"{shown} is no plan or state of Terraform: it lacks format_version")
    if not isinstance(version, str):
        raise InputError(f"{shown} is not as Terraform writes it: its format_version is not a text")
    if version.partition(".")[0] not in _MAJORS:
        raise InputError(
            f"{shown} has the format version {_told(version)}, which podroom does not know; it reads 0 and 1"
        )
    if "planned_values" in content or "resource_changes" in content:
        return _checked(shown, lambda: _plan(shown, content, alone=alone))
    if "values" in content:
        return _checked(shown, lambda: _state(shown, content))
    raise InputError(f"{shown} is no plan or state of Terraform: it has neither planned_values nor values")


def _checked(shown: str, read: Callable[[], Recorded]) -> Recorded:
    try:
        return read()
    except InputError as error:
        raise InputError(f"{shown} is not as Terraform writes it: {error.message}") from error
    except RecursionError as error:
        raise InputError(f"{shown} is nested more deeply than podroom follows") from error


def _parsed(shown: str, text: str) -> object:
    if text.startswith(_WRAPPED):
        raise InputError(
            f"{shown} begins with a line of the wrapper of hashicorp/setup-terraform; set terraform_wrapper: false"
        )
    if text.startswith(STREAM):
        raise InputError(
            f"{shown} is the log that `terraform plan -json` prints; make a plan with -out=tfplan, and give what "
            "`terraform show -json tfplan` prints"
        )
    try:
        content: object = json.loads(text, parse_float=Decimal, parse_constant=_refuse, object_pairs_hook=_object)
    except json.JSONDecodeError as error:
        end = "it ends too early" if error.pos >= len(text.rstrip()) else error.msg[:1].lower() + error.msg[1:]
        raise InputError(f"{shown} is no JSON: {end} (line {error.lineno}, column {error.colno})") from error
    except _TwiceError as error:
        raise InputError(f"{shown} is not as Terraform writes it: an object in it has a key twice") from error
    except RecursionError as error:
        raise InputError(f"{shown} is nested more deeply than podroom follows") from error
    except (ValueError, ArithmeticError) as error:  # numbers that Python refuses for their size
        raise InputError(f"{shown} holds a number that podroom does not read") from error
    return content


class _TwiceError(Exception):
    """An object has a key twice, so nobody can say which of both counts."""


def _object(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise _TwiceError
    return found


def _refuse(name: str) -> NoReturn:
    raise ValueError(name)


def _told(version: object) -> str:
    return repr(version[:20]) if isinstance(version, str) else str(version)[:20]


def _plan(shown: str, content: Mapping[str, object], *, alone: bool) -> Recorded:
    instances: dict[str, Instance] = {}
    earlier: dict[str, Instance | None] = {}
    for change in _taken(content, "resource_changes"):
        instance = _changed(change)
        if instance is not None:
            instances[instance.address] = instance
            if instance.actions not in _AS_BEFORE:
                earlier[instance.address] = _before(change, instance)
    made = dict(instances)
    complete = content.get("complete")
    planned, prior = mapping(content, "planned_values"), mapping(mapping(content, "prior_state"), "values")
    untouched: dict[str, Instance] = {}
    # With -refresh-only there are no changes, and everything is in the prior state.  With -target, so is what stays as
    # it is: the configuration says better what that will be, where there is one.
    apart = "resource_changes" in content and not (alone and complete is False)
    for part in (planned, prior):
        for resource in _resources(mapping(part, "root_module")):
            if string(resource, "address") not in instances:
                held = _held(resource)
                holder = untouched if apart and part is prior and held.mode == "managed" else instances
                holder[held.address] = held
    configuration = mapping(mapping(content, "configuration"), "root_module")
    return Recorded(
        shown,
        instances={address: one for address, one in instances.items() if one.actions != _DELETED},
        variables=_variables(mapping(content, "variables"), mapping(configuration, "variables")),
        declared=frozenset(_declared(configuration)) or _outermost(instances.values()),
        removed={address: one for address, one in instances.items() if one.actions == _DELETED},
        drifts=dict(_drifts(content, planned=made)),
        deleted=frozenset(_deleted(content)),
        errored=content.get("errored") is True,
        earlier=earlier,
        untouched=untouched,
        of_plan=True,
        plans=bool(made),
        refreshes="resource_changes" not in content and "resource_drift" in content,
        complete=complete if isinstance(complete, bool) else None,
        configuration=read_configuration(configuration) if alone else None,
    )


def _taken(content: Mapping[str, object], name: str) -> Iterator[Mapping[str, object]]:
    """Iterate over the objects in a list, each of which is dropped afterwards: of 100 MB nothing is kept twice."""
    remaining = members(content, name)
    remaining.reverse()
    while remaining:
        yield from objects({name: [remaining.pop()]}, name)


_DELETED = ("delete",)
_AS_BEFORE = (("no-op",), ("read",), FORGOTTEN)
"""Actions that leave a resource as it is, or that make nothing but knowledge."""


def _change(resource: Mapping[str, object]) -> Mapping[str, object]:
    """Return what changes of a resource, with its address for what is to be said of a part of it."""
    return {**mapping(resource, "change"), "address": resource.get("address")}


def _before(change: Mapping[str, object], after: Instance) -> Instance | None:
    """Return an instance as it is before a plan, None if it is not there yet."""
    what = _change(change)
    before = mapping(what, "before")
    told = "before_sensitive" in what or string(change, "type") in _HARMLESS
    values = masked(before if told else {}, None, what.get("before_sensitive"))
    there = what.get("before") is not None and isinstance(values, dict)
    return replace(after, values=values, withheld=not told) if there and isinstance(values, dict) else None


def _changed(change: Mapping[str, object]) -> Instance | None:
    """Return an instance as a plan leaves it; None for an object that Terraform only still has to remove."""
    if "deposed" in change:
        return None
    what = _change(change)
    actions = strings(what, "actions")
    side = "before" if actions == FORGOTTEN else "after"
    then = mapping(what, side)
    told = f"{side}_sensitive" in what or string(change, "type") in _HARMLESS
    unknown = None if side == "before" else what.get("after_unknown")
    values = masked(then if told else {}, unknown, what.get(f"{side}_sensitive"))
    return _instance(change, values, actions, withheld=not told)


def _held(resource: Mapping[str, object]) -> Instance:
    """Return an instance with the values that a state has; what is null may also be unknown, so it is left out."""
    held = mapping(resource, "values")
    told = "sensitive_values" in resource or string(resource, "type") in _HARMLESS
    values = masked(held if told else {}, None, resource.get("sensitive_values"))
    if isinstance(values, dict):
        values = {name: value for name, value in values.items() if value is not None}
    return _instance(resource, values, (), withheld=not told)


def _instance(
    resource: Mapping[str, object], values: RecordedValue, actions: tuple[str, ...], *, withheld: bool
) -> Instance:
    address, mode, kind, name = (string(resource, part) for part in ("address", "mode", "type", "name"))
    key, module = resource.get("index"), resource.get("module_address", "")
    if not (key is None or isinstance(key, str | int)):
        raise InputError(f"the index of {address} is neither a text nor a whole number")
    local = f"{'' if mode == 'managed' else f'{mode}.'}{kind}.{name}{suffix(key)}"
    if "module_address" not in resource and address.endswith(f".{local}"):
        module = address[: -len(local) - 1]
    calls = module_calls(module) if isinstance(module, str) else None
    if calls is None:
        raise InputError(f"the module of {address} is no address of a module")
    known = values if isinstance(values, dict) else {}
    user_data = known.get("user_data")
    if isinstance(user_data, str) and _SHA_1.fullmatch(user_data):
        known = {**known, "user_data": HASHED}  # as launch configurations and instances have it
    return Instance(address, mode, kind, name, key, calls, known, actions, withheld)


def _drifts(content: Mapping[str, object], planned: Mapping[str, Instance]) -> Iterator[tuple[str, Drift]]:
    for one in objects(content, "resource_drift"):
        address, what = string(one, "address"), _change(one)
        told = "after_sensitive" in what or string(one, "type") in _HARMLESS
        before, after = mapping(what, "before"), mapping(what, "after")
        recorded = masked(before, None, what.get("before_sensitive"))
        live = masked(after, what.get("after_unknown"), what.get("after_sensitive"))
        if live is SENSITIVE or recorded is SENSITIVE:  # then so is every attribute
            untold: dict[str, RecordedValue] = dict.fromkeys((*before, *after), SENSITIVE)
            recorded, live = (untold if side is SENSITIVE else side for side in (recorded, live))
        both_told = what.get("before") is not None and what.get("after") is not None and told
        if both_told and isinstance(recorded, dict) and isinstance(live, dict):
            yield address, Drift(recorded, live, planned[address].values if address in planned else {})


def _deleted(content: Mapping[str, object]) -> Iterator[str]:
    """Yield the addresses of what was not there any more when the plan looked."""
    for one in objects(content, "resource_drift"):
        if strings(_change(one), "actions") == _DELETED:
            yield string(one, "address")


def _variables(given: Mapping[str, object], declared: Mapping[str, object]) -> dict[str, RecordedValue]:
    """Return the variables that a plan was made with, those left out that may be sensitive."""
    values: dict[str, RecordedValue] = {}
    for name in given:
        if name in declared:
            sensitive = mapping(declared, name).get("sensitive", False) is not False
            values[name] = SENSITIVE if sensitive else masked(mapping(given, name).get("value"), None, None)
    return values


def _declared(module: Mapping[str, object]) -> Iterator[str]:
    """Yield the names of the blocks that a plan's configuration declares in its root module."""
    for resource in objects(module, "resources"):
        yield string(resource, "address")
    for name in mapping(module, "module_calls"):
        yield f"module.{name}"


def _outermost(instances: Iterable[Instance]) -> frozenset[str]:
    return frozenset(f"module.{one.calls[0][0]}" if one.calls else one.block for one in instances)


def _resources(root: Mapping[str, object]) -> Iterator[Mapping[str, object]]:
    pending = [root]
    while pending:
        module = pending.pop()
        yield from objects(module, "resources")
        pending += objects(module, "child_modules")


def _state(shown: str, content: Mapping[str, object]) -> Recorded:
    held = map(_held, _resources(mapping(mapping(content, "values"), "root_module")))
    instances = {one.address: one for one in held}
    return Recorded(shown, instances, {}, _outermost(instances.values()))


def _state_file(shown: str, content: Mapping[str, object]) -> Recorded:
    instances: dict[str, Instance] = {}
    for resource in objects(content, "resources"):
        told = string(resource, "type") in _HARMLESS
        for entry in objects(resource, "instances"):
            if "deposed" in entry:
                continue
            module, key = resource.get("module", ""), entry.get("index_key")
            prefix = "" if resource.get("mode") == "managed" else f"{resource.get('mode')}."
            local = f"{prefix}{resource.get('type')}.{resource.get('name')}"
            if isinstance(key, str | int):
                local += suffix(key)
            placed = {
                **resource,
                "module_address": module,
                "index": key,
                "address": f"{module}.{local}" if module else local,
            }
            if told:
                placed["values"] = entry.get("attributes")
                placed["sensitive_values"] = _marked(entry)
            held = _held(placed)
            instances[held.address] = held
    return Recorded(shown, instances, {}, _outermost(instances.values()))


def _marked(instance: Mapping[str, object]) -> dict[str, object] | bool:
    """Return the attributes that a state file marks as sensitive, each of them as a whole, or true for all."""
    paths = members(instance, "sensitive_attributes")
    steps = [next(objects({"path": path}, "path"), None) for path in paths]
    return any(step is None for step in steps) or {string(step, "value"): True for step in steps if step is not None}
