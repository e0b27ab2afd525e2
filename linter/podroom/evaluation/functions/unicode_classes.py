"""Classes of characters as regular expressions name them, written for one text: the characters that may occur in it."""

from __future__ import annotations

import re

_CATEGORIES = frozenset(
    {
        "C", "Cc", "Cf", "Co", "Cs", "L", "Ll", "Lm", "Lo", "Lt", "Lu", "M", "Mc", "Me", "Mn", "N", "Nd", "Nl", "No",
        "P", "Pc", "Pd", "Pe", "Pf", "Pi", "Po", "Ps", "S", "Sc", "Sk", "Sm", "So", "Z", "Zl", "Zp", "Zs",
    }
)  # fmt: skip
"""The general categories of Unicode.  Source: https://www.unicode.org/reports/tr44/#General_Category_Values"""
_UNASSIGNED = "Cn"
_ASCII = "".join(map(chr, range(0x80)))


def characters_of(category: str, others: str, *, negated: bool = False) -> str | None:
    """Return those characters of ASCII and of some others that are of a general category of Unicode, or are not.

    None if it is no general category.  Names of scripts (`Greek`) are none: Python does not know what is of which.
    """
    if category not in _CATEGORIES:
        return None
    from unicodedata import category as category_of  # noqa: PLC0415 - few patterns name a class

    return "".join(
        re.escape(char)
        for char in _ASCII + others
        if ((told := category_of(char)).startswith(category) and told != _UNASSIGNED) is not negated
    )


def others_than(ascii_class: str) -> str:
    """Return all characters that are not in a class of ASCII."""
    within = re.compile(f"[{ascii_class}]")
    return "".join(re.escape(char) for char in _ASCII if within.match(char) is None) + "\\x80-\\U0010ffff"
