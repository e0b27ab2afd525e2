"""Bottlerocket's settings: TOML with `settings.kubernetes.max-pods`."""

from __future__ import annotations

import re

from podroom.assembly.user_data.notes import MENTION, Notes, whole_number
from podroom.model.world import Bootstrap, Mechanism, SettingFault, UnusableSetting
from podroom.patterns import pattern
from podroom.positions import Span
from podroom.sources.toml import Setting, UnknownLine, read_toml
from podroom.traced_text import HOLE, TracedText
from podroom.values import Known, Value

_MAX_PODS = ("settings", "kubernetes", "max-pods")
_CALLED_MAX_PODS = pattern(r"max[-_]?pods", re.IGNORECASE)
_FREE_TABLES = (("settings", "kubernetes", "node-labels"), ("settings", "kubernetes", "node-taints"))


def read_bottlerocket(text: TracedText, notes: Notes) -> None:
    """Note what the settings say about max pods."""
    toml = read_toml(text)
    notes.bootstrap(Bootstrap.BOTTLEROCKET, toml.settings[0].span if toml.settings else text.span(0, 1))
    if toml.problem is not None:
        notes.gap(f"Bottlerocket's settings cannot be read: {toml.problem.message}", toml.problem.span)
        if not toml.unknown_lines:  # which may be what is amiss
            fault = UnusableSetting(SettingFault.INVALID, "", toml.problem.message, toml.problem.span)
            notes.unusable_settings.append(fault)
    for setting in toml.settings:
        if setting.path == _MAX_PODS:
            notes.fix(Mechanism.BOTTLEROCKET_SETTING, _number(setting), setting.span)
            if setting.raw.text[:1] in ("'", '"'):
                notes.unusable_settings.append(quoted(setting.span, _number(setting)))
        elif _could_be(setting):
            key = text.slice(setting.start, setting.end)
            notes.hole(key, 0, len(key), "an unknown Bottlerocket setting")
        elif is_misplaced(setting.path):
            notes.unusable_settings.append(misplaced(setting.path, setting.span, _number(setting)))
        elif MENTION.search(setting.path[-1]) and setting.path[:3] not in _FREE_TABLES:
            notes.gap(f"`{'.'.join(setting.path)}` is no setting that Bottlerocket is known to have", setting.span)
    for line in toml.unknown_lines:
        _line(text, line, notes)


def is_misplaced(path: tuple[str, ...]) -> bool:
    """Return whether a setting by this path is called max pods, but is not where Bottlerocket has it."""
    called = _CALLED_MAX_PODS.fullmatch(path[-1]) is not None
    return called and path != _MAX_PODS and path[:3] not in _FREE_TABLES and "environment" not in path


def misplaced(path: tuple[str, ...], span: Span, number: Value[int] | None) -> UnusableSetting:
    """Return what is wrong with such a setting: below `settings` it is refused, elsewhere nobody looks at it."""
    known = path[0] == "settings"
    reason = "max pods is max-pods in [settings.kubernetes]" if known else "only tables below settings are read"
    fault = SettingFault.UNKNOWN if known else SettingFault.OUTSIDE
    return UnusableSetting(fault, ".".join(path), reason, span, number)


def quoted(span: Span, number: Value[int] | None) -> UnusableSetting:
    """Return what is wrong with max pods as a text: the settings have a type, and max pods is a number."""
    return UnusableSetting(SettingFault.TEXT, ".".join(_MAX_PODS), "a text where a number is expected", span, number)


def _number(setting: Setting) -> Value[int]:
    value = setting.decoded()
    if isinstance(value, int) and not isinstance(value, bool):
        return Known(value, setting.span)
    raw = setting.raw
    quotes = 1 if raw.text[:1] in ("'", '"') and raw.text[-1:] == raw.text[:1] and len(raw) > 1 else 0
    return whole_number(raw.value(quotes, len(raw) - quotes), setting.span)


def _could_be(setting: Setting) -> bool:
    """Return whether an unknown part of the key, or the whole of `settings.kubernetes`, could hold max pods."""
    path = setting.path
    if any(HOLE in part for part in path):
        return all(HOLE in part or part == wanted for part, wanted in zip(path, _MAX_PODS, strict=False))
    return path in (_MAX_PODS[:1], _MAX_PODS[:2]) and HOLE in setting.raw.text


def _line(text: TracedText, line: UnknownLine, notes: Notes) -> None:
    notes.hole(text, line.start, line.end, "an unknown line of Bottlerocket's settings")
