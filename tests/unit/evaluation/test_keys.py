"""Maps whose keys are not known before deployment."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evaluation_helpers import field, load, plain, value
from podroom.evaluation.terms import ObjectTerm, Sym, symbols
from podroom.traced_text import HOLE

DECLARED = """
variable "env" { type = string }
variable "other" { type = string }
variable "open" {}
resource "aws_subnet" "a" {}
resource "aws_subnet" "b" {}
"""


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ('{ "${var.env}-a" = 1, b = 2 }', {"${var.env}-a": 1, "b": 2}),
        ('{ (var.env) = 1, "${var.env}-a" = 2 }', {"${var.env}": 1, "${var.env}-a": 2}),
        ("{ (var.env) = 1, (var.env) = 2 }", {"${var.env}": 2}),
        ('{ "a-${var.env}-x" = 1, "a-${var.env}-y" = 2 }', {"a-${var.env}-x": 1, "a-${var.env}-y": 2}),
        ('{ "${var.env}-a-${var.other}" = 1, "${var.env}-b-${var.other}" = 2 }',
         {"${var.env}-a-${var.other}": 1, "${var.env}-b-${var.other}": 2}),
        ('{ for name in ["a", "b"] : "${var.env}-${name}" => name }', {"${var.env}-a": "a", "${var.env}-b": "b"}),
        ('{ for name in ["a", "b"] : sha1("${var.env}-${name}") => name }',
         {"${from var.env}": "a", "${from var.env} (2)": "b"}),
        ("{ (aws_subnet.a.id) = 1, (aws_subnet.b.id) = 2 }", {"aws_subnet.a.id": 1, "aws_subnet.b.id": 2}),
        ('merge({ base = 1 }, { "${var.env}-spot" = 2 })', {"base": 1, "${var.env}-spot": 2}),
        ('zipmap(["${var.env}-a", "b"], [1, 2])', {"${var.env}-a": 1, "b": 2}),
        ('{ for key, one in { "${var.env}-a" = 1 } : key => one + 1 }', {"${var.env}-a": 2}),
        ('true ? { "${var.env}-a" = 1 } : {}', {"${var.env}-a": 1}),
        ('{ "${var.env}-a" = 1, b = 2 }["${var.env}-a"]', 1),
        ('{ "${var.env}-a" = 1, b = 2 }["b"]', 2),
        ('lookup({ "${var.env}-a" = 1 }, "b", 3)', 3),
        ('try({ "${var.env}-a" = 1 }["b"], 3)', 3),
        ('length({ "${var.env}-a" = 1, b = 2 })', 2),
        ('values({ "${var.env}-b" = 2, "${var.env}-a" = 1 })[1]', 2),
    ],
)  # fmt: skip
def test_an_entry_is_kept_under_a_key_that_is_not_known(expression: str, expected: object) -> None:
    assert plain(value(expression, DECLARED).term) == expected


@pytest.mark.parametrize(
    ("expression", "sure"),
    [
        ("{ (var.env) = 1, b = 2 }", {"b": 2}),
        ("{ b = 2, (var.env) = 1 }", {"${var.env}": 1}),
        ('{ "${var.env}-a" = 1, x-a = 2 }', {"x-a": 2}),
        ('merge({ (var.env) = 1 }, { (var.other) = 2 }, { "${var.env}-a" = 3 })', {"${var.env}-a": 3}),
        ("merge({ (var.env) = 1 }, { (var.other) = 2 })", {"${var.other}": 2}),
    ],
)  # fmt: skip
def test_what_an_entry_of_the_same_key_may_replace_is_not_known(expression: str, sure: dict[str, object]) -> None:
    term = value(expression, DECLARED).term
    assert isinstance(term, ObjectTerm)
    assert {key: one for key, one in term.entries.items() if not isinstance(one, Sym)} == sure
    unsure = [one for one in term.entries.values() if isinstance(one, Sym)]
    assert unsure
    assert all("another entry has the same key" in one.reason and "var.env" in one.refs for one in unsure)


@pytest.mark.parametrize(
    "expression",
    [
        'try({ (var.env) = 1 }["b"], 3)',
        "try({ (var.env) = 1 }.b, 3)",
        'lookup({ (var.env) = 1 }, "b", 3)',
        "length({ (var.env) = 1, b = 2 })",
        'contains(keys({ (var.env) = 1 }), "b")',
        "values({ (var.env) = 1, b = 2 })[0]",
        "keys({ (var.env) = 1, b = 2 })[1]",
        "{ (var.env) = 1 } == { b = 1 }",
    ],
)  # fmt: skip
def test_what_hangs_on_a_key_that_is_not_known_names_it(expression: str) -> None:
    found = list(symbols(value(expression, DECLARED).term))
    assert found
    assert all("var.env" in symbol.refs for symbol in found)


def test_an_attribute_that_may_be_there_is_not_replaced_by_its_default() -> None:
    root = load(
        'variable "env" {}\n'
        'module "m" {\n  source = "./m"\n  pool = { (var.env) = 5 }\n}\n',
        m__main_dot_tf='variable "pool" {\n  type = object({ size = optional(number, 1) })\n}\n'
        'resource "x" "x" { v = var.pool.size }',
    )  # fmt: skip
    assert "var.env has no value" in field(root).integer().reason  # type: ignore[union-attr]  # it has to be Unknown


def test_instances_of_keys_that_are_not_known_have_addresses_of_their_own_and_are_found_by_them() -> None:
    root = load("""
variable "env" {}
resource "x" "y" {
  for_each = { "${var.env}-a" = 1, "${var.env}-b" = 2 }
  v        = each.value
}
resource "z" "z" {
  v = x.y["${var.env}-b"].v
}
""")
    assert {one.address: one.body.attribute("v").term for one in root.resources("x")} == {  # type: ignore[union-attr]
        'x.y["${var.env}-a"]': 1,
        'x.y["${var.env}-b"]': 2,
    }
    assert field(root, kind="z").term == 2


@pytest.mark.parametrize("given", ["merge(var.more, { a = 1 })", "merge({ a = 1 }, var.more)"])
def test_instances_that_only_an_unknown_map_has_are_one_that_may_exist(given: str) -> None:
    root = load(f'variable "more" {{}}\nresource "x" "y" {{\n  for_each = {given}\n}}\n')
    found = {one.address: one.maybe for one in root.resources("x")}
    assert found['x.y["a"]'] is None
    assert found["x.y[each.key]"] is not None
    assert "var.more has no value" in found["x.y[each.key]"].reason


def test_a_value_is_traced_to_the_entry_whose_key_is_not_known() -> None:
    root = load("""
variable "env" {}
locals {
  sizes = merge({ base = 1 }, { "${var.env}-a" = 7 })
  pools = { for key, size in local.sizes : "${key}-pool" => { size = size } }
}
resource "x" "x" {
  for_each = local.pools
  v        = each.value.size
}
""")
    found = next(one for one in root.resources("x") if "var.env" in one.address).body.attribute("v")
    assert found is not None
    assert found.origin.text == "7"


def test_a_key_that_is_not_known_is_a_hole_in_json() -> None:
    assert value('jsonencode({ "${var.env}-a" = 1 })', DECLARED).traced().text == f'{{"{HOLE}-a":1}}'
    assert plain(value('jsondecode(jsonencode({ "${var.env}-a" = 1 }))', DECLARED).term) == {"${var.env}-a": 1}


PARTS = st.lists(st.sampled_from(["${var.env}", "${var.other}", "a", "b", "-"]), min_size=1, max_size=3).map("".join)
ENTRIES = st.lists(PARTS, min_size=1, max_size=4)


def written(keys: list[str], start: int) -> str:
    return "{ " + ", ".join(f'"{key}" = {start + at}' for at, key in enumerate(keys)) + " }"


def filled(key: str, env: str, other: str) -> str:
    return key.replace("${var.env}", env).replace("${var.other}", other)


@pytest.mark.once("a property, with many examples")
@given(first=ENTRIES, second=ENTRIES, env=st.sampled_from(["", "a", "ab", "-"]), other=st.sampled_from(["b", "a"]))
@settings(max_examples=150, deadline=None)
def test_what_is_sure_of_a_map_with_unknown_keys_holds_whatever_they_are(
    first: list[str], second: list[str], env: str, other: str
) -> None:
    expression = f"merge({written(first, 0)}, {written(second, 10)})"
    declared = 'variable "env" { type = string }\nvariable "other" { type = string }\n'
    defaults = f'variable "env" {{ default = "{env}" }}\nvariable "other" {{ default = "{other}" }}\n'
    known = plain(value(expression, defaults).term)
    term = value(expression, declared).term
    assert isinstance(known, dict)
    assert isinstance(term, ObjectTerm)
    assert {filled(key, env, other) for key in term.entries} == set(known)
    sure = {key: one for key, one in term.entries.items() if not isinstance(one, Sym)}
    assert {filled(key, env, other): one for key, one in sure.items()}.items() <= known.items()


@pytest.mark.parametrize(
    ("key", "missing"),
    [
        ("data.s.s.availability_zone", None),
        ("s.s.availability_zone_id", None),
        ("x.other.zone", None),
        ("s.s.id", 'there is no element with the key "eu-west-1a"'),
        ("s.s.vpc_id", 'there is no element with the key "eu-west-1a"'),
        ('"${s.s.arn}-x"', 'there is no element with the key "eu-west-1a"'),
    ],
)
def test_nobody_writes_the_id_of_a_resource_but_its_zone_may_be_the_key_that_is_asked_for(
    key: str, missing: str | None
) -> None:
    more = 'resource "s" "s" {}\ndata "s" "s" {}\nresource "x" "other" {}'
    root = load(f'resource "x" "x" {{\n  v = {{ ({key}) = 1 }}["eu-west-1a"]\n}}\n{more}')
    assert isinstance(field(root).term, Sym)
    assert [problem.message for problem in root.problems] == ([] if missing is None else [missing])
