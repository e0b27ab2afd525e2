"""The values of numbers and of text with escapes."""

from __future__ import annotations

from decimal import Decimal
from re import Match

from podroom.sources.hcl.patterns import ESCAPE, VALID_NUMBER

# Integers up to this many digits become `int`; longer ones stay `Decimal`, which builds nothing huge.
_LONGEST_INTEGER = 400
_LARGEST_BINARY_EXPONENT = 2**31 - 1
_BITS_A_DIGIT = 3.3219280948873623
_LONGEST_EXPONENT = 18

CONSTANTS: dict[str, bool | None] = {"true": True, "false": False, "null": None}

_ESCAPED = {"n": "\n", "r": "\r", "t": "\t", '"': '"', "\\": "\\"}


def number(text: str) -> int | Decimal | None:
    """Return the value of a number token, None if it is not a number or beyond Terraform's range."""
    if len(text) <= _LONGEST_INTEGER and text.isdigit():
        return int(text)
    parts = VALID_NUMBER.fullmatch(text)
    if parts is None:
        return None
    fraction = parts[2] or ""
    digits = (parts[1] + fraction).lstrip("0")
    if not digits:
        return 0
    exponent_text = parts[3] or "0"
    if len(exponent_text.lstrip("+-").lstrip("0")) > _LONGEST_EXPONENT:
        return None
    exponent = int(exponent_text) - len(fraction)
    binary_exponent = _bits(digits) + exponent
    if binary_exponent > _LARGEST_BINARY_EXPONENT or binary_exponent < -_LARGEST_BINARY_EXPONENT - 1:
        return None
    significant = digits.rstrip("0")
    exponent += len(digits) - len(significant)
    if exponent >= 0 and len(significant) + exponent <= _LONGEST_INTEGER:
        return int(significant + "0" * exponent)
    return Decimal(f"{significant}E{exponent}")


def _bits(digits: str) -> int:
    if len(digits) <= _LONGEST_INTEGER:
        return int(digits).bit_length()
    return int(len(digits) * _BITS_A_DIGIT)


def unescaped(text: str) -> str:
    """Return what a stretch of a quoted string stands for; its escapes have been checked."""
    if "\\" in text or "{" in text:
        return ESCAPE.sub(_replacement, text)
    return text


def without_doubled_signs(text: str) -> str:
    """Return what a stretch of a heredoc or template file stands for: `$${` is `${`, `%%{` is `%{`."""
    return text.replace("$${", "${").replace("%%{", "%{") if "{" in text else text


def _replacement(match: Match[str]) -> str:
    escape = match[0]
    if escape[0] != "\\":
        return escape[1:]
    digits = match[1] or match[2]
    return chr(int(digits, 16)) if digits else _ESCAPED[escape[1]]


def escape_problem(text: str) -> tuple[int, int, str] | None:
    """Return start, end and message of the first escape in a quoted text that is not valid."""
    for match in ESCAPE.finditer(text):
        message = _problem(match)
        if message:
            return match.start(), match.end(), message
    return None


def _problem(match: Match[str]) -> str | None:
    escape = match[0]
    if escape[0] != "\\" or escape[1] in _ESCAPED:
        return None
    if escape[1] not in "uU":
        return f"The symbol `{escape[1:]}` is not valid after a backslash; write `\\\\` for a backslash."
    length = 4 if escape[1] == "u" else 8
    digits = match[1] or match[2]
    if not digits or len(digits) != length:
        return f"`\\{escape[1]}` must be followed by {length} hexadecimal digits."
    code = int(digits, 16)
    if code > 0x10FFFF or 0xD800 <= code <= 0xDFFF:
        return f"There is no character U+{code:04X}."
    return None
