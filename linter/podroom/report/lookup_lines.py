"""What a data source looks up, in words."""

from __future__ import annotations

from podroom.model.lookups import Condition, Lookup
from podroom.values import Known, Unknown, Value

_TAG = "tag:"
_PLAIN = {
    "availability-zone": "in",
    "availability-zone-id": "in",
    "cidr": "with the block",
    "cidr-block": "with the block",
    "subnet-id": "with the id",
    "tag-key": "with the tag",
}
_DEFAULT = frozenset({"is-default", "isDefault", "default-for-az", "defaultForAz"})


def lookup_line(lookup: Lookup) -> str:
    """Return what is looked up: "those of vpc-1 tagged tier = private"."""
    conditions = [_condition(condition, lookup) for condition in lookup.conditions]
    if lookup.conditions.missing:
        conditions.append(f"perhaps more conditions: {lookup.conditions.missing[0].reason}")
    if not conditions:
        return "the only one there is" if lookup.kind.finds_one else "all there are"
    return f"{'the one' if lookup.kind.finds_one else 'those'} {' and '.join(conditions)}"


def _condition(condition: Condition, lookup: Lookup) -> str:
    values = " or ".join(map(_shown, condition.values)) or "nothing"
    if condition.values.missing:
        values += " or more" if condition.values.items else ""
        values = values if condition.values.items else _shown(condition.values.missing[0])
    name = _shown(condition.name)
    if name == "vpc-id":
        return f"of {values}" if lookup.kind.finds_subnets else f"with the id {values}"
    if name.startswith(_TAG):
        return f"tagged {name.removeprefix(_TAG)} = {values}"
    if name in _DEFAULT and values == "true":
        return "that is the default"
    return f"{_PLAIN[name]} {values}" if name in _PLAIN else f"where {name} = {values}"


def _shown(value: Value[str]) -> str:
    if isinstance(value, Known):
        return value.value
    if isinstance(value, Unknown):
        return value.refs[0] if value.refs else f"something unknown ({value.reason})"
    return " or ".join(value.values)
