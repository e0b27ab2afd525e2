"""What tests of `podroom capacity` and `podroom recommend` share."""

from __future__ import annotations


def strict(schema: object) -> object:
    """Return a schema without room for anything undescribed."""
    if isinstance(schema, list):
        return [strict(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    closed = {key: strict(value) for key, value in schema.items()}
    if "properties" in schema and "additionalProperties" not in schema and isinstance(schema.get("type"), str):
        closed["additionalProperties"] = False
    return closed


def flowed(text: str) -> str:
    """Return text as if lines had no ends."""
    return " ".join(text.split())
