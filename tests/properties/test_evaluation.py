"""Properties of evaluation: knowing less never contradicts knowing more, and functions undo each other."""

from __future__ import annotations

import ipaddress
import json
import posixpath
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evaluation_helpers import load
from podroom.evaluation.encoded import decode_json, json_text
from podroom.evaluation.functions import registry
from podroom.evaluation.functions.pattern_language import compile_pattern
from podroom.evaluation.operations import without_failures
from podroom.evaluation.project import Inputs, Module, Options
from podroom.evaluation.terms import (
    Choice,
    Encoded,
    LazyObject,
    ListTerm,
    MapTerm,
    Null,
    ObjectTerm,
    PartialStr,
    SetTerm,
    Sym,
    Term,
    TupleTerm,
)

pytestmark = pytest.mark.once("many drawn values; the expressions of tests/oracle are the same for every Python")

TEXTS = ['"a"', '"b"', "var.x", 'var.m["k"]', '"p-${var.x}"', "var.l[0]", "upper(var.x)", 'var.x == "a" ? "c" : "d"']
LISTS = [
    "var.l",
    '["a", var.x]',
    "concat(var.l, [var.x])",
    'concat(["a"], var.l)',
    "reverse(var.l)",
    "sort(concat(var.l, [var.x]))",
    'compact([var.x, "", "b"])',
    "slice(var.l, 0, 1)",
    "tolist(toset(var.l))",
    "keys(var.m)",
    "values(var.m)",
    '[for v in var.l : v if v != "a"]',
    '[for v in ["a", "b", "c"] : v if v != var.x]',
    '[for i, v in concat(var.l, [var.x]) : format("%s-%d", v, i)]',
    'split("-", "p-${var.x}-q")',
    "flatten([[var.x], var.l])",
    'coalescelist(var.l, ["z"])',
    'var.x == "a" ? var.l : ["z"]',
]


def expressions() -> st.SearchStrategy[str]:
    lists = st.sampled_from(LISTS)
    texts = st.sampled_from(TEXTS)
    positions = st.integers(0, 2)
    return st.one_of(
        lists,
        st.builds("{}[{}]".format, lists.map("({})".format), positions),
        st.builds("element({}, {})".format, lists, positions),
        st.builds("length({})".format, lists),
        st.builds('join("+", {})'.format, lists),
        st.builds("contains({}, {})".format, lists, texts),
        st.builds("jsonencode({})".format, lists),
        st.builds("jsondecode(jsonencode({}))".format, lists),
        st.builds("merge(var.m, {{ k = {} }})".format, texts),
        st.builds("merge({{ k = {} }}, var.m)".format, texts),
        st.builds("lookup(var.m, {}, {})".format, texts, texts),
        st.builds("try({}[{}], {})".format, lists.map("({})".format), positions, texts),
        st.builds("can({}[{}])".format, lists.map("({})".format), positions),
        st.builds("{} == {}".format, texts, texts),
        st.builds("{} == {}".format, lists, lists),
        st.builds('"${{{}}}/${{{}}}"'.format, texts, texts),
        st.builds("startswith({}, {})".format, texts, texts),
        st.builds('replace({}, "a", {})'.format, texts, texts),
        st.builds("coalesce({}, {})".format, texts, texts),
        st.builds("{{ for i, v in {} : v => i... }}".format, lists),
        st.builds("concat({}, {})[{}]".format, lists, lists, positions),
        st.builds("toset({})".format, lists),
    )


DECLARED = 'variable "x" {\n  type = string\n  nullable = false\n}\n'
DECLARED += 'variable "l" {\n  type = list(string)\n  nullable = false\n}\n'
DECLARED += 'variable "m" {\n  type = map(string)\n  nullable = false\n}\n'
VALUES = {
    "x": ["a", "b", "c-d"],
    "l": ['["a"]', '["b", "c"]', '["c-d", "a", "b"]'],
    "m": ['{ k = "a" }', '{ k = "b", l = "a" }'],
}


@settings(max_examples=300, deadline=None)
@given(
    expressions(),
    st.fixed_dictionaries({name: st.sampled_from(values) for name, values in VALUES.items()}),
    st.sets(st.sampled_from("xlm"), min_size=1),
)
def test_a_value_with_unknowns_admits_every_value_that_it_can_become(
    expression: str, given_values: dict[str, str], hidden: set[str]
) -> None:
    text = f'{DECLARED}resource "x" "x" {{\n  v = {expression}\n}}\n'
    whole = load(text, Options(Inputs(given_values)))
    part = load(text, Options(Inputs({name: value for name, value in given_values.items() if name not in hidden})))
    known, less = _term(whole), _term(part)
    if whole.problems or part.problems:
        return  # a configuration that Terraform rejects may become anything
    assert _admits(less, known), expression


def _term(root: Module) -> Term:
    (resource,) = root.resources("x")
    found = resource.body.written("v")
    assert found is not None
    return without_failures(found.term)


def _admits(less: Term, known: Term) -> bool:
    """Return whether a value with unknowns can become the known one."""
    if isinstance(less, Sym | LazyObject):
        return True
    if isinstance(less, Choice):
        return any(_admits(option, known) for option in less.options)
    if isinstance(less, PartialStr):
        pattern = "".join(re.escape(part) if isinstance(part, str) else ".*" for part in less.parts)
        return isinstance(known, str) and re.fullmatch(pattern, known, re.DOTALL) is not None
    if isinstance(less, Encoded):
        return isinstance(known, str) and _admits(less.value, decode_json(known))
    if isinstance(less, TupleTerm | ListTerm | SetTerm):
        return isinstance(known, TupleTerm | ListTerm | SetTerm) and _admits_members(less, known)
    if isinstance(less, MapTerm | ObjectTerm):
        if not isinstance(known, MapTerm | ObjectTerm):
            return False
        entries = known.entries
        plain = {key: value for key, value in less.entries.items() if not hasattr(key, "symbol")}
        whole = bool(less.rest) or len(plain) < len(less.entries) or plain.keys() == entries.keys()
        return whole and all(key in entries and _admits(value, entries[key]) for key, value in plain.items())
    if isinstance(less, Null):
        return isinstance(known, Null)
    return type(less) is type(known) and less == known


def _admits_members(less: TupleTerm | ListTerm | SetTerm, known: TupleTerm | ListTerm | SetTerm) -> bool:
    if isinstance(less, SetTerm) or less.rest or less.fixed < len(less.items):
        first = less.fixed if not isinstance(less, SetTerm) else 0
        ordered = all(_admits(one, other) for one, other in zip(less.items[:first], known.items, strict=False))
        return ordered and all(any(_admits(item, one) for one in known.items) for item in less.items)
    return len(less.items) == len(known.items) and all(map(_admits, less.items, known.items))


def _call(name: str, *arguments: Term) -> Term:
    found = registry.find(name)
    assert found is not None
    return found.call(list(arguments))


@settings(deadline=None)
@given(
    st.recursive(
        st.none() | st.booleans() | st.integers(-(10**30), 10**30) | st.text(),
        lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
        max_leaves=12,
    )
)
def test_json_and_yaml_are_decoded_to_what_was_encoded(data: object) -> None:
    term = decode_json(json.dumps(data))
    text = json_text(term)
    assert isinstance(text, str)
    assert json.loads(text) == data
    assert json_text(_call("jsondecode", text)) == text


@settings(deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(1, 28), st.lists(st.integers(1, 4), min_size=1, max_size=6))
def test_subnets_of_a_block_lie_in_it_and_apart(address: int, prefix: int, newbits: list[int]) -> None:
    block = ipaddress.ip_network((address, prefix), strict=False)
    number = address % (2 ** newbits[0])
    one = _call("cidrsubnet", str(block), newbits[0], number)
    assert ipaddress.ip_network(one) == list(block.subnets(newbits[0]))[number]
    assert _call("cidrhost", str(block), address % block.num_addresses) == str(block[address % block.num_addresses])
    assert _call("cidrnetmask", str(block)) == str(block.netmask)
    if sum(2.0**-bits for bits in sorted(newbits)) <= 1 and newbits == sorted(newbits):
        found = _call("cidrsubnets", str(block), *newbits)
        assert isinstance(found, ListTerm)
        parts = [ipaddress.ip_network(item) for item in found.items]
        assert all(part.subnet_of(block) for part in parts)
        assert not any(a.overlaps(b) for at, a in enumerate(parts) for b in parts[:at])


@settings(deadline=None)
@given(st.text(alphabet="ab/.", max_size=12))
def test_paths_are_cut_as_go_cuts_them(path: str) -> None:
    root = load(f'resource "x" "x" {{\n  v = [basename("{path}"), dirname("{path}")]\n}}\n')
    found = _term(root)
    assert isinstance(found, TupleTerm)
    base = posixpath.basename(path.rstrip("/")) or ("/" if path else ".")
    folder = posixpath.normpath(posixpath.dirname(path) or ".")
    assert found.items == (base, folder.replace("//", "/") if folder.startswith("//") else folder)


@pytest.mark.parametrize(
    "pattern",
    ["^ami-[0-9a-f]+$", "max-pods[= ]([0-9]+)", "(?i)BOTTLEROCKET", "[[:alpha:]]+-[^[:space:]]*", r"\d{4}-\d\d"],
)
@settings(deadline=None)
@given(text=st.text(alphabet="ami-0123f max-pods=\nbottleROCKET", max_size=40))
def test_translated_patterns_match_what_they_say(pattern: str, text: str) -> None:
    plain = {"^ami-[0-9a-f]+$": r"^ami-[0-9a-f]+\Z", "[[:alpha:]]+-[^[:space:]]*": r"[A-Za-z]+-[^\t\n\v\f\r ]*"}.get(
        pattern, pattern
    )
    assert compile_pattern(pattern, text).findall(text) == re.compile(plain, re.ASCII).findall(text)
