"""What is configured, as text and as JSON, version 1."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from podroom.config.explained import Setting
from podroom.report.style import printable

FORMAT_VERSION = "1"
_WIDEST = 60


def render_text(path: str | None, settings: Sequence[Setting]) -> str:
    """Return a line for each setting: its name, its value as TOML writes it, and where that comes from."""
    head = f"configured in {printable(path)}" if path else "no configuration was found; these are the defaults"
    shown = [f"{setting.name} = {_value(setting.value)}" for setting in settings]
    width = min(_WIDEST, max(map(len, shown)))
    lines = [f"{printable(text):<{width}}  # {_origin(setting)}" for text, setting in zip(shown, settings, strict=True)]
    return "\n".join([head, "", *lines]) + "\n"


def render_json(path: str | None, settings: Sequence[Setting]) -> str:
    """Return the document; `from` is default, file or command line."""
    document = {"version": FORMAT_VERSION, "path": path, "settings": [_data(setting) for setting in settings]}
    return json.dumps(document, indent=2) + "\n"


def _value(value: Any) -> str:  # noqa: ANN401 - whatever a setting holds
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{name} = {_value(inner)}" for name, inner in value.items()) + " }"
    return "(not set)" if value is None else json.dumps(value, ensure_ascii=False)


def _origin(setting: Setting) -> str:
    if setting.option is not None:
        return setting.option
    return "default" if setting.span is None else printable(str(setting.span))


def _data(setting: Setting) -> dict[str, Any]:
    data: dict[str, Any] = {"name": setting.name, "value": setting.value}
    if setting.option is not None:
        return {**data, "from": "command line", "option": setting.option}
    if setting.span is None:
        return {**data, "from": "default"}
    line, column = setting.span.first
    return {**data, "from": "file", "path": setting.span.path, "line": line, "column": column}
