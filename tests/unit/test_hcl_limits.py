"""The parser ends in time proportional to the text, and without a stack overflow, on any text."""

from __future__ import annotations

import gc
import subprocess
import sys
import time
from collections.abc import Callable, Iterator

import pytest

from podroom.positions import Document
from podroom.sources.hcl.parser import parse, parse_expression, parse_template

SIZE = 12_000

PIECES = {
    "parentheses": "(",
    "brackets": "[",
    "braces": "{",
    "object values": "{a=",
    "index after index": "a[",
    "calls": "f(",
    "strings in interpolations": '"${',
    "directives": '"%{ if ',
    "unclosed heredocs": "<<EOT\n",
    "unclosed heredocs with other words": "<<E{n}\n",
    "unclosed heredocs in blocks": "b {\n a = <<EOT\n}\n",
    "unclosed indented heredocs in blocks": "b {\n a = <<-E{n}\n}\n",
    "heredoc marker inside interpolation": "b {\n a = <<E{n}\n${\nE{n}\n}\n",
    "dollars": "$",
    "percents": "%",
    "tildes": "~",
    "backslashes": "\\",
    "quotes": '"',
    "escaped signs": "$${",
    "dots": ".",
    "steps": "a.",
    "splats": "[*]",
    "legacy splats": ".*",
    "signs": "-",
    "negations": "!",
    "sums": "1+",
    "conditions": "a?b:",
    "unclosed comments": "/*",
    "unclosed comments in blocks": "b {\n /* a = 1\n}\n",
    "newlines": "\n",
    "carriage returns": "\r",
    "line ends of two characters": "\r\n",
    "blanks": " ",
    "blocks": "a {\n",
    "blocks on one line": "a { ",
    "closing braces": "}\n",
    "labels": 'a "b" ',
    "bare labels": "a ",
    "digits": "1",
    "exponents": "1e",
    "numbers with dots": "1.",
    "dots after a digit": "1......",
    "names beyond ASCII": "\u00e9",
    "not a character of names": "\u00a0",
    "lines with comments": "# x\n",
    "broken blocks": "a {\n b = \n}\n",
    "blocks that are never closed": "a {\nb {\n}\n",
    "for words": "[for a in ",
    "duplicate attributes": "a = 1\n",
    "bom": "\ufeff",
}


def as_body(text: str) -> None:
    parse(Document("a.tf", text))


def as_value(text: str) -> None:
    parse(Document("a.tf", "a = " + text))


def as_expression(text: str) -> None:
    parse_expression(Document("a.tf", text))


def in_quotes(text: str) -> None:
    parse_expression(Document("a.tf", '"' + text))


def in_heredoc(text: str) -> None:
    parse(Document("a.tf", "a = <<-EOT\n" + text + "\nEOT\n"))


def as_template(text: str) -> None:
    parse_template(Document("a.tftpl", text))


def repeated(piece: str, size: int) -> str:
    if "{n}" in piece:
        return "".join(piece.replace("{n}", str(number)) for number in range(size // len(piece)))
    return piece * (size // len(piece))


def fastest(read: Callable[[str], None], text: str, *, rounds: int = 2) -> float:
    best = float("inf")
    for _ in range(rounds):
        started = time.process_time()
        read(text)
        best = min(best, time.process_time() - started)
    return best


def grows_faster(once: float, fourfold: float) -> bool:
    """Four times the text: linear is 4, quadratic 16.  Below 10 ms the clock decides nothing."""
    return fourfold > 9 * max(once, 0.0012)


@pytest.fixture
def without_collector() -> Iterator[None]:
    """Keep collections, whose time depends on every other test, out of the measurement."""
    enabled = gc.isenabled()
    gc.disable()
    yield
    if enabled:
        gc.enable()


@pytest.mark.once("it measures time")
@pytest.mark.usefixtures("without_collector")
@pytest.mark.parametrize("read", [as_body, as_value, as_expression, in_quotes, in_heredoc, as_template])
def test_time_grows_with_the_length_of_the_text_and_not_faster(read: Callable[[str], None]) -> None:
    slow = []
    for name, piece in PIECES.items():
        once = fastest(read, repeated(piece, SIZE))
        fourfold = fastest(read, repeated(piece, 4 * SIZE), rounds=1)
        if grows_faster(once, fourfold):  # a busy machine is slow now and then, a bad pattern always
            once, fourfold = fastest(read, repeated(piece, SIZE)), fastest(read, repeated(piece, 4 * SIZE), rounds=6)
        if grows_faster(once, fourfold):
            slow.append((name, round(once, 4), round(fourfold, 4)))
    assert slow == []


NESTING = """
import sys
from podroom.positions import Document
from podroom.sources.hcl.parser import parse, parse_expression, parse_template

pieces = {pieces!r}

def with_frames(count, text):
    if count:
        return with_frames(count - 1, text)
    return parse(Document("a.tf", "a = " + text)), parse(Document("a.tf", text)), \\
        parse_expression(Document("a.tf", text)), parse_template(Document("a.tf", text))

sys.setrecursionlimit(1000)
for piece in pieces:
    file, *_ = with_frames(200, piece * 5000)
    assert file.problems, piece
"""


def test_deep_nesting_is_a_problem_and_no_stack_overflow() -> None:
    pieces = [
        *(
            "(",
            "[",
            "{a=",
            "{(",
            "f(",
            "a[",
            '"${',
            "-(",
            "1+(",
            "a?(",
            "a?b:",
            "!",
            "[for a in ",
            '"%{ if ',
            '"%{for a in ',
        ),
        *(
            "{for a in [",
            "a::b(",
            "a.*[",
            "a[*][",
            "1+f(1+",
            '1+"${1+',
            '1+"%{for a in 1+',
            "<<E\n%{for a in 1+[",
            "a {\n",
        ),
    ]
    run = subprocess.run(
        [sys.executable, "-c", NESTING.format(pieces=pieces)], capture_output=True, text=True, check=False
    )
    assert (run.returncode, run.stderr) == (0, "")


def test_moderate_nesting_is_read() -> None:
    for opening, closing in [("(", ")"), ("[", "]"), ("f(", ")"), ('"${', '}"'), ("{a=", "}")]:
        text = "a = " + opening * 60 + "1" + closing * 60 + "\n"
        assert parse(Document("a.tf", text)).problems == []


def test_a_huge_exponent_builds_no_huge_integer() -> None:
    value, problems = parse_expression(Document("a.tf", "1e999999999"))
    assert not problems
    assert str(value.value) == "1E+999999999"  # type: ignore[union-attr]  # a number is a Literal
