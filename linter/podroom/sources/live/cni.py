"""Which variables of aws-node are kept: those that count or switch something, as what they are, and a few names."""

from __future__ import annotations

import re
from collections.abc import Iterable

from podroom.catalog.cni_variables import VariableType, find_cni_variable
from podroom.errors import InputError
from podroom.patterns import pattern
from podroom.sources.live.documents import read_documents
from podroom.sources.live.fields import Fields, part

_NAMES = frozenset({"ENI_CONFIG_ANNOTATION_DEF", "ENI_CONFIG_LABEL_DEF", "POD_SECURITY_GROUP_ENFORCING_MODE"})
_NAME = pattern(r"[A-Za-z0-9./-]{0,63}")
_SETTING = pattern(r"-?\d{1,9}|true|false|t|f|", re.IGNORECASE)
"""Numbers and truths in any case; other texts might be anything."""


def kept_variables(variables: Iterable[tuple[str, object]]) -> dict[str, str | None]:
    """Return the variables that podroom judges, None for a value that is no number, truth or name: it is dropped."""
    kept: dict[str, str | None] = {}
    for name, value in variables:
        known = find_cni_variable(name)
        if known is None or (known.type is VariableType.STRING and name not in _NAMES):
            continue
        text = str(value).lower() if isinstance(value, bool) else str(value)
        plain = (_NAME if name in _NAMES else _SETTING).fullmatch(text)
        kept[name] = None if plain is None else text
    return kept


def variables_of_add_on(written: str) -> Fields | None:
    """Return the variables in the configuration of an add-on, JSON or YAML; None where it is neither."""
    if not written.strip():
        return {}
    for text in (written, f"---\n{written}"):  # what begins with a brace may be YAML as well as JSON
        try:
            documents = list(read_documents("configurationValues", text.encode()))
        except InputError:
            continue
        found = documents[0] if len(documents) == 1 else None
        if not isinstance(found, dict) or not isinstance(found.get("env") or {}, dict):
            return None
        return part(found, "env")
    return None
