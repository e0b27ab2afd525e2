"""Functions over timestamps."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

from podroom.evaluation.failures import EvaluationFailure
from podroom.evaluation.functions.registry import function
from podroom.evaluation.terms import Term
from podroom.evaluation.types import NUMBER, STRING
from podroom.patterns import pattern

_DURATION = pattern(r"([0-9]+(?:\.[0-9]*)?)(h|ms|m|s|us|ns)")
_SECONDS = {"h": 3600.0, "m": 60.0, "s": 1.0, "ms": 1e-3, "us": 1e-6, "ns": 1e-9}
_WORD = pattern(r"'(?:[^']|'')*'|([A-Za-z])\1*|[^A-Za-z']+")
_HALF_DAY = 12


def _parse(text: str) -> datetime:
    try:
        stamp = datetime.fromisoformat(text.replace("Z", "+00:00").replace("z", "+00:00"))
    except ValueError:
        raise EvaluationFailure(f'"{text[:40]}" is no RFC 3339 timestamp') from None
    if stamp.tzinfo is None or "T" not in text.upper():
        raise EvaluationFailure(f'"{text[:40]}" is no RFC 3339 timestamp')
    return stamp


@function("timecmp", STRING, STRING, result=NUMBER)
def _timecmp(left: str, right: str) -> Term:
    first, second = _parse(left), _parse(right)
    return (first > second) - (first < second)


@function("timeadd", STRING, STRING, result=STRING)
def _timeadd(text: str, duration: str) -> Term:
    unsigned = duration.lstrip("+-")
    parts = list(_DURATION.finditer(unsigned))
    if not parts or sum(len(part.group()) for part in parts) != len(unsigned) or len(unsigned) > 100:
        raise EvaluationFailure(f'"{duration[:40]}" is no duration')
    seconds = sum(float(part.group(1)) * _SECONDS[part.group(2)] for part in parts)
    try:
        moved = _parse(text) + timedelta(seconds=-seconds if duration.startswith("-") else seconds)
    except OverflowError:
        raise EvaluationFailure("the timestamp lies beyond all calendars") from None
    zone = "Z" if moved.utcoffset() == timedelta() else moved.strftime("%z")[:3] + ":" + moved.strftime("%z")[3:]
    return moved.strftime("%Y-%m-%dT%H:%M:%S") + zone


@function("formatdate", STRING, STRING, result=STRING)
def _formatdate(layout: str, text: str) -> Term:
    stamp = _parse(text)
    shown: list[str] = []
    for match in _WORD.finditer(layout):
        word = match.group()
        if word.startswith("'"):
            shown.append(word[1:-1].replace("''", "'"))
        elif match.group(1):
            shown.append(_verb(word, stamp))
        else:
            shown.append(word)
    return "".join(shown)


def _verb(word: str, stamp: datetime) -> str:
    hour = stamp.hour % _HALF_DAY or _HALF_DAY
    offset = stamp.astimezone(timezone.utc).tzinfo and stamp.strftime("%z")
    zone = f"{offset[:3]}:{offset[3:]}" if offset else "+00:00"
    verbs = {
        "YYYY": f"{stamp.year:04}",
        "YY": f"{stamp.year % 100:02}",
        "MMMM": stamp.strftime("%B"),
        "MMM": stamp.strftime("%b"),
        "MM": f"{stamp.month:02}",
        "M": str(stamp.month),
        "DD": f"{stamp.day:02}",
        "D": str(stamp.day),
        "EEEE": stamp.strftime("%A"),
        "EEE": stamp.strftime("%a"),
        "hh": f"{stamp.hour:02}",
        "h": str(stamp.hour),
        "HH": f"{hour:02}",
        "H": str(hour),
        "AA": "AM" if stamp.hour < _HALF_DAY else "PM",
        "aa": "am" if stamp.hour < _HALF_DAY else "pm",
        "mm": f"{stamp.minute:02}",
        "m": str(stamp.minute),
        "ss": f"{stamp.second:02}",
        "s": str(stamp.second),
        "ZZZZZ": zone,
        "ZZZZ": zone.replace(":", ""),
        "ZZZ": "UTC" if zone == "+00:00" else zone.replace(":", ""),
        "Z": "Z" if zone == "+00:00" else zone,
    }
    if word not in verbs:
        raise EvaluationFailure(f'"{word}" is no verb of formatdate')
    return verbs[word]
