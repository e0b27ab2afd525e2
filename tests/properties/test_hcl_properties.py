"""What holds for the HCL parser whatever the text: it ends, its places nest, trees survive printing."""

# ruff: noqa: ANN401  # these helpers walk trees of every kind of node

from __future__ import annotations

import json
from dataclasses import fields, is_dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from podroom.positions import Document
from podroom.sources.hcl import syntax
from podroom.sources.hcl.parser import parse, parse_expression, parse_template

pytestmark = pytest.mark.once("many drawn texts; the trees of tests/unit are the same for every Python")

CASES = Path(__file__).parents[1] / "cases/hcl"
SNIPPETS = [case["text"] for case in json.loads((CASES / "snippets.json").read_text("utf-8"))]
PIECES = (
    *('"', "{", "}", "[", "]", "(", ")", "${", "%{", "~}", "$", "%", "\\", "\n", "\r\n", " ", "\t", ",", "=", ":", "?"),
    *("a", "b.c", "for", "in", "if", "endif", "else", "endfor", "1", "0.5", "1e9", "...", "=>", "::", "*", ".", "-"),
    *("<<A\n", "<<-A\n", "A\n", "#", "//", "/*", "*/", "é", "\u2028", "\ufeff", "\x00", "a = ", "b {\n", "}\n", "$${"),
)
TEXTS = st.one_of(
    st.text(max_size=60),
    st.lists(st.sampled_from(PIECES), max_size=40).map("".join),
    st.lists(st.sampled_from(SNIPPETS), max_size=6).map("".join),
    st.tuples(st.sampled_from(SNIPPETS), st.integers(0, 80), st.sampled_from(PIECES)).map(
        lambda parts: parts[0][: parts[1]] + parts[2] + parts[0][parts[1] :]
    ),
)
FAST = settings(max_examples=100, deadline=None, database=None, derandomize=True)


def nodes_below(node: Any) -> list[Any]:
    """Return the nodes directly below a node."""
    below: list[Any] = []
    for field in fields(node):
        value = getattr(node, field.name)
        below += value if isinstance(value, list) else [value]
    return [value for value in below if is_dataclass(value)]


def assert_places_nest(node: Any, start: int, end: int) -> None:
    assert start <= node.start <= node.end <= end, node
    for child in nodes_below(node):
        assert_places_nest(child, node.start, node.end)


@FAST
@given(TEXTS)
def test_any_text_is_read_to_an_end_and_its_places_nest(text: str) -> None:
    file = parse(Document("a.tf", text))
    assert_places_nest(file.body, 0, len(text))
    for start, end in [(mark.start, mark.end) for mark in (*file.comments, *file.problems)]:
        assert 0 <= start <= end <= len(text)
    comments = [comment.start for comment in file.comments]
    assert comments == sorted(set(comments))


@FAST
@given(TEXTS)
def test_any_text_is_an_expression_and_a_template_or_has_a_problem(text: str) -> None:
    expression, problems = parse_expression(Document("a.tf", text))
    assert isinstance(expression, syntax.Invalid) == bool(problems)
    assert_places_nest(expression, 0, len(text))
    template, problems = parse_template(Document("a.tf", text))
    assert_places_nest(template, 0, len(text))
    assert len(problems) <= 1


def without_places(node: Any) -> Any:
    """Return nested tuples that hold everything of a tree but where it stands."""
    if isinstance(node, list):
        return [without_places(item) for item in node]
    if is_dataclass(node):
        kept = [field.name for field in fields(node) if field.name not in ("start", "end", "header_end")]
        return (type(node).__name__, *((name, without_places(getattr(node, name))) for name in kept))
    return (type(node).__name__, node)


def printed(node: Any) -> str:  # noqa: C901, PLR0912  # one case for each kind of node
    """Return HCL that should be read as the same tree again."""
    match type(node).__name__:
        case "Literal":
            if isinstance(node.value, str):
                return f'"{quoted(node.value)}"'
            return "null" if node.value is None else str(node.value).lower()
        case "Reference":
            return str(node.name)
        case "GetAttribute":
            return f"{printed(node.source)}.{node.name}"
        case "GetIndex":
            key = printed(node.key)
            return f"{printed(node.source)}.{key}" if node.legacy else f"{printed(node.source)}[{key}]"
        case "SplatItem":
            return ""
        case "Splat":
            return f"{printed(node.source)}{'.*' if node.legacy else '[*]'}{printed(node.each)}"
        case "Call":
            return f"{node.name}({', '.join(map(printed, node.arguments))}{'...' if node.expand else ''})"
        case "Conditional":
            return f"{printed(node.condition)} ? {printed(node.then)} : {printed(node.otherwise)}"
        case "Binary":
            return f"{printed(node.left)} {node.operator} {printed(node.right)}"
        case "Unary":
            return f"{node.operator}{printed(node.operand)}"
        case "Parentheses":
            return f"({printed(node.inner)})"
        case "TupleConstructor":
            return f"[{', '.join(map(printed, node.items))}]"
        case "ObjectConstructor":
            return "{" + ", ".join(f"{printed(item.key)} = {printed(item.value)}" for item in node.items) + "}"
        case "For":
            opening, closing = "{}" if node.key else "[]"
            names = f"{node.key_name}, {node.value_name}" if node.key_name else node.value_name
            key = f"{printed(node.key)} => " if node.key else ""
            group = "..." if node.group else ""
            condition = f" if {printed(node.condition)}" if node.condition else ""
            head = f"for {names} in {printed(node.collection)}"
            return f"{opening}{head} : {key}{printed(node.value)}{group}{condition}{closing}"
        case "Template":
            return f'"{all_printed(node.parts)}"'
        case "TemplateText":
            return quoted(node.value)
        case "Interpolation":
            return f"${{{printed(node.expression)}}}"
        case "TemplateIf":
            otherwise = f"%{{else}}{all_printed(node.otherwise)}" if node.otherwise else ""
            return f"%{{if {printed(node.condition)}}}{all_printed(node.then)}{otherwise}%{{endif}}"
        case "TemplateFor":
            names = f"{node.key_name}, {node.value_name}" if node.key_name else node.value_name
            return f"%{{for {names} in {printed(node.collection)}}}{all_printed(node.parts)}%{{endfor}}"
        case "Attribute":
            return f"{node.name} = {printed(node.expression)}\n"
        case "Label":
            return f'"{quoted(node.value)}"'
        case "Block":
            return f"{' '.join([node.type, *map(printed, node.labels)])} {{\n{printed(node.body)}}}\n"
        case "Body":
            return all_printed([*node.attributes, *node.blocks])
        case other:
            raise AssertionError(other)


def all_printed(nodes: list[Any]) -> str:
    return "".join(map(printed, nodes))


def quoted(text: str) -> str:
    for plain, escaped in (("\\", "\\\\"), ('"', '\\"'), ("\n", "\\n"), ("\r", "\\r"), ("${", "$${"), ("%{", "%%{")):
        text = text.replace(plain, escaped)
    return text


NAMES = st.sampled_from(("a", "b-c", "_d", "é", "fora", "x1"))
# A sign in front of `${` would be read as a part of it, so texts end and begin with another character.
TEXT = st.text(st.sampled_from('ab $%{}~"\\\n\té'), max_size=6).map(lambda text: f"<{text}>")
NUMBERS = st.one_of(
    st.integers(0, 10**30), st.decimals(0, 1000, places=3).filter(lambda value: value % 1 != 0).map(Decimal.normalize)
)
PLACE = {"start": st.just(0), "end": st.just(0)}


def node(kind: type, **parts: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.builds(kind, **parts, **PLACE)


LITERALS = node(syntax.Literal, value=st.one_of(TEXT, NUMBERS, st.sampled_from((True, False, None))))
REFERENCES = node(syntax.Reference, name=NAMES)


def larger(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    bracketed = node(syntax.Parentheses, inner=inner)
    some = st.lists(inner, max_size=3)
    name_or_none = st.one_of(st.none(), NAMES)
    parts = st.lists(
        st.one_of(
            node(syntax.Interpolation, expression=inner),
            node(syntax.TemplateIf, condition=inner, then=texts(), otherwise=texts()),
            node(syntax.TemplateFor, key_name=name_or_none, value_name=NAMES, collection=inner, parts=texts()),
        ),
        min_size=1,
        max_size=2,
    ).map(lambda middle: [syntax.TemplateText("<", 0, 0), *middle])
    splat_steps = node(syntax.GetAttribute, source=node(syntax.SplatItem), name=NAMES)
    item = node(syntax.ObjectItem, key=st.one_of(REFERENCES, bracketed), value=inner)
    looping = {"key_name": name_or_none, "value_name": NAMES, "collection": inner, "value": inner}
    condition = st.one_of(st.none(), inner)
    nothing = st.none()
    return st.one_of(
        bracketed,
        node(syntax.GetAttribute, source=st.one_of(REFERENCES, bracketed), name=NAMES),
        node(syntax.GetIndex, source=st.one_of(REFERENCES, bracketed), key=inner, legacy=st.just(False)),
        node(syntax.Splat, source=REFERENCES, each=splat_steps, legacy=st.booleans()),
        node(syntax.Call, name=st.sampled_from(("f", "provider::p::f")), arguments=some, expand=st.just(False)),
        node(syntax.Call, name=NAMES, arguments=st.lists(inner, min_size=1, max_size=2), expand=st.just(True)),
        node(syntax.Conditional, condition=bracketed, then=inner, otherwise=inner),
        node(
            syntax.Binary,
            operator=st.sampled_from(("+", "*", "==", "<=", "&&", "||", "%")),
            left=bracketed,
            right=bracketed,
        ),
        node(syntax.Unary, operator=st.sampled_from("-!"), operand=bracketed),
        node(syntax.TupleConstructor, items=some),
        node(syntax.ObjectConstructor, items=st.lists(item, max_size=3)),
        node(syntax.For, key=nothing, condition=condition, group=st.just(False), **looping),
        node(syntax.For, key=inner, condition=condition, group=st.booleans(), **looping),
        node(syntax.Template, parts=parts, heredoc=st.just(False)),
    )


def texts() -> st.SearchStrategy[Any]:
    return st.lists(node(syntax.TemplateText, value=TEXT), min_size=1, max_size=1)


EXPRESSIONS = st.recursive(st.one_of(LITERALS, REFERENCES), larger, max_leaves=12)
ATTRIBUTES = st.lists(
    node(syntax.Attribute, name=NAMES, expression=EXPRESSIONS), max_size=3, unique_by=lambda a: a.name
)
LABELS = st.lists(node(syntax.Label, value=TEXT), max_size=2)


def block_with(body: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    block = node(syntax.Block, type=NAMES, labels=LABELS, body=body, header_end=st.just(0))
    return node(syntax.Body, attributes=ATTRIBUTES, blocks=st.lists(block, max_size=2))


BODIES = st.recursive(node(syntax.Body, attributes=ATTRIBUTES, blocks=st.just([])), block_with, max_leaves=3)


@FAST
@given(EXPRESSIONS)
def test_a_printed_expression_is_read_as_the_same_tree(expression: Any) -> None:
    read, problems = parse_expression(Document("a.tf", printed(expression)))
    assert (problems, without_places(read)) == ([], without_places(expression))


@FAST
@given(BODIES)
def test_a_printed_file_is_read_as_the_same_tree(body: Any) -> None:
    file = parse(Document("a.tf", printed(body)))
    assert (file.problems, without_places(file.body)) == ([], without_places(body))
