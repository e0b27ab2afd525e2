"""Validation against schemas of ours, as jsonschema does it, for outputs of which many parts are the same."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import jsonschema
from jsonschema import Draft202012Validator, FormatChecker
from jsonschema.protocols import Validator
from jsonschema.validators import extend


def validator_of(schema: dict[str, Any]) -> Validator:
    """Return a validator that looks only once at all that a reference of the schema describes and that is the same."""
    valid: set[tuple[str, str]] = set()
    of_reference = Draft202012Validator.VALIDATORS["$ref"]

    def remembered(
        validator: Validator, reference: str, instance: object, within: object
    ) -> Iterator[jsonschema.ValidationError]:
        key = (reference, json.dumps(instance))
        if key not in valid:
            errors = list(of_reference(validator, reference, instance, within) or ())
            yield from errors
            if not errors:
                valid.add(key)

    kind = extend(Draft202012Validator, {"$ref": remembered})
    checked: Validator = kind(schema, format_checker=FormatChecker())
    return checked
