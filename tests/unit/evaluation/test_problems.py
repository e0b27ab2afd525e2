"""What is told of a configuration that cannot be followed: refused by Terraform, or only not known to podroom."""

from __future__ import annotations

import pytest

from evaluation_helpers import field, load, plain, value
from podroom.evaluation.reading import Field
from podroom.values import Unknown

DECLARED = """
variable "v" { default = 1 }
resource "aws_subnet" "a" { cidr_block = "10.0.0.0/24" }
ephemeral "random_password" "p" { length = 8 }
module "m" { source = "acme/m/aws" }
"""


def problems(field: Field) -> list[tuple[str, bool]]:
    resolver = field.place.scope.resolver
    return [(one.message, one.serious) for one in resolver.problems]  # type: ignore[attr-defined]  # it is a Module


@pytest.mark.parametrize(
    ("expression", "serious"),
    [
        ("var.nope", True),
        ("try(local.nope, 1)", True),
        ("aws_subnet.nope.id", True),
        ("data.aws_subnet.nope.id", True),
        ("resource.aws_subnet.nope.id", True),
        ("ephemeral.random_password.nope.result", True),
        ("module.nope.x", True),
        ("terraform.nope", True),
        ('templatefile("t.tpl", {})', True),
        ('file("nope.txt")', False),
        ('regex("(a+)+b", "aaaaaaa")', False),
    ],
)
def test_what_terraform_refuses_is_told_from_what_podroom_cannot_follow(expression: str, serious: bool) -> None:
    found = value(expression, DECLARED, t_dot_tpl="${nope}")
    assert [one for _, one in problems(found)] == [serious]


@pytest.mark.parametrize(
    "expression",
    [
        "resource.aws_subnet.a.cidr_block",
        "ephemeral.random_password.p.result",
        "terraform.applying",
        "module.m.anything",
        "var.v",
    ],
)
def test_names_that_terraform_knows_are_declared(expression: str) -> None:
    assert problems(value(expression, DECLARED)) == []


def test_a_resource_may_be_called_one() -> None:
    assert plain(value("resource.aws_subnet.a.cidr_block", DECLARED).term) == "10.0.0.0/24"
    assert value("resource.aws_subnet.a.id", DECLARED).link().address == "aws_subnet.a"


def test_what_podroom_cannot_follow_is_unknown_for_the_same_reason_as_it_is_told() -> None:
    found = value('file("nope.txt")', DECLARED)
    unknown = found.string()
    assert isinstance(unknown, Unknown)
    assert [unknown.reason] == [message for message, _ in problems(found)]


@pytest.mark.parametrize(
    "override",
    ['resource "x" "y" {\n  v = 1\n}\n', "locals {\n  b = 1\n}\n", 'variable "b" {\n  default = 1\n}\n'],
)
def test_what_is_overridden_has_to_be_declared(override: str) -> None:
    root = load('resource "x" "x" {\n  v = 1\n}\n', a_override_dot_tf=override)
    assert [problem.serious for problem in root.problems] == [True]
    assert "no other file declares it" in root.problems[0].message
    assert [one.address for one in root.resources("x")] == ["x.x"]


@pytest.mark.parametrize(
    ("version", "refused"),
    [
        ("banana", True),
        ("20.x", True),
        ("~> 20.0, >", True),
        ("~> 20.0", False),
        (">= 20.8, != 20.9.1, < 21", False),
        ("v1.2.3-beta.1", False),
    ],
)
def test_a_version_has_to_be_a_constraint(version: str, refused: bool) -> None:
    root = load(f'module "m" {{\n  source  = "acme/m/aws"\n  version = "{version}"\n}}\n')
    list(root.modules())
    assert [problem.message for problem in root.problems] == (
        [f'the version "{version}" of module.m is no version constraint'] if refused else []
    )


@pytest.mark.parametrize("source", ["local.source", '"${path.module}/pool"', '"./${var.name}"'])
def test_a_source_may_be_computed_from_what_is_known_beforehand(source: str) -> None:
    root = load(
        f'variable "name" {{\n  default = "pool"\n}}\nlocals {{\n  source = "./pool"\n}}\n'
        f'module "m" {{\n  source = {source}\n}}\n',
        pool__main_dot_tf='resource "x" "x" {\n  v = 1\n}\n',
    )
    assert field(root).term == 1


def test_a_source_that_hangs_on_its_own_module_ends() -> None:
    root = load('module "m" {\n  source = module.m.source\n}\n')
    assert list(root.modules()) == []


POOLS = """
variable "pools" {
  type = map(object({ types = list(string), most = number, more = optional(any) }))
}
resource "x" "x" {
  for_each = var.pools
  v        = each.value.most
}
"""


def test_an_element_that_does_not_fit_its_type_spoils_no_other() -> None:
    root = load(
        POOLS, terraform_dot_tfvars="pools = {\n  a = { types = [], most = 1 }\n  b = { types = [[]], most = 2 }\n}\n"
    )
    assert {one.key: one.body.attribute("v").integer() for one in root.resources("x")}["a"].need() == 1  # type: ignore[union-attr]
    (problem,) = root.problems
    assert problem.serious
    assert problem.message == (
        'var.pools does not fit its type: element "b": attribute "types": element 0: string required, not tuple'
    )
    assert problem.span is not None
    assert (problem.span.path, problem.span.first.line) == ("r/terraform.tfvars", 3)
    unknown = field(root, at=1).integer()
    assert isinstance(unknown, Unknown)
    assert unknown.reason == problem.message


def test_elements_that_do_not_fit_together_are_told_and_kept() -> None:
    given = "pools = {\n  a = { types = [], most = 1, more = [1] }\n  b = { types = [], most = 2, more = {} }\n}\n"
    root = load(POOLS, terraform_dot_tfvars=given)
    assert [field(root, at=at).integer().need() for at in (0, 1)] == [1, 2]
    assert [problem.message for problem in root.problems] == [
        "var.pools does not fit its type: the members have no common type"
    ]
