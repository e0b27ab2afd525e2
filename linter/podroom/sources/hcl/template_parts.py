"""The parts of a template in the order of its text, and what is done to them before they nest.

They follow HCL's own implementation where it and its specification differ: `~` trims one stretch of
literal text, which in a heredoc or a file is never more than one line; and a line of a `<<-` heredoc
that begins with an interpolation counts as not indented.
"""

from __future__ import annotations

from typing import TypeAlias

from podroom.records import dataclass
from podroom.sources.hcl.patterns import WHITE_SPACE
from podroom.sources.hcl.scanner import DEPTH_LIMIT, BrokenItemError
from podroom.sources.hcl.syntax import (
    Expression,
    Interpolation,
    SyntaxProblem,
    TemplateFor,
    TemplateIf,
    TemplatePart,
    TemplateText,
)


@dataclass(slots=True)
class Directive:
    """A `%{ }` sequence on its own, before `if` and `for` are joined with their ends."""

    keyword: str
    start: int
    end: int
    expression: Expression | None = None
    key_name: str | None = None
    value_name: str = ""


@dataclass(slots=True)
class _OpenDirective:
    """An `if` or `for` whose end has not come yet."""

    directive: Directive
    then: list[TemplatePart]
    otherwise: list[TemplatePart] | None = None

    @property
    def parts(self) -> list[TemplatePart]:
        return self.then if self.otherwise is None else self.otherwise


FlatPart: TypeAlias = TemplateText | Interpolation | Directive


def nest(parts: list[FlatPart], end: int, depth: int) -> list[TemplatePart]:
    """Join `if` and `for` with their ends; the template ends at `end` and is itself `depth` levels deep."""
    root: list[TemplatePart] = []
    stack: list[_OpenDirective] = []
    current = root
    for part in parts:
        if not isinstance(part, Directive):
            current.append(part)
            continue
        if part.keyword in ("if", "for"):
            stack.append(_OpenDirective(part, []))
            if depth + len(stack) > DEPTH_LIMIT:
                raise _broken(f"Directives are nested more than {DEPTH_LIMIT} levels deep.", part, end)
            current = stack[-1].then
            continue
        opened = stack[-1] if stack else None
        if opened is None or not _fits(opened, part.keyword):
            raise _stray(part, opened, end)
        if part.keyword == "else":
            opened.otherwise = current = []
            continue
        stack.pop()
        current = stack[-1].parts if stack else root
        current.append(_closed(opened, part.end))
    if stack:
        opening = stack[-1].directive
        raise _broken(f"This `{opening.keyword}` directive has no `end{opening.keyword}`.", opening, end)
    return root


def _stray(directive: Directive, opened: _OpenDirective | None, end: int) -> BrokenItemError:
    if opened is None:
        message = f"This `{directive.keyword}` directive has no beginning."
    elif directive.keyword == "else" and opened.directive.keyword == "if":
        message = "This `if` directive already has an `else`."
    else:
        message = f"Expected `end{opened.directive.keyword}`, but found `{directive.keyword}`."
    return _broken(message, directive, end)


def _broken(message: str, directive: Directive, resume: int) -> BrokenItemError:
    return BrokenItemError(SyntaxProblem(message, directive.start, directive.end), resume)


def _fits(opened: _OpenDirective, keyword: str) -> bool:
    if keyword == "else":
        return opened.directive.keyword == "if" and opened.otherwise is None
    return keyword == "end" + opened.directive.keyword


def _closed(opened: _OpenDirective, end: int) -> TemplateIf | TemplateFor:
    directive = opened.directive
    expression = directive.expression
    if expression is None:
        raise AssertionError(directive)  # `if` and `for` always have one
    if directive.keyword == "if":
        return TemplateIf(expression, opened.then, opened.otherwise or [], directive.start, end)
    return TemplateFor(directive.key_name, directive.value_name, expression, opened.then, directive.start, end)


def trim_start(part: TemplateText) -> None:
    """Take the white space at the start of a text away."""
    trimmed = part.value.lstrip(WHITE_SPACE)
    if len(part.value) == part.end - part.start:
        part.start += len(part.value) - len(trimmed)
    part.value = trimmed


def trim_end(part: TemplateText) -> None:
    """Take the white space at the end of a text away."""
    trimmed = part.value.rstrip(WHITE_SPACE)
    if len(part.value) == part.end - part.start:
        part.end -= len(part.value) - len(trimmed)
    part.value = trimmed


def remove_indentation(parts: list[FlatPart]) -> None:
    """Take the smallest indentation away from every line that is not blank."""
    indented: list[TemplateText] = []
    smallest: int | None = None
    begins = True
    for part in parts:
        text = part.value if isinstance(part, TemplateText) else ""
        if begins:
            begins = False
            spaces = len(text) - len(text.lstrip(WHITE_SPACE))
            if spaces < len(text) or not text.endswith("\n"):
                smallest = spaces if smallest is None else min(smallest, spaces)
                if isinstance(part, TemplateText):
                    indented.append(part)
        if text.endswith("\n"):
            begins = True
    if smallest:
        for part in indented:
            part.value = part.value[smallest:]
            part.start += smallest
