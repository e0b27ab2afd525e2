"""JSON that a terminal, a log or an editor cannot mistake for anything else."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping


def json_text(document: Mapping[str, object]) -> str:
    r"""Return indented JSON in which what is not printable is escaped (`\u202e`); every reader gets the same text."""
    text = json.dumps(document, indent=2, ensure_ascii=False)
    return re.sub(r"[^\x20-\x7e\n]", _json_character, text) + "\n"


def _json_character(match: re.Match[str]) -> str:
    character = match[0]
    if character.isprintable():
        return character
    units = character.encode("utf-16-be", "surrogatepass").hex()
    return "".join(f"\\u{units[at : at + 4]}" for at in range(0, len(units), 4))
