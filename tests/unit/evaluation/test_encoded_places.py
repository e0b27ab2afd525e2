"""What `yamlencode` and `jsonencode` encode reads as ever, and each leaf stands where it is written."""

from __future__ import annotations

import json

import pytest
from yaml import safe_load

from evaluation_helpers import value
from podroom.values import Known

MORE = """
variable "number" {
  default = 58
}
locals {
  sum  = var.number + 1
  text = "written"
  list = [1, 2]
}
"""
VALUES = {
    "{ a = 110 }": {"110": "110"},
    "{ a = { b = { c = 110, d = true } }, e = 5.5 }": {"110": "110", "true": "true", "5.5": "5.5"},
    '{ a = ["x", "y"], b = [{ c = 1 }] }': {"x": "x", "y": "y", "1": "1"},
    "{ a = var.number }": {"58": "58"},
    "{ a = local.sum }": {"59": "var.number + 1"},
    "{ a = local.text }": {"written": "written"},
    '{ a = "${local.text}!" }': {"written": "written"},
    "{ a = local.list }": {"1": "1", "2": "2"},
    "[for one in local.list : { a = one }]": {},
    'merge({ a = 7 }, { b = "q" })': {"7": "7", "q": "q"},
    r'{ a = "quote \" and \\ and é", b = "", c = null, d = {}, e = [] }': {},
    r'{ a = "two\nlines\n", b = "x" }': {"x": "x"},
}


@pytest.mark.parametrize("function", ["yamlencode", "jsonencode"])
@pytest.mark.parametrize("written", VALUES)
def test_an_encoded_value_is_the_same_with_places(function: str, written: str) -> None:
    field = value(f"{function}({written})", MORE)
    plain = field.string()
    assert isinstance(plain, Known)
    traced = field.traced()
    read = safe_load if function == "yamlencode" else json.loads
    assert read(traced.text) == read(plain.value)


@pytest.mark.parametrize("function", ["yamlencode", "jsonencode"])
@pytest.mark.parametrize("written", [written for written, places in VALUES.items() if places])
def test_each_leaf_stands_where_it_is_written(function: str, written: str) -> None:
    traced = value(f"{function}({written})", MORE).traced()
    places = {piece.text: piece.span.text for piece in traced.pieces if piece.text in VALUES[written]}
    assert places == VALUES[written]


def test_the_key_before_a_leaf_is_at_the_leaf() -> None:
    traced = value("yamlencode({ spec = { kubelet = {\n  maxPods = 110\n} } })").traced()
    at = traced.text.index('"maxPods": 110')
    assert traced.span(at, at + len('"maxPods": 110')).first.line == 3
