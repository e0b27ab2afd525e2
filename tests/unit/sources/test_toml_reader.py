"""The reader of TOML: places, holes and what is invalid."""

from __future__ import annotations

import pytest

from podroom.positions import Document, Span
from podroom.sources.toml import MAXIMUM_DEPTH, Settings, has_deep_key, read_toml
from podroom.traced_text import HOLE, Piece, TracedText
from podroom.values import Unknown


def read(text: str) -> Settings:
    document = Document("settings.toml", text)
    pieces = []
    for at, character in enumerate(text):
        span = Span(document, at, at + 1)
        hole = Unknown("var.x has no value", span) if character == HOLE else None
        pieces.append(Piece(character, span, hole is None, hole))
    return read_toml(TracedText(pieces))


@pytest.mark.parametrize(
    ("text", "path", "value", "written"),
    [
        ("[a.b]\nc = 5 # six\n", "a.b.c", 5, "c = 5"),
        ('a."b-c" . d = "x # y" # z', "a.b-c.d", "x # y", 'a."b-c" . d = "x # y"'),
        ("[a]\nb = { c = [1, 2], 'd' = {e = 5} }", "a.b.d.e", 5, "e = 5"),
        ("[[a]]\nb = [ # c\n  1, # ]\n  2,\n]\n", "a.b", [1, 2], "b = [ # c\n  1, # ]\n  2,\n]"),
        ("a = '''\n[b]\nc = 1'''\n", "a", "[b]\nc = 1", "a = '''\n[b]\nc = 1'''"),
        ('a = """x""\\" y"""\r\nb = 1\r\n', "a", 'x""" y', 'a = """x""\\" y"""'),
        ("a = 1\r\nb = 2\r\n", "b", 2, "b = 2"),
        ("[a]\nb = 1979-05-27\n", "a.b", None, "b = 1979-05-27"),
    ],
)
def test_settings_have_path_value_and_place(text: str, path: str, value: object, written: str) -> None:
    settings = read(text)
    assert settings.problem is None
    (setting,) = [setting for setting in settings.settings if ".".join(setting.path) == path]
    assert value is None or setting.decoded() == value
    assert setting.span.text == written


def test_holes_may_be_values_keys_parts_of_text_and_lines() -> None:
    text = f'[s]\na = {HOLE}\nb = [{HOLE}, 2]\nc = "x{HOLE}"\n{HOLE} = 3\n  {HOLE}{HOLE}\n[t.{HOLE}]\nd = 4\n'
    settings = read(text)
    assert settings.problem is None
    assert [(setting.path, setting.decoded()) for setting in settings.settings] == [
        (("s", "a"), None),
        (("s", "b"), None),
        (("s", "c"), f"x{HOLE}"),
        (("s", HOLE), 3),
        (("t", HOLE, "d"), 4),
    ]
    assert [(line.path, text[line.start : line.end]) for line in settings.unknown_lines] == [(("s",), f"{HOLE}{HOLE}")]


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("[a]\nb = 1\nb = 2\n", (3, 5)),
        ("[a]\nb = \n", (2, 1)),
        ("a = 1\r\n[a\r\n", (2, 3)),
        ("a = 1\nb = 1 2\n", (2, 7)),
        ("= 5\n", (1, 1)),
        ("a = " + "[" * 5000, (1, 1)),
    ],
)
def test_invalid_toml_is_said_with_its_place(text: str, place: tuple[int, int]) -> None:
    problem = read(text).problem
    assert problem is not None
    assert tuple(problem.span.first) == place
    assert "\n" not in problem.message


@pytest.mark.parametrize("part", ["a", '"a.b#"', "'a'", " a\t"])
@pytest.mark.parametrize("whole", ["{} = 1", "[x]\n[[{}]]", "x = {{ {} = 1 }}"])
def test_parts_of_a_key_are_counted_as_far_as_they_are_followed(whole: str, part: str) -> None:
    assert not has_deep_key(whole.format(".".join([part] * MAXIMUM_DEPTH)))
    assert has_deep_key(whole.format(".".join([part] * (MAXIMUM_DEPTH + 1))))


@pytest.mark.parametrize("whole", ["# {}", "a = 1 # {}", 'a = "{}"', "a = '{}'", 'a = """\n# {}\n"""', "a = '''{}'''"])
def test_dots_in_comments_and_texts_are_no_parts_of_a_key(whole: str) -> None:
    assert not has_deep_key(whole.format(".".join("a" * 1_000)))
