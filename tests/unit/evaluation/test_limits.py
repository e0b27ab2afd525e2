"""Hostile configurations end in a value that says so, in bounded time and memory, and without a crash."""

from __future__ import annotations

import pytest

from evaluation_helpers import load, value
from podroom.evaluation import keys, limits
from podroom.values import Known, Unknown


@pytest.fixture(autouse=True)
def _less_to_spend(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let whatever has no end meet its limit early; that of one name stays a fifth of the whole."""
    for name in ("MAX_STEPS", "MAX_STEPS_FOR_ONE_NAME", "MAX_INSTANCES"):
        monkeypatch.setattr(limits, name, getattr(limits, name) // 10)
    monkeypatch.setattr(keys, "MOST_COMPARISONS", keys.MOST_COMPARISONS // 20)


LONG = 1500
"""More names than Python has frames, by default, even if each took one."""


def chain(length: int, first: str, further: str) -> str:
    lines = [f"  l0 = {first}"]
    lines += [
        f"  l{at} = {further.replace('PREVIOUS', f'local.l{at - 1}').replace('AT', str(at))}"
        for at in range(1, length + 1)
    ]
    return "locals {\n" + "\n".join(lines) + "\n}\n"


@pytest.mark.parametrize(
    ("first", "further", "expected"),
    [
        ('"end"', "PREVIOUS", "end"),
        ('"end"', "((upper(lower(PREVIOUS))))", "END"),
        ('{ b = "end" }', "{ b = try(PREVIOUS.b, PREVIOUS) }", "end"),
    ],
)
def test_a_chain_of_references_may_be_of_any_length(first: str, further: str, expected: str) -> None:
    last = f"local.l{LONG}.b" if "{" in first else f"local.l{LONG}"
    known = value(last, chain(LONG, first, further)).string()
    assert isinstance(known, Known)
    assert known.value == expected


def test_a_chain_through_resources_modules_and_variables_may_be_of_any_length() -> None:
    main = "".join(f'resource "x" "r{at}" {{\n  v = x.r{at + 1}.v\n}}\n' for at in range(400))
    main += 'resource "x" "r400" {\n  v = module.m.out\n}\nmodule "m" {\n  source = "./m"\n  in = "end"\n}\n'
    root = load(
        main,
        m__main_dot_tf='variable "in" {}\noutput "out" {\n  value = local.l400\n}\n' + chain(400, "var.in", "PREVIOUS"),
    )
    first = next(root.resources("x")).body.attribute("v")
    assert first is not None
    assert first.string().need() == "end"


def test_a_cycle_is_unknown_and_a_problem_whatever_its_length() -> None:
    for length in (1, 2, 300):
        names = [f"l{at}" for at in range(length)]
        pairs = zip(names, [*names[1:], names[0]], strict=True)
        root = load(
            'resource "x" "x" {\n  v = local.l0\n}\nlocals {\n'
            + "".join(f"  {name} = local.{following}\n" for name, following in pairs)
            + "}\n"
        )
        found = next(root.resources("x")).body.attribute("v")
        assert found is not None
        assert "depends on itself" in getattr(found.string(), "reason", "")
        assert [problem for problem in root.problems if "depends on itself" in problem.message]


UNKNOWN = 'resource "y" "y" {}\n'

HOSTILE = {
    "doubling text": ("local.l60", chain(60, '"xxxxxxxxxx"', '"${PREVIOUS}${PREVIOUS}"')),
    "doubling text with holes": ("local.l60", UNKNOWN + chain(60, '"a${y.y.id}"', '"${PREVIOUS}${PREVIOUS}"')),
    "doubling lists": ("jsonencode(local.l60)", chain(60, "[1]", "[PREVIOUS, PREVIOUS]")),
    "doubling maps": (
        "length(local.l40)",
        chain(40, "{ a = 1 }", 'merge(PREVIOUS, { for k, v in PREVIOUS : "${k}xAT" => v })'),
    ),
    "deep values": ("jsonencode(local.l900)", chain(900, "[1]", "[PREVIOUS]")),
    "escapes of escapes": ("local.l900", UNKNOWN + chain(900, "[y.y.id]", "jsonencode({ a = PREVIOUS })")),
    "encodings of encodings": ("local.l900", UNKNOWN + chain(900, "y.y.id", "base64encode(PREVIOUS)")),
    "squares": ("local.l40", chain(40, "1e100", "PREVIOUS * PREVIOUS")),
    "powers": ("pow(10, 1e6)", ""),
    "a large literal": ("1e999999", ""),
    "loops in loops": ("length([for a in range(1024) : [for b in range(1024) : [for c in range(1024) : 1]]])", ""),
    "template loops": (
        '"%{ for a in range(999) }%{ for b in range(999) }%{ for c in range(999) }x%{ endfor }%{ endfor }%{ endfor }"',
        "",
    ),
    "products": ("length(setproduct(range(1000), range(1000), range(1000)))", ""),
    "wide formats": ('format("%999999d", 1)', ""),
    "nested repetitions": (f'regex("(a+)+$", "{"a" * 40}b")', ""),
    "repeated alternatives": (f'regex("(a|aa)+$", "{"a" * 60}b")', ""),
    "many repetitions": (f'regex("a*a*a*a*a*a*b", "{"a" * 3000}")', ""),
    "many options": (f'regex("{"a?" * 40}{"a" * 40}", "{"a" * 40}")', ""),
    "counted options": ('regex("(x?){50}x{50}", "xxxxxxxx")', ""),
    "growing replacements": (f'replace(replace("{"a" * 3000}", "a", "{"b" * 3000}"), "b", "{"c" * 3000}")', ""),
    "aliases of aliases": (
        'yamldecode("'
        + "\\n".join(
            [
                "a: &a [1]",
                *(f"{b}: &{b} [{','.join([f'*{a}'] * 9)}]" for a, b in zip("abcdefgh", "bcdefghi", strict=True)),
            ]
        )
        + '")',
        "",
    ),
    "deep YAML": (f'yamldecode("{"[" * 100_000}")', ""),
    "deep JSON": (f'jsondecode("{"[" * 100_000}")', ""),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_what_would_take_too_much_is_unknown_and_a_problem(name: str) -> None:
    expression, more = HOSTILE[name]
    root = load(f'resource "x" "x" {{\n  v = {expression}\n}}\n{more}')
    found = next(root.resources("x")).body.attribute("v")
    assert found is not None
    assert isinstance(found.string(), Unknown)
    assert len(found.traced().text) <= 4_000_000
    assert root.problems


def test_try_does_not_hide_a_limit_of_podrooms_own() -> None:
    assert isinstance(value('try(tostring(pow(10, 1e6)), "fallback")').string(), Unknown)


def test_a_count_beyond_all_measure_is_one_instance_that_may_not_exist() -> None:
    root = load('resource "x" "x" {\n  count = 1e9\n  v = 1\n}\n')
    (only,) = root.resources("x")
    assert only.maybe is not None
    assert root.problems


def test_modules_that_call_themselves_or_multiply_without_end_stop() -> None:
    itself = load('module "m" {\n  source = "./m"\n}\n', m__main_dot_tf='module "m" {\n  source = "../m"\n}\n')
    assert [module.address for module in itself.walk()] == ["", "module.m"]
    calls = {
        f"d{at}__main_dot_tf": "".join(f'module "m{one}" {{\n  source = "../d{at + 1}"\n}}\n' for one in range(12))
        for at in range(6)
    }
    root = load('module "m" {\n  source = "./d0"\n}\n', None, **calls, d6__main_dot_tf="locals {}\n")
    modules = list(root.walk())
    assert 1000 < len(modules) <= limits.MAX_INSTANCES + 1
    assert any("more than 2,000" in problem.message for module in modules for problem in module.problems)


def test_very_many_keys_that_may_be_the_same_are_not_compared() -> None:
    text = ", ".join(f'"{at}"' for at in range(150))
    more = f'variable "e" {{}}\nlocals {{\n  m = {{ for x in [{text}] : sha1("${{var.e}}${{x}}") => x }}\n}}\n'
    found = value("merge(local.m, { a = 1 }).a", more).string()
    assert isinstance(found, Unknown)
    assert "more keys that are not known" in found.reason
