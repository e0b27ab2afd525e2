"""Read HCL's JSON syntax, the language of `.tf.json` and `.tfvars.json` files, into the same tree as the native one.

JSON does not tell blocks from attributes, and whether a string is a template hangs on where it stands.
Terraform knows both from its schemas.  The schema of its own language is here; of what providers
define, an object or a list of objects is read as both, so that whoever asks finds what it asks for.

Source: https://developer.hashicorp.com/terraform/language/syntax/json
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from podroom.positions import Document
from podroom.records import dataclass
from podroom.sources.hcl.json_strings import expression_of, literal_of, template_of, text_of
from podroom.sources.hcl.literals import CONSTANTS, number
from podroom.sources.hcl.syntax import (
    Attribute,
    Block,
    Body,
    Expression,
    Invalid,
    Label,
    Literal,
    ObjectConstructor,
    ObjectItem,
    ParsedFile,
    SyntaxProblem,
    TupleConstructor,
)
from podroom.sources.json_text import JsonArray, JsonConstant, JsonMember, JsonObject, JsonString, JsonValue, read_json
from podroom.sources.problem import Problem

_COMMENT = "//"
_MAPS = frozenset(
    {
        "annotations",
        "data",
        "input",
        "keepers",
        "labels",
        "manifest",
        "parameters",
        "tags",
        "tags_all",
        "triggers",
        "triggers_replace",
        "variables",
        "vars",
    }
)
"""Attributes of resources that take a map: an object in them is no block."""


@dataclass(frozen=True, slots=True)
class _Schema:
    """What the properties of a block are: the rest are values, or `is_open`, values or blocks of a provider."""

    labels: int = 0
    blocks: frozenset[str] = frozenset()
    references: frozenset[str] = frozenset()
    literal: frozenset[str] = frozenset()
    is_open: bool = False


_OPEN = _Schema(blocks=frozenset({"dynamic"}), is_open=True)
_RESOURCE = _Schema(
    labels=2,
    blocks=frozenset({"dynamic", "lifecycle", "provisioner", "connection"}),
    references=frozenset({"provider", "depends_on"}),
    is_open=True,
)
_CONDITION = _Schema()
_SCHEMAS = {
    "locals": _Schema(),
    "variable": _Schema(
        labels=1,
        blocks=frozenset({"validation"}),
        references=frozenset({"type"}),
        literal=frozenset({"default", "description", "nullable", "sensitive", "ephemeral", "deprecated"}),
    ),
    "output": _Schema(labels=1, blocks=frozenset({"precondition"}), references=frozenset({"depends_on"})),
    "module": _Schema(
        labels=1, references=frozenset({"providers", "depends_on"}), literal=frozenset({"source", "version"})
    ),
    "resource": _RESOURCE,
    "data": _RESOURCE,
    "ephemeral": _RESOURCE,
    "provider": _Schema(labels=1, is_open=True),
    "check": _Schema(labels=1, blocks=frozenset({"data", "assert"})),
    "dynamic": _Schema(labels=1, blocks=frozenset({"content"}), references=frozenset({"iterator"})),
    "provisioner": _Schema(labels=1, is_open=True),
    "lifecycle": _Schema(
        blocks=frozenset({"precondition", "postcondition"}),
        references=frozenset({"ignore_changes", "replace_triggered_by"}),
    ),
    "precondition": _CONDITION,
    "postcondition": _CONDITION,
    "validation": _CONDITION,
    "assert": _CONDITION,
}
_FIXED = frozenset({"source", "version"})
"""What others compare with texts, so that it is one literal even with escapes."""
_ONLY_IN_BLOCKS = frozenset(
    {"dynamic", "provisioner", "lifecycle", "precondition", "postcondition", "validation", "assert"}
)


def parse_json(document: Document) -> ParsedFile:
    """Return the tree of a configuration file in JSON; what is not valid is told in its problems."""
    return _Reader(document).configuration()


def parse_json_variables(document: Document) -> ParsedFile:
    """Return the tree of a variable file in JSON, whose strings are no templates."""
    return _Reader(document).variables()


class _Reader:
    """Turns the nodes of one document into a tree."""

    def __init__(self, document: Document) -> None:
        self._document = document
        self._problems: list[SyntaxProblem] = []

    def configuration(self) -> ParsedFile:
        root = self._root()
        file = self._file()
        if isinstance(root, JsonConstant | JsonString):
            self._refuse("A configuration in JSON is an object or a list of objects.", root)
        elif root is not None:
            for member in self._members(root):
                name = member.key.value
                schema = _OPEN if name in _ONLY_IN_BLOCKS else _SCHEMAS.get(name, _OPEN)
                file.body.blocks += self._blocks(member, schema)
        file.problems[:] = _each_once(file.problems)
        return file

    def variables(self) -> ParsedFile:
        root = self._root()
        file = self._file()
        if isinstance(root, JsonObject):
            names: set[str] = set()
            for member in self._members(root):
                self._check_once(member, names)
                file.body.attributes.append(_attribute(member, self._literal(member)))
        elif root is not None:
            self._refuse("A variable file in JSON is an object; its keys are the names of variables.", root)
        return file

    def _file(self) -> ParsedFile:
        return ParsedFile(self._document, Body([], [], 0, len(self._document.text)), [], self._problems)

    def _root(self) -> JsonValue | None:
        value = read_json(self._document)
        if isinstance(value, Problem):
            self._problems.append(SyntaxProblem(f"{value.message}.", value.span.start, value.span.end))
            return None
        return value

    def _refuse(self, message: str, node: JsonValue) -> None:
        self._problems.append(SyntaxProblem(message, node.start, node.end))

    # --- blocks ----------------------------------------------------------------------------------

    def _blocks(self, member: JsonMember, schema: _Schema) -> Iterator[Block]:
        """Yield the blocks of one property: an object, a list of objects, or either below the labels."""
        kind = member.key.value
        pending: list[tuple[JsonValue, JsonString, tuple[Label, ...]]] = [(member.value, member.key, ())]
        while pending:
            value, key, labels = pending.pop(0)
            if len(labels) == schema.labels:
                for node in value.items if isinstance(value, JsonArray) else [value]:
                    if isinstance(node, JsonObject):
                        header = (key.start, key.end) if node is value else (node.start, node.start + 1)
                        body = self._body(node, schema)
                        yield Block(kind, list(labels), body, header[0], header[1], node.end)
                    elif not _is_null(node):
                        self._refuse(f"The content of a `{kind}` block is an object or a list of objects.", node)
                continue
            below = list(self._members(value))
            if not below:
                self._refuse(f"A `{kind}` block needs a key that is its label.", value)
            pending += [
                (inner.value, inner.key, (*labels, Label(inner.key.value, inner.key.start, inner.key.end)))
                for inner in below
            ]

    def _members(self, value: JsonValue) -> Iterator[JsonMember]:
        """Yield the properties of an object or of a list of objects, comments left out."""
        for node in value.items if isinstance(value, JsonArray) else [value]:
            if isinstance(node, JsonObject):
                yield from (member for member in node.members if member.key.value != _COMMENT)
            elif not _is_null(node):
                self._refuse("This takes an object or a list of objects.", node)

    def _body(self, node: JsonObject, schema: _Schema) -> Body:
        body = Body([], [], node.start, node.end)
        names: set[str] = set()
        for member in self._members(node):
            name = member.key.value
            if name in schema.blocks:
                body.blocks += self._blocks(member, _SCHEMAS.get(name, _OPEN))
                continue
            if schema.is_open and name not in _MAPS and _may_be_block(member.value):
                body.blocks += self._blocks(member, _OPEN)
            else:
                self._check_once(member, names)
            body.attributes.append(_attribute(member, self._property(member, schema)))
        return body

    def _property(self, member: JsonMember, schema: _Schema) -> Expression:
        name, value = member.key.value, member.value
        if name in schema.references:
            return self._expression(value, self._reference)
        return self._literal(member) if name in schema.literal else self._expression(value, self._template)

    def _literal(self, member: JsonMember) -> Expression:
        value = member.value
        if isinstance(value, JsonString):
            if member.key.value == "nullable" and value.value in ("true", "false"):
                return Literal(value.value == "true", value.start, value.end)
            return literal_of(value) if member.key.value in _FIXED else text_of(value)
        return self._expression(value, text_of)

    def _check_once(self, member: JsonMember, names: set[str]) -> None:
        name = member.key.value
        if name in names:
            message = f"The argument `{name}` is already set in this block; each argument may be set only once."
            self._refuse(message, member.key)
        names.add(name)

    # --- expressions -----------------------------------------------------------------------------

    def _expression(self, value: JsonValue, read: Callable[[JsonString], Expression]) -> Expression:
        """Return the expression that a value is; `read` says what its strings are, keys of objects included."""
        if isinstance(value, JsonString):
            return read(value)
        if isinstance(value, JsonConstant):
            return self._constant(value)
        if isinstance(value, JsonArray):
            return TupleConstructor([self._expression(item, read) for item in value.items], value.start, value.end)
        items = []
        names: set[str] = set()
        for member in value.members:
            self._check_once(member, names)
            key = literal_of(member.key) if read != self._template else self._template(member.key)
            inner = self._expression(member.value, read)
            items.append(ObjectItem(key, inner, member.key.start, member.value.end))
        return ObjectConstructor(items, value.start, value.end)

    def _template(self, string: JsonString) -> Expression:
        expression, problems = template_of(string)
        self._problems += problems
        return expression

    def _reference(self, string: JsonString) -> Expression:
        expression, problems = expression_of(string)
        self._problems += problems
        return expression

    def _constant(self, constant: JsonConstant) -> Expression:
        if constant.text in CONSTANTS:
            return Literal(CONSTANTS[constant.text], constant.start, constant.end)
        value = number(constant.text.removeprefix("-"))
        if value is None:
            self._refuse("This number is beyond what Terraform reads.", constant)
            return Invalid(constant.start, constant.end)
        return Literal(-value if constant.text.startswith("-") else value, constant.start, constant.end)


def _attribute(member: JsonMember, expression: Expression) -> Attribute:
    return Attribute(member.key.value, expression, member.key.start, member.value.end)


def _is_null(value: JsonValue) -> bool:
    return isinstance(value, JsonConstant) and value.text == "null"


def _may_be_block(value: JsonValue) -> bool:
    if isinstance(value, JsonArray):
        return bool(value.items) and all(isinstance(item, JsonObject) for item in value.items)
    return isinstance(value, JsonObject)


def _each_once(problems: list[SyntaxProblem]) -> list[SyntaxProblem]:
    """Leave out what was found twice because an object was read as a value and as a block."""
    return list({(problem.message, problem.start): problem for problem in problems}.values())
