"""The regular expressions of HCL's tokens.

Every character of a text can be matched in one way only, so that no input makes a pattern try
alternatives: the time is linear in the length of the text.  What may be absent is written `(?:a|)` where `(?:a)?`
would mean the same: the machine that matches sees by one character that a branch is not taken.

Most patterns exist twice: `ANY_LINE` where a line end is a blank (inside parentheses, brackets and
`${ }`), `ONE_LINE` where it ends an item (in bodies and object constructors).
"""

from __future__ import annotations

import re

from podroom.patterns import pattern
from podroom.records import dataclass

# A name may hold any character beyond ASCII here; `Scanner.check_name` looks at those one by one.
NAME = r"[^\x00-@\[-^`{-\x7f][^\x00-,./:-@\[-^`{-\x7f]*"
NUMBER = r"[0-9]+(?:\.+[0-9]+)?(?:\.*[eE][+-]?[0-9]+)?"
MORE_OF_A_NUMBER = pattern(r"\.*(?:[eE][+-]?)?[0-9]")
_BLANKS = r"[ \t]*"
_BLANKS_AND_LINE_ENDS = r"[ \t\n]*(?:\r\n(?:[ \t\n]|\r\n)*|)"
_SIMPLE_STRING = r'"([^"\\$%\r\n]*)"'


# The first steps of a traversal, where no blanks stand between them; the others are read, and counted, one by one.
_STEP = rf"\.{NAME}"
_STEPS = rf"(?:{_STEP}(?:{_STEP}(?:{_STEP}|)|)|)"


class Operand:
    """What `Patterns.operand` found: the number of its last group."""

    STRING = 1
    NAME = 2
    CALL = 3
    TRAVERSAL = 4
    NUMBER = 5
    OTHER = 6
    NAMES = (NAME, TRAVERSAL)


class Step:
    """What `Patterns.step` found after an operand: the number of its last group."""

    NAME = 1
    DOT = 2
    INDEX = 3
    COMMENT = 4
    OPERATOR = 5


class LegacyStep:
    """What `Patterns.legacy_step` found after a dot: the number of its last group."""

    NAME = 1
    NUMBER = 2
    STAR = 3


@dataclass(frozen=True, slots=True)
class Patterns:
    """The patterns of one way to treat line ends, and that way as `any_line`.

    `comments` begin a comment that counts as a blank.  `closers` end an expression when they follow an operand, as they
    mostly do.
    """

    any_line: bool
    comments: tuple[str, ...]
    closers: str
    blanks: re.Pattern[str]
    operand: re.Pattern[str]
    step: re.Pattern[str]
    call: re.Pattern[str]
    legacy_step: re.Pattern[str]
    name: re.Pattern[str]
    punctuation: re.Pattern[str]


def _patterns(*, any_line: bool) -> Patterns:
    blanks = _BLANKS_AND_LINE_ENDS if any_line else _BLANKS
    # Where line ends count, a comment up to the line end counts as one, so it is not a blank.
    comment = r"#|//|/\*" if any_line else r"/\*"
    operator = r"==|!=|<=|>=|&&|\|\||/(?![/*])|[-+*%<>?]"
    return Patterns(
        any_line=any_line,
        comments=("#", "//", "/*") if any_line else ("/*",),
        closers=",)]}" if any_line else ",)]}\n",
        blanks=re.compile(blanks),
        operand=re.compile(
            rf"{blanks}(?:{_SIMPLE_STRING}|({NAME})(?:{blanks}(\(|::)|({_STEP}{_STEPS})|)|({NUMBER})|([^ \t\n]))"
        ),
        step=re.compile(
            rf"{blanks}(?:\.{blanks}({NAME})|(\.)(?!\.\.)|(\[)|({comment})|({operator})|)",
        ),
        call=pattern(rf"{blanks}(\(|::)"),
        legacy_step=pattern(rf"{blanks}(?:({NAME})|({NUMBER})|(\*))?"),
        name=pattern(rf"{blanks}({NAME})"),
        punctuation=re.compile(rf"{blanks}(?:(==|=>|=|::|:|,|\.\.\.|~?\}}|\)|\]|\()|({comment})|(\r?\n)|)"),
    )


ANY_LINE = _patterns(any_line=True)
ONE_LINE = _patterns(any_line=False)

KEY = pattern(rf"{_BLANKS}({NAME}){_BLANKS}(?:=(?![=>])|:(?!:))")


class Item:
    """What `ITEM` found in a body: the number of its last group.

    An attribute is found with its value, and passed with the end of its line, where that is a plain string, a whole
    number or a traversal and nothing follows it, as is so for most.
    """

    ATTRIBUTE = 2
    STRING = 3
    TRAVERSAL = 4
    NUMBER = 5
    BLOCK = 7
    OTHER_NAME = 8
    CLOSE = 9
    COMMENT = 10


ITEM = re.compile(
    rf"{_BLANKS_AND_LINE_ENDS}(?:({NAME}){_BLANKS}(?:"
    rf"(=)(?![=>])(?:{_BLANKS}(?:{_SIMPLE_STRING}|({NAME}{_STEPS})|([0-9]{{1,18}}))\r?\n|)"
    rf"|((?:\"[^\"\\$%\r\n]*\"{_BLANKS})*)(\{{))"
    rf"|({NAME})|(\}})|(#|//|/\*)|)"
)
LABEL = pattern(_SIMPLE_STRING)
NEXT_LABEL = pattern(rf'({NAME})|(")|(\{{)')


class NextLabel:
    """What `NEXT_LABEL` found in a block's header: the number of its last group."""

    NAME = 1
    QUOTE = 2
    BRACE = 3


class LineEnd:
    """What `LINE_END` found: the number of its last group, None for something else."""

    LINE_COMMENT = 1
    COMMENT = 2
    CLOSE = 3
    END = 4


LINE_END = re.compile(rf"{_BLANKS}(?:(#|//)|(/\*)|(\}})|(\r?\n|\Z)|)")

# `$${` and `%%{` stand for `${` and `%{`; any other `$` or `%` stands for itself.
_SIGNS = r"\$\$\{|\$(?!\$?\{)|%%\{|%(?!%?\{)"
QUOTED_TEXT = pattern(rf"[^\"\\$%\r\n]*(?:(?:\\[^\r\n]|{_SIGNS})[^\"\\$%\r\n]*)*")
LINE_OF_TEXT = pattern(rf"[^$%\r\n]*(?:(?:{_SIGNS})[^$%\r\n]*)*(\r?\n)?")
HEREDOC = pattern(rf"<<(-?)({NAME})\r?\n")
ESCAPE = pattern(r"\\u([0-9A-Fa-f]{0,4})|\\U([0-9A-Fa-f]{0,8})|\\.|\$\$\{|%%\{", re.DOTALL)
VALID_NUMBER = pattern(r"([0-9]+)(?:\.([0-9]*))?(?:[eE]([+-]?[0-9]+))?")

# What Unicode calls White_Space, which `str.strip()` does not quite follow.
WHITE_SPACE = (
    "\t\n\v\f\r \x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a"
    "\u2028\u2029\u202f\u205f\u3000"
)
