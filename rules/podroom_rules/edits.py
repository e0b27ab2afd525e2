"""Fixes that change one literal and nothing else; None where more would have to be thought of."""

from __future__ import annotations

import re

from podroom.capacity.kubelet import KubeletLimit
from podroom.capacity.working import Figure
from podroom.model.world import Mechanism
from podroom.patterns import pattern
from podroom.positions import Span
from podroom.rule import Edit

_HOLES = ("$", "%{", "`", "\\")
"""What makes a text another one before anybody reads it as a number."""
_PLAIN = pattern(r"-?(0|[1-9]\d*)(\.\d+)?|true|false")


def other_max_pods(limits: tuple[KubeletLimit, ...], limit: KubeletLimit, room: Figure) -> Edit | None:
    """Return the edit that writes the room of a node for a number which is the one that kubelet gets for certain."""
    if limits != (limit,) or limit.span is None or limit.mechanism in (None, Mechanism.NODEADM_EXPRESSION):
        return None
    return other_number(limit.span, limit.figure.value, room.value)


def other_number(span: Span, old: int, new: int) -> Edit | None:
    """Return the edit that writes another number in a text such as `--max-pods=58`, which holds it once.

    A number by itself got there through a name, which may stand for other things too.
    """
    if span.supplied or span.text.strip() == str(old) or any(hole in span.text for hole in _HOLES):
        return None
    found = list(pattern(rf"(?<![\w.]){old}(?![\w.])").finditer(span.text))
    if len(found) != 1:
        return None
    (number,) = found
    return Edit(Span(span.document, span.start + number.start(), span.start + number.end()), str(new))


def quoted(span: Span, name: str, text: str) -> Edit | None:
    """Return the edit that makes a string of a number or boolean, which is written as the value of `name` itself."""
    literal = span.text
    if span.supplied or literal != text or _PLAIN.fullmatch(literal) is None:
        return None
    line, column = span.first
    before = span.document.line(line)[: column - 1]
    in_quotes = "\\" in before or before.count('"') % 2
    if in_quotes or pattern(rf"""(?:^|[\s{{,(])["']?(?:{name}|value)["']?\s*[:=]\s*$""").search(before) is None:
        return None
    return Edit(span, f'"{literal}"')


_BEFORE_COMPUTE = "before_compute"
_MODULE = pattern(r'^[ \t]*module[ \t]+"', re.MULTILINE)
_VERSION = pattern(r'^[ \t]*version[ \t]*=[ \t]*"[^"\d,]*(\d+)(?:\.(\d+))?[^",]*"', re.MULTILINE)
_OPENED = pattern(r"""["']?[ \t]*[=:][ \t]*\{[ \t]*(?:(?:#|//)[^\r\n]*)?(\r?\n)([ \t]+)(?=[^\s}])([^\r\n]*)""")
_ALIGNED = pattern(r"""([\w"-]+[ \t]*)=(?:.*[^{(\[,])$""")
_UNDERSTOOD_SINCE = (19, 8)
"""https://github.com/terraform-aws-modules/terraform-aws-eks/blob/v19.8.0/CHANGELOG.md"""


def set_up_before_compute(add_on: Span | None) -> Edit | None:
    """Return the edit that gives an add-on of terraform-aws-modules/eks `before_compute`, at the name of the add-on.

    The call of the module has to say a version that knows of it, and the add-on has to be written out over lines.
    """
    if add_on is None or add_on.supplied:
        return None
    text = add_on.document.text
    calls = [call.start() for call in _MODULE.finditer(text, 0, add_on.start)]
    opened = _OPENED.match(text, add_on.end)
    if not calls or opened is None:
        return None
    end = next((call.start() for call in _MODULE.finditer(text, add_on.end)), len(text))
    version = _VERSION.search(text, calls[-1], end)
    if version is None or _BEFORE_COMPUTE in text[calls[-1] : end]:
        return None
    if tuple(map(int, version.groups("0"))) < _UNDERSTOOD_SINCE:
        return None
    name = f"{_BEFORE_COMPUTE} "
    beside = _ALIGNED.fullmatch(opened[3])
    if beside is not None:
        name = name.ljust(len(beside[1]))
    place = opened.end(1)
    return Edit(Span(add_on.document, place, place), f"{opened[2]}{name}= true{opened[1]}")
