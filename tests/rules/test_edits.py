"""Fixes that change one literal: which texts they change, and which they leave alone."""

from __future__ import annotations

import pytest

from podroom.capacity.kubelet import KubeletLimit
from podroom.capacity.working import Figure
from podroom.model.world import Mechanism
from podroom.positions import Document, Span, SuppliedDocument
from podroom.rule import Edit
from podroom_rules.edits import other_max_pods, other_number, quoted, set_up_before_compute


def marked(text: str) -> Span:
    """Return the part of a text between `[[` and `]]`, without these."""
    before, rest = text.split("[[")
    part, after = rest.split("]]")
    return Span(Document("main.tf", f"{before}{part}{after}"), len(before), len(before) + len(part))


def supplied(span: Span) -> Span:
    """Return the same place in a text that podroom supplies."""
    like = SuppliedDocument(span.path, span.document.text, place=span, supplier="a module", reference="https://")
    return Span(like, span.start, span.end)


def written(edit: Edit | None) -> str | None:
    """Return the text with an edit, None without one."""
    if edit is None:
        return None
    text = edit.span.document.text
    return f"{text[: edit.span.start]}{edit.text}{text[edit.span.end :]}"


NUMBERS = {
    "x [[--max-pods=58 --v=2]] y": "x --max-pods=29 --v=2 y",
    "x [[--v=2 --max-pods=58]]58": "x --v=2 --max-pods=2958",
    "[[158 58 580 5.58 58.5]]": "158 29 580 5.58 58.5",
    "[[--max-pods=58 --v=58]]": None,
    "[[--max-pods=59]]": None,
    "[[58]]": None,
    "[[ 58 ]]": None,
    "[[--max-pods=58 $PODS]]": None,
    "[[--max-pods=58 %{ if x }]]": None,
    "[[--max-pods=58 `pods`]]": None,
    "[[--max-pods=58 \\\\]]": None,
}


@pytest.mark.parametrize("text", NUMBERS)
def test_another_number_is_written_where_a_text_holds_the_old_one_once(text: str) -> None:
    span = marked(text)
    assert written(other_number(span, 58, 29)) == NUMBERS[text]
    assert other_number(supplied(span), 58, 29) is None


def limit(mechanism: Mechanism | None, span: Span | None) -> KubeletLimit:
    """Return 58 pods as some limit says them."""
    return KubeletLimit(Figure(58, "58", ()), "user data", span, mechanism)


def test_max_pods_are_changed_where_one_number_of_a_literal_is_all_that_kubelet_may_get() -> None:
    place = marked("[[--max-pods=58]]")
    room = Figure(29, "29", ())
    sole = limit(Mechanism.KUBELET_EXTRA_ARGS, place)
    assert written(other_max_pods((sole,), sole, room)) == "--max-pods=29"
    others = (
        limit(None, place),
        limit(Mechanism.KUBELET_EXTRA_ARGS, None),
        limit(Mechanism.NODEADM_EXPRESSION, place),
    )
    assert [other_max_pods((one,), one, room) for one in others] == [None] * len(others)
    assert other_max_pods((sole, others[0]), sole, room) is None


STRINGS = {
    "{ WARM_IP_TARGET = [[5]] }": '{ WARM_IP_TARGET = "5" }',
    "env:\n  WARM_IP_TARGET: [[5]]\n": 'env:\n  WARM_IP_TARGET: "5"\n',
    '{"WARM_IP_TARGET": [[5]]}': '{"WARM_IP_TARGET": "5"}',
    "  value: [[5]]": '  value: "5"',
    "WARM_IP_TARGET=[[5]]": 'WARM_IP_TARGET="5"',
    "(WARM_IP_TARGET=[[5]])": '(WARM_IP_TARGET="5")',
    "{A = 1,WARM_IP_TARGET=[[5]]}": '{A = 1,WARM_IP_TARGET="5"}',
    "x = \\\n WARM_IP_TARGET = [[5]]": 'x = \\\n WARM_IP_TARGET = "5"',
    "OTHER_WARM_IP_TARGET = [[5]]": None,
    "MINIMUM_IP_TARGET = [[5]]": None,
    "[[5]]": None,
    "WARM_IP_TARGET = 2 + [[5]]": None,
    "WARM_IP_TARGET = [[2 + 3]]": None,
    "WARM_IP_TARGET = [[x]]": None,
    r'"{\"env\": {\"WARM_IP_TARGET\": [[5]]}}"': None,
    r'"\"{WARM_IP_TARGET = [[5]]}"': None,
    '"{WARM_IP_TARGET: [[5]]}"': None,
    '{ "A" = "{ WARM_IP_TARGET = [[5]] }" }': None,
}


@pytest.mark.parametrize("text", STRINGS)
def test_quotes_are_put_around_a_literal_that_is_the_whole_value_of_a_variable(text: str) -> None:
    span = marked(text)
    assert written(quoted(span, "WARM_IP_TARGET", span.text)) == STRINGS[text]
    assert quoted(span, "WARM_IP_TARGET", f"{span.text}.0") is None
    assert quoted(supplied(span), "WARM_IP_TARGET", span.text) is None


CALL = 'module "eks" {\n  version = "%s"\n  addons = {\n    [[vpc-cni]] = {\n%s    }\n  }\n}\n'
OTHER_CALL = 'module "vpc" {\n  version = "1.0"\n}\n'
SHORT = '      name = "x"\n'
LONG = '      resolve_conflicts_on_update = "OVERWRITE"\n'
OF_BLOCK = "      configuration_values_of_it = jsonencode({\n      })\n"
BEFORE_COMPUTE = {
    CALL % ("~> 20.0", SHORT): "      before_compute = true\n",
    CALL % ("~> 20.0", LONG): "      before_compute              = true\n",
    CALL % ("~> 20.0", OF_BLOCK): "      before_compute = true\n",
    CALL % ("20", SHORT): "      before_compute = true\n",
    CALL % ("19.8.0", SHORT): "      before_compute = true\n",
    CALL % ("19.7", SHORT): None,
    CALL % ("19", SHORT): None,
    CALL % ("18.31", SHORT): None,
    CALL % ("main", SHORT): None,
    CALL % ("~> 20.0", "      before_compute = false\n"): None,
    (CALL % ("~> 20.0", SHORT)).replace("= {\n      name", "= { name"): None,
    (CALL % ("~> 20.0", SHORT)).replace('module "eks"', "addons_of_eks ="): None,
    OTHER_CALL + CALL % ("~> 20.0", SHORT) + OTHER_CALL: "      before_compute = true\n",
    OTHER_CALL.replace("1.0", "20.0") + CALL % ("19.7", SHORT): None,
    OTHER_CALL.replace("1.0", "18.0") + CALL % ("~> 20.0", SHORT): "      before_compute = true\n",
    CALL % ("main", SHORT) + OTHER_CALL.replace("1.0", "20.0"): None,
    CALL % ("~> 20.0", SHORT) + 'module "b" {\n  before_compute = 1\n}\n': "      before_compute = true\n",
    'module "a" {\n  before_compute = 1\n}\n' + CALL % ("~> 20.0", SHORT): "      before_compute = true\n",
}


@pytest.mark.parametrize("text", BEFORE_COMPUTE)
def test_an_add_on_is_set_up_before_compute_where_its_module_is_known_to_understand_that(text: str) -> None:
    span = marked(text)
    line = BEFORE_COMPUTE[text]
    before, _, after = text.partition("]] = {\n")
    expected = None if line is None else f"{before}]] = {{\n{line}{after}".replace("[[", "").replace("]]", "")
    assert written(set_up_before_compute(span)) == expected
    assert set_up_before_compute(supplied(span)) is None
    assert set_up_before_compute(None) is None
