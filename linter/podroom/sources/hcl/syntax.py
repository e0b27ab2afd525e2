"""The syntax tree of an HCL document.

Every node carries `start` and `end`, character offsets into the document, end excluded.  The tree
keeps what the writer wrote (parentheses, legacy indexes) where meaning or a message depends on it;
it evaluates nothing.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TypeAlias

from podroom.positions import Document, Span
from podroom.records import dataclass


@dataclass(slots=True)
class Literal:
    """A number, `true`, `false`, `null`, or a quoted string without interpolation.

    The span of a quoted string includes its quotes.
    """

    value: str | int | Decimal | bool | None
    start: int
    end: int


@dataclass(slots=True)
class Reference:
    """The first name of a traversal: `var` in `var.region`, `each` in `each.key`."""

    name: str
    start: int
    end: int


@dataclass(slots=True)
class GetAttribute:
    """`source.name`."""

    source: Expression
    name: str
    start: int
    end: int


@dataclass(slots=True)
class GetIndex:
    """`source[key]`, or the legacy form `source.0` with a literal key."""

    source: Expression
    key: Expression
    legacy: bool
    start: int
    end: int


@dataclass(slots=True)
class SplatItem:
    """Stands inside `Splat.each` for one element of the source."""

    start: int
    end: int


@dataclass(slots=True)
class Splat:
    """`source[*].steps` or, with `legacy`, `source.*.steps`.

    `each` is the expression for one element, whose root is a `SplatItem`.  In the legacy form an
    index that follows the attributes applies to the result, so it stands outside the splat.
    """

    source: Expression
    each: Expression
    legacy: bool
    start: int
    end: int


@dataclass(slots=True)
class Call:
    """`name(arguments)`; `name` may be namespaced (`provider::aws::arn_parse`).

    `expand` says that the last argument is followed by `...`.
    """

    name: str
    arguments: list[Expression]
    expand: bool
    start: int
    end: int


@dataclass(slots=True)
class Conditional:
    """`condition ? then : otherwise`."""

    condition: Expression
    then: Expression
    otherwise: Expression
    start: int
    end: int


@dataclass(slots=True)
class Binary:
    """`left operator right`, the operator as written: `+ - * / % == != < <= > >= && ||`."""

    operator: str
    left: Expression
    right: Expression
    start: int
    end: int


@dataclass(slots=True)
class Unary:
    """`-operand` or `!operand`."""

    operator: str
    operand: Expression
    start: int
    end: int


@dataclass(slots=True)
class Parentheses:
    """`(inner)`; in an object key it makes the difference between a name and a reference."""

    inner: Expression
    start: int
    end: int


@dataclass(slots=True)
class TupleConstructor:
    """`[a, b]`."""

    items: list[Expression]
    start: int
    end: int


@dataclass(slots=True)
class ObjectItem:
    """One `key = value` or `key : value`; a bare name as key is a `Reference`."""

    key: Expression
    value: Expression
    start: int
    end: int


@dataclass(slots=True)
class ObjectConstructor:
    """`{ key = value, ... }`."""

    items: list[ObjectItem]
    start: int
    end: int


@dataclass(slots=True)
class For:
    """`[for key_name, value_name in collection : value if condition]`, or with `key` the object form.

    `key` is None for the tuple form.  `group` is the `...` of the object form.
    """

    key_name: str | None
    value_name: str
    collection: Expression
    key: Expression | None
    value: Expression
    condition: Expression | None
    group: bool
    start: int
    end: int


@dataclass(slots=True)
class TemplateText:
    """Literal text of a template after escapes, `~` trimming and heredoc indentation.

    A heredoc has one of these for each line or part of a line, so that an offset in `value` plus
    `start` is the offset in the document unless the text holds an escape.
    """

    value: str
    start: int
    end: int


@dataclass(slots=True)
class Interpolation:
    """`${expression}`."""

    expression: Expression
    start: int
    end: int


@dataclass(slots=True)
class TemplateIf:
    """`%{if condition}then%{else}otherwise%{endif}`."""

    condition: Expression
    then: list[TemplatePart]
    otherwise: list[TemplatePart]
    start: int
    end: int


@dataclass(slots=True)
class TemplateFor:
    """`%{for key_name, value_name in collection}parts%{endfor}`."""

    key_name: str | None
    value_name: str
    collection: Expression
    parts: list[TemplatePart]
    start: int
    end: int


TemplatePart: TypeAlias = "TemplateText | Interpolation | TemplateIf | TemplateFor"


@dataclass(slots=True)
class Template:
    """A quoted string with interpolation, a heredoc, or a whole template file.

    `heredoc` is true for heredocs.  A template that is one interpolation and nothing else yields
    the interpolated value with its type.
    """

    parts: list[TemplatePart]
    heredoc: bool
    start: int
    end: int


@dataclass(slots=True)
class Invalid:
    """Stands for an expression that could not be parsed, so that its attribute is still known."""

    start: int
    end: int


Expression: TypeAlias = (
    Literal
    | Reference
    | GetAttribute
    | GetIndex
    | Splat
    | SplatItem
    | Call
    | Conditional
    | Binary
    | Unary
    | Parentheses
    | TupleConstructor
    | ObjectConstructor
    | For
    | Template
    | Invalid
)


@dataclass(slots=True)
class Attribute:
    """`name = expression`; the span runs from the name to the end of the expression."""

    name: str
    expression: Expression
    start: int
    end: int


@dataclass(slots=True)
class Label:
    """A block label, quoted or bare; the span includes quotes."""

    value: str
    start: int
    end: int


@dataclass(slots=True)
class Block:
    """`type "label" { body }`; `header_end` is the offset just after the last label or the type."""

    type: str
    labels: list[Label]
    body: Body
    start: int
    header_end: int
    end: int


@dataclass(slots=True)
class Body:
    """Attributes and blocks, each list in the order of the document."""

    attributes: list[Attribute]
    blocks: list[Block]
    start: int
    end: int


@dataclass(slots=True)
class Comment:
    """A comment with its marks: `# ...`, `// ...` or `/* ... */`, without the line end."""

    start: int
    end: int


@dataclass(slots=True)
class SyntaxProblem:
    """What a parser could not accept: one sentence and the place."""

    message: str
    start: int
    end: int


@dataclass(slots=True)
class ParsedFile:
    """A document and the tree that was read from it; `problems` is empty when all of it was valid."""

    document: Document
    body: Body
    comments: list[Comment]
    problems: list[SyntaxProblem]

    def span(self, node: Expression | Attribute | Block | Label | SyntaxProblem | Comment | TemplatePart) -> Span:
        """Return the place of a node of this file."""
        return Span(self.document, node.start, node.end)
