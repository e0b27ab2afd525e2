"""The reader of YAML and JSON: kinds of scalars, places, anchors, and what it refuses."""

from __future__ import annotations

import pytest
from yaml import safe_load

from podroom.positions import Document, Span
from podroom.sources import yaml
from podroom.sources.yaml import Mapping, Node, Scalar, ScalarKind, Sequence, compose, compose_document
from podroom.traced_text import HOLE, Piece, TracedText
from podroom.values import Known, OneOf, Unknown


def root(text: str) -> Node:
    stream = compose_document(Document("file.yaml", text))
    assert stream.problem is None
    (document,) = stream.documents
    return document


def mapping(text: str) -> Mapping:
    node = root(text)
    assert isinstance(node, Mapping)
    return node


def plain(node: Node | None) -> object:
    if isinstance(node, Mapping):
        return {plain(entry.key): plain(entry.value) for entry in node.entries}
    if isinstance(node, Sequence):
        return [plain(item) for item in node.items]
    return None if node is None else node.text


@pytest.mark.parametrize(
    ("written", "kind"),
    [
        ("58", ScalarKind.INTEGER), ("0x1F", ScalarKind.INTEGER), ("1_000", ScalarKind.INTEGER),
        ("-3", ScalarKind.INTEGER), ("010", ScalarKind.INTEGER),
        ("1.30", ScalarKind.FLOAT), ("1e3", ScalarKind.FLOAT), (".inf", ScalarKind.FLOAT),
        ("true", ScalarKind.BOOLEAN), ("on", ScalarKind.BOOLEAN), ("No", ScalarKind.BOOLEAN),
        ("~", ScalarKind.NULL), ("null", ScalarKind.NULL), ("", ScalarKind.NULL),
        ("22:22", ScalarKind.STRING), ("2020-01-01", ScalarKind.STRING), ("v1.18.0", ScalarKind.STRING),
        ("tRue", ScalarKind.STRING), ('"58"', ScalarKind.STRING), ("'true'", ScalarKind.STRING),
        ("!!str 58", ScalarKind.STRING), ('!!int "58"', ScalarKind.INTEGER), ("! 58", ScalarKind.STRING),
    ],
)  # fmt: skip
def test_scalars_are_what_go_programs_take_them_for(written: str, kind: ScalarKind) -> None:
    node = mapping(f"key: {written}\n").get("key")
    assert isinstance(node, Scalar)
    assert node.kind is kind


@pytest.mark.parametrize(
    ("written", "number"), [("58", 58), ("0x1F", 31), ("010", 8), ("0o10", 8), ("1_0", 10), ("-3", -3)]
)
def test_whole_numbers_have_the_value_that_go_reads(written: str, number: int) -> None:
    node = mapping(f"key: {written}\n").get("key")
    assert isinstance(node, Scalar)
    value = node.integer()
    assert isinstance(value, Known)
    assert value.value == number


def test_text_and_truth_values_are_no_whole_number() -> None:
    for written in ('"58"', "true", "5.0", "~"):
        node = mapping(f"key: {written}\n").get("key")
        assert isinstance(node, Scalar)
        assert node.integer() is None


def test_every_node_knows_its_place() -> None:
    text = "\ufeffapiVersion: v1\nspec:\n  list:\n    - a\n    - {b: 'c'}\n\n# end\nlast: \"é😀\" # comment\n"
    node = mapping(text)
    spec, last = node.entry("spec"), node.entry("last")
    assert spec is not None
    assert last is not None
    assert spec.span.text == "spec:\n  list:\n    - a\n    - {b: 'c'}"
    assert last.span.text == 'last: "é😀"'
    assert last.span.first.line == 8
    assert isinstance(last.value, Scalar)
    assert last.value.value().origin == last.value.span


@pytest.mark.parametrize("style", ["|", "|-", "|2"])
def test_the_lines_of_a_literal_block_keep_their_places(style: str) -> None:
    text = f"data: {style}\n  first\n    second: 5\n\n  third\n"
    node = mapping(text).get("data")
    assert isinstance(node, Scalar)
    at = node.text.index("second: 5")
    span = node.content.span(at, at + len("second: 5"))
    assert span.text == "second: 5"
    assert tuple(span.first) == (3, 5)


FOLDED = (
    "  one\n  two\n",
    "  one\n\n  two\n\n\n  three\n",
    "  one\n    - deeper\n    - list\n  two\n",
    "\n  one\n  one\n  one two\n",
    "  one\r\n  two\r\n",
    "  one  \n  two\n   \n",
)


@pytest.mark.parametrize("style", [">", ">-", ">+", ">2"])
@pytest.mark.parametrize("block", FOLDED)
def test_the_words_of_a_folded_block_keep_their_places(style: str, block: str) -> None:
    text = f"data: {style}\n{block}last: x\n"
    node = mapping(text).get("data")
    assert isinstance(node, Scalar)
    assert node.text == safe_load(text)["data"]
    words = [piece for piece in node.content.pieces if piece.text.strip()]
    assert [piece.span.text for piece in words] == [piece.text for piece in words]
    assert [piece.span.start for piece in words] == sorted({piece.span.start for piece in words})
    assert [word for piece in words for word in piece.text.split()] == block.split()


def test_json_is_read_with_tabs_and_without_spaces() -> None:
    text = '{\n\t"env":{"WARM_IP_TARGET":"5"},\n\t"list":[1,true,null]\n}'
    assert plain(root(text)) == {"env": {"WARM_IP_TARGET": "5"}, "list": ["1", "true", "null"]}


def test_merge_keys_and_aliases_are_followed() -> None:
    text = "base: &base {a: 1, b: 2}\nother: &other {b: 3, c: 4}\nnode:\n  <<: [*base, *other]\n  a: 9\nagain: *base\n"
    node = mapping(text)
    merged = node.get("node")
    assert isinstance(merged, Mapping)
    assert {name: plain(merged.get(name)) for name in "abc"} == {"a": "9", "b": "2", "c": "4"}
    assert [entry.merged for entry in merged.entries] == [True, True, False]
    assert plain(node.get("again")) == {"a": "1", "b": "2"}


def test_the_last_of_duplicate_keys_counts_and_the_others_are_noted() -> None:
    node = mapping("a: 1\nb: 2\na: 3\n")
    assert plain(node.get("a")) == "3"
    assert [entry.span.text for entry in node.duplicates] == ["a: 1"]


def test_documents_before_an_error_are_kept() -> None:
    stream = compose_document(Document("file.yaml", "a: 1\n---\nb: 2\n---\nc: [1\nd: 2\n"))
    assert [plain(document) for document in stream.documents] == [{"a": "1"}, {"b": "2"}]
    assert stream.problem is not None
    assert stream.problem.span.first.line >= 5


@pytest.mark.parametrize(
    ("text", "message", "line"),
    [
        ("a: 1\nb: \x01\n", "U+0001", 2),
        ("a: 1\nb: *nobody\n", "nobody", 2),
        ("a: &x\n  b: *x\n", "not complete", 2),
        ("a: b: c\n", "not valid YAML", 1),
        ("a:\n" + "- " * 300 + "x", "levels deep", 2),
        ("[" * 5000, "levels deep", 1),
        ("a: '\ud800'\n", "U+D800", 1),
    ],
)
def test_what_cannot_be_read_is_said_with_its_place(text: str, message: str, line: int) -> None:
    problem = compose_document(Document("file.yaml", text)).problem
    assert problem is not None
    assert message in problem.message
    assert "\n" not in problem.message
    assert problem.span.first.line == line


def test_a_bomb_of_aliases_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(yaml, "MAXIMUM_SIZE", 10_000)
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 9)]
    problem = compose_document(Document("file.yaml", "\n".join(lines))).problem
    assert problem is not None
    assert "aliases" in problem.message


def test_an_empty_text_has_no_documents() -> None:
    assert compose_document(Document("file.yaml", "\ufeff \n")).documents == ()


def holed(text: str, hole: Unknown | OneOf[str]) -> Mapping:
    document = Document("file.yaml", text)
    at = text.index(HOLE)
    before = Piece(text[:at], Span(document, 0, at), exact=True)
    after = Piece(text[at + 1 :], Span(document, at + 1, len(text)), exact=True)
    (node,) = compose(TracedText([before, Piece(HOLE, Span(document, at, at + 1), hole=hole), after])).documents
    assert isinstance(node, Mapping)
    return node


SPAN = Span(Document("main.tf", "var.x"), 0, 5)


def test_a_scalar_with_a_hole_is_unknown_and_others_are_not() -> None:
    node = holed(f"a: 5{HOLE}\nb: 6\n", Unknown("var.x has no value", SPAN, ("var.x",)))
    unknown, known = node.get("a"), node.get("b")
    assert isinstance(unknown, Scalar)
    assert isinstance(known, Scalar)
    value = unknown.integer()
    assert isinstance(value, Unknown)
    assert value.refs == ("var.x",)
    assert unknown.kind is ScalarKind.UNDECIDED
    assert isinstance(known.integer(), Known)


def test_a_hole_survives_folding_and_escapes() -> None:
    for text in (f"a: >\n  one\n  {HOLE}\n", f'a: "x\\t{HOLE}"\n', f"a: |\n  one\n  {HOLE}\n"):
        node = holed(text, Unknown("var.x has no value", SPAN)).get("a")
        assert isinstance(node, Scalar)
        assert isinstance(node.value(), Unknown)


def test_candidates_of_a_hole_are_candidates_of_the_number() -> None:
    node = holed(f"a: {HOLE}\n", OneOf(("58", "110"), "it depends", SPAN)).get("a")
    assert isinstance(node, Scalar)
    value = node.integer()
    assert isinstance(value, OneOf)
    assert value.values == (58, 110)
