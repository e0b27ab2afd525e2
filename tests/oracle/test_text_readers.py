"""The readers of embedded texts against the programs that set the standard: bash, PyYAML, tomllib and email."""

from __future__ import annotations

import random
import shutil
import subprocess
import sys
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText

import pytest
import yaml as pyyaml
from hypothesis import given, settings
from hypothesis import strategies as st

from podroom.positions import Document, Span
from podroom.sources.mime import split_parts
from podroom.sources.shell import Shell
from podroom.sources.toml import read_toml
from podroom.sources.yaml import Mapping, Node, Scalar, compose_document
from podroom.traced_text import HOLE, Piece, TracedText

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

pytestmark = pytest.mark.once("many drawn texts")


def traced(text: str) -> TracedText:
    return TracedText([Piece(text, Span(Document("text", text), 0, len(text)), exact=True)])


# bash

BASH = shutil.which("bash")
ATOMS = [
    "a", "b c", "'x y'", '"p q"', "${A}", '"$A"', '"${B}"', "${C:-d e}", '"${C:-d e}"', "${A:+z}", "\\ ", "\\$A",
    '"a\\"b"', "'it'", "=", "--k=v", '""', "''", "${A-q}", '"${U:-$A}"', "#x", '"\\n"', "$'ab'", "1", "{", "}", "!",
    '"a\\\nb"', "\\\n", "${U:=u}", "$B/", "'#'", "\\\\",
]  # fmt: skip
HERE_DOCUMENT = "\tone $A \\$B ${C:-d} \"q\" 'r' \\\\ \\\n two\nE"


def script(choose: random.Random) -> str:
    """Return a script whose commands `show` and `read_all` print what they are given."""

    def word() -> str:
        return "".join(choose.choice(ATOMS) for _ in range(choose.randint(1, 4)))

    def assignment() -> str:
        return f"{choose.choice('ABC')}{choose.choice(['=', '+='])}{choose.choice(ATOMS[2:9])}"

    forms = [
        assignment,
        lambda: f"( A=sub; show {word()} )",
        lambda: f"{{ show {word()}; }} # comment '\n",
        lambda: f"export A={choose.choice(['1', 'y'])}",
        lambda: f"for i in 1; do :; done; show {word()}",
        lambda: f"if false; then :; fi\nshow {word()} | cat; A=piped | cat",
        lambda: f"""read_all <<{choose.choice(["E", "'E'", "-E"])}; show {word()}\n{HERE_DOCUMENT}""",
        lambda: f"show {word()} ; show {word()} > /dev/stdout",
    ]
    lines = ["A='m n'", "B=", f"C={choose.choice(['1', ''])}", "unset U"]
    return "\n".join(lines + [choose.choice(forms)() for _ in range(choose.randint(2, 6))]) + "\n"


def printed_by_bash(text: str) -> str | None:
    """Return what bash prints; None if it finds fault with the script."""
    functions = 'show() { printf "%s;" "$@"; echo; }; read_all() { cat; }\n'
    assert BASH is not None
    run = subprocess.run([BASH, "--norc", "-c", functions + text], capture_output=True, text=True, check=False)
    return None if run.stderr else run.stdout


def printed_on_paper(text: str) -> str:
    lines = []
    for command in Shell().run(traced(text)):
        if command.name == "show":
            lines.append("".join(f"{word.text};" for word in command.words[1:]) + (";" * (len(command.words) == 1)))
        elif command.name == "read_all":
            assert command.input is not None
            lines.append(command.input.text.removesuffix("\n"))
    return "".join(f"{line}\n" for line in lines)


@pytest.mark.skipif(BASH is None, reason="bash is the oracle and is not installed")
def test_words_are_those_of_bash() -> None:
    choose = random.Random(2024)
    judged = 0
    for _ in range(150):
        text = script(choose)
        expected = printed_by_bash(text)
        if expected is not None:
            assert printed_on_paper(text) == expected, text
            judged += 1
    assert judged > 100


# PyYAML

# HOLE itself is replaced in what is read, so that holes stay unmistakable.
KEYS = st.text(
    st.characters(codec="utf-8", exclude_categories=("Cc", "Cs"), exclude_characters=HOLE), min_size=1, max_size=8
)
TEXTS = st.text(st.characters(codec="utf-8", exclude_characters=HOLE), max_size=30)
LEAVES = st.none() | st.booleans() | st.integers() | TEXTS | st.sampled_from(["a\nb\n", " x", "- y", "'"])
DATA = st.recursive(LEAVES, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=4))


def by_pyyaml(node: pyyaml.Node) -> object:
    if isinstance(node, pyyaml.MappingNode):
        return [(by_pyyaml(key), by_pyyaml(value)) for key, value in node.value]
    if isinstance(node, pyyaml.SequenceNode):
        return [by_pyyaml(item) for item in node.value]
    return node.value


def by_podroom(node: Node) -> object:
    if isinstance(node, Mapping):
        return [(by_podroom(entry.key), by_podroom(entry.value)) for entry in node.entries]
    return node.text if isinstance(node, Scalar) else [by_podroom(item) for item in node.items]


@given(DATA, st.booleans(), st.booleans(), st.sampled_from([None, "|", ">", '"', "'"]))
@settings(max_examples=150, deadline=None)
def test_yaml_has_the_nodes_that_pyyaml_finds(data: object, flow: bool, unicode: bool, style: str | None) -> None:
    text = pyyaml.safe_dump(data, default_flow_style=flow, allow_unicode=unicode, default_style=style)
    stream = compose_document(Document("file.yaml", text))
    assert stream.problem is None
    expected = pyyaml.compose(text, Loader=pyyaml.SafeLoader)
    (document,) = stream.documents
    assert by_podroom(document) == by_pyyaml(expected)


# tomllib

TOML_KEYS = st.sampled_from(["max-pods", '"max-pods"', "'a b'", "kubernetes", "x.y", 'x."z.w"', "settings"])
TOML_VALUES = st.sampled_from(
    [
        "58",
        '"58"',
        "'#'",
        '"a\\"b # c"',
        "[1, 2]",
        "[\n  1, # ]\n  2\n]",
        "true",
        '"""x\n[y]\nz = 1"""',
        "''''a'''",
        "1.5",
        "{}",
        "{ max-pods = 5 }",
        "{a = {b = '}'}, c = [{d = 1}]}",
        "1979-05-27T07:32:00Z",
        "0x1F",
        "'''\\'''",
    ]
)
TOML_LINES = st.one_of(
    st.builds("{} = {}".format, TOML_KEYS, TOML_VALUES),
    st.builds("  {}={} # comment = 5".format, TOML_KEYS, TOML_VALUES),
    st.builds("[{}]".format, TOML_KEYS),
    st.sampled_from(["", "# [comment]", "# max-pods = 5"]),
)


def flat(value: object, path: tuple[str, ...] = ()) -> list[tuple[tuple[str, ...], str]]:
    if isinstance(value, dict):
        return [item for key, inner in value.items() for item in flat(inner, (*path, key))]
    return [(path, repr(value))]


@given(st.lists(TOML_LINES, max_size=6), st.sampled_from(["\n", "\r\n"]))
@settings(max_examples=300, deadline=None)
def test_toml_has_the_settings_that_tomllib_finds(lines: list[str], line_end: str) -> None:
    text = line_end.join(lines)
    found = read_toml(traced(text))
    try:
        expected = flat(tomllib.loads(text))
    except tomllib.TOMLDecodeError:
        assert found.problem is not None
        return
    assert found.problem is None
    assert sorted((setting.path, repr(setting.decoded())) for setting in found.settings) == sorted(expected)


# email

BODIES = st.lists(st.sampled_from(["#!/bin/sh", "", "--", "a: b", "--max-pods=5", "é"]), max_size=6).map("\n".join)


@given(st.lists(st.tuples(BODIES, st.sampled_from(["us-ascii", "utf-8"])), min_size=1, max_size=4), st.booleans())
@settings(max_examples=100, deadline=None)
def test_mime_has_the_parts_that_email_writes(bodies: list[tuple[str, str]], nested: bool) -> None:
    message = MIMEMultipart(boundary="==B==")
    inner = MIMEMultipart(boundary="==INNER==")
    for body, charset in bodies:
        part = MIMEText(body, "x-shellscript", "utf-8" if "é" in body else charset)
        (inner if nested else message).attach(part)
    if nested:
        message.attach(inner)
    parts = split_parts(traced(message.as_string()))
    assert [part.body.text for part in parts] == [body for body, _ in bodies]
    assert {part.content_type for part in parts} == {"text/x-shellscript"}
