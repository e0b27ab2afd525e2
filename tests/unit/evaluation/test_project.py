"""What the rest of the program reads of a configuration: instances, fields, links, traces, and their places."""

from __future__ import annotations

import pytest

from evaluation_helpers import field, load, value
from podroom.evaluation.project import Assignment, Inputs, Module, ModuleCall, Options, ResourceInstance, SuppliedModule
from podroom.positions import Document
from podroom.sources.hcl.parser import parse
from podroom.traced_text import HOLE
from podroom.values import Default, Known, OneOf, Unknown


def addresses(root: Module, kind: str = "x") -> list[tuple[str, bool]]:
    found = [resource for module in root.walk() for resource in module.resources(kind)]
    return [(resource.address, resource.maybe is not None) for resource in found]


UNSET = 'variable "u" {}\n'


@pytest.mark.parametrize(
    ("meta", "expected"),
    [
        ("", [("x.x", False)]),
        ("count = 2", [("x.x[0]", False), ("x.x[1]", False)]),
        ("count = 0", []),
        ("count = var.u", [("x.x[0]", True)]),
        ("count = var.u ? 1 : 0", [("x.x[0]", True)]),
        ("count = var.u ? 3 : 1", [("x.x[0]", False), ("x.x[1]", True), ("x.x[2]", True)]),
        ('for_each = toset(["b", "a"])', [('x.x["a"]', False), ('x.x["b"]', False)]),
        ("for_each = { b = 1, a = 2 }", [('x.x["a"]', False), ('x.x["b"]', False)]),
        ("for_each = var.u", [("x.x[each.key]", True)]),
        ("for_each = var.u ? { a = 1 } : { a = 2, b = 3 }", [('x.x["a"]', False), ('x.x["b"]', True)]),
        ('for_each = { for k in ["a", "b"] : k => 1 if var.u == k }', [('x.x["a"]', True), ('x.x["b"]', True)]),
        ('for_each = ["a"]', [("x.x[each.key]", True)]),
        ("for_each = {}", []),
        ('for_each = toset(["a\\"b"])', [('x.x["a\\"b"]', False)]),
    ],
)
def test_count_and_for_each_expand_and_say_what_may_not_exist(meta: str, expected: list[tuple[str, bool]]) -> None:
    assert addresses(load(f'{UNSET}resource "x" "x" {{\n  {meta}\n}}\n')) == expected


def test_modules_expand_with_their_arguments_and_outputs() -> None:
    root = load(
        'module "a" {\n  source = "./m"\n  for_each = { k = "one", l = "two" }\n  in = each.value\n}\n'
        'resource "y" "y" {\n  v = [for k, m in module.a : m.out]\n  w = module.a["l"].id\n}\n',
        m__main_dot_tf='variable "in" {}\nresource "x" "x" {\n  count = 1\n  v = var.in\n}\n'
        'output "out" {\n  value = "${var.in}!"\n}\noutput "id" {\n  value = x.x[0].id\n}\n',
    )
    assert addresses(root) == [('module.a["k"].x.x[0]', False), ('module.a["l"].x.x[0]', False)]
    assert [item.string().need() for item in field(root, "v", "y").items()] == ["one!", "two!"]
    link = field(root, "w", "y").link()
    assert (link.address, link.attribute) == ('module.a["l"].x.x[0]', "id")
    used = field(root, at=1).string()
    assert (used.need(), used.origin.first.line) == ("two", 3)  # type: ignore[union-attr]  # a Span: it was written


VARIABLE = 'variable "v" {\n  type = TYPE\n  default = DEFAULT\n}\nresource "x" "x" {\n  v = var.v\n}\n'


@pytest.mark.parametrize(
    ("files", "options", "expected"),
    [
        ({}, Options(), "default"),
        ({"terraform_dot_tfvars": 'v = "file"'}, Options(), "file"),
        ({"a_dot_auto_dot_tfvars": 'v = "a"', "b_dot_auto_dot_tfvars": 'v = "b"'}, Options(), "b"),
        ({"terraform_dot_tfvars": 'v = "file"'}, Options(Inputs(given=(Assignment("v", "line", "--var v"),))), "line"),
        (
            {"terraform_dot_tfvars": 'v = "file"'},
            Options(Inputs(given=(parse(Document("prod.tfvars", 'v = "prod"\n')),))),
            "prod",
        ),
    ],
)
def test_a_variable_has_the_strongest_value_and_its_place(
    files: dict[str, str], options: Options, expected: str
) -> None:
    text = VARIABLE.replace("TYPE", "string").replace("DEFAULT", '"default"')
    found = field(load(text, options, **files)).string()
    assert isinstance(found, Known)
    assert found.value == expected
    assert found.origin.text.strip('"') == expected  # type: ignore[union-attr]  # a Span: it was written


def test_a_variable_without_a_value_says_where_it_is_declared_and_what_to_pass() -> None:
    found = field(load('variable "size" {\n  type = string\n}\nresource "x" "x" {\n  v = var.size\n}\n')).string()
    assert isinstance(found, Unknown)
    assert found.reason == "var.size has no value (declared at r/main.tf:1); pass --var or --var-file"
    assert found.refs == ("var.size",)
    assert str(found.origin) == "r/main.tf:1:1"


@pytest.mark.parametrize(
    ("kind", "given", "expected"),
    [
        ("type = any", "[1, 2]", "2"),
        ("type = any", '["a", "b"]', "b"),
        ("", '["a", "b"]', None),
        ("type = string", '["a", "b"]', None),
    ],
)
def test_a_value_on_the_command_line_is_an_expression_unless_no_type_or_a_primitive_one_is_declared(
    kind: str, given: str, expected: str | None
) -> None:
    text = f'variable "v" {{\n  {kind}\n}}\nresource "x" "x" {{\n  v = try(var.v[1], "no list")\n}}\n'
    found = field(load(text, Options(Inputs(given=(Assignment("v", given, "--var v"),))))).string().need()
    assert found == (expected or "no list")


def test_values_on_the_command_line_are_expressions_where_the_type_is_a_collection() -> None:
    text = VARIABLE.replace("TYPE", "list(string)").replace("DEFAULT", "[]")
    items = field(load(text, Options(Inputs(given=(Assignment("v", '["a", "b"]', "--var v"),))))).items()
    assert [item.string().need() for item in items] == ["a", "b"]


MORE = """
variable "u" {}
variable "sizes" {
  type = map(object({ types = optional(list(string), ["m5.large"]), max = optional(number, 3) }))
  default = { a = { max = "7" }, b = {} }
}
locals {
  size    = { dev = "small", prod = "large" }
  names   = ["p", "q"]
  groups  = { one = { types = ["x1"] }, two = { types = ["x2"] } }
  merged  = merge(local.groups, { two = { types = ["x3"] } })
}
data "aws_availability_zones" "z" {}
resource "aws_subnet" "s" {
  count = 2
  name  = "n${count.index}"
}
module "absent" {
  source  = "terraform-aws-modules/vpc/aws"
  version = "~> 5.0"
}
"""


@pytest.mark.parametrize(
    ("expression", "expected", "written"),
    [
        ('"literal"', "literal", '"literal"'),
        ("local.size.prod", "large", '"large"'),
        ("local.names[1]", "q", '"q"'),
        ('lookup(local.size, "dev", "none")', "small", '"small"'),
        ('lookup(local.size, "other", "none")', "none", '"none"'),
        ("try(local.size.other, local.size.dev)", "small", '"small"'),
        ('coalesce("", null, local.names[0])', "p", '"p"'),
        ("local.merged.two.types[0]", "x3", '"x3"'),
        ("local.merged.one.types[0]", "x1", '"x1"'),
        ("element(local.names, 3)", "q", '"q"'),
        ('concat(local.names, ["r"])[1]', "q", '"q"'),
        ("slice(local.names, 1, 2)[0]", "q", '"q"'),
        ('flatten([["a"], local.names])[2]', "q", '"q"'),
        ("[for k, v in local.groups : v.types[0]][1]", "x2", '"x2"'),
        ("{ for n in local.names : n => n }.q", "q", '"q"'),
        ("values(local.groups)[0].types[0]", "x1", '"x1"'),
        ("(local.groups[*].one.types[0])[0]", "x1", '"x1"'),
        ('true ? local.names[0] : "no"', "p", '"p"'),
        ("var.sizes.b.types[0]", "m5.large", '"m5.large"'),
        ("var.sizes.a.max", "7", '"7"'),
        ("var.sizes.b.max", "3", "3"),
        ("upper(local.names[0])", "P", "upper(local.names[0])"),
        ("aws_subnet.s[1].name", "n1", '"n${count.index}"'),
    ],
)
def test_the_origin_is_the_place_that_a_person_would_change(expression: str, expected: str, written: str) -> None:
    found = value(expression, MORE).string()
    assert isinstance(found, Known)
    assert (found.value, found.origin.text) == (expected, written)  # type: ignore[union-attr]  # a Span: it was written


@pytest.mark.parametrize(
    ("expression", "reason", "refs"),
    [
        ("aws_subnet.s[0].id", "aws_subnet.s[0].id is known only after apply", ("aws_subnet.s[0].id",)),
        (
            "data.aws_availability_zones.z.names[0]",
            "data.aws_availability_zones.z.names is looked up by Terraform when it runs",
            ("data.aws_availability_zones.z.names",),
        ),
        (
            "module.absent.private_subnets[0]",
            (
                "module.absent.private_subnets is an output of a module"
                " whose source (terraform-aws-modules/vpc/aws) is not here"
            ),
            ("module.absent.private_subnets",),
        ),
        ('"a-${aws_subnet.s[0].id}"', "aws_subnet.s[0].id is known only after apply", ("aws_subnet.s[0].id",)),
        ("local.size.other", 'the expression at r/main.tf:2:7 has no value: this object has no attribute "other"', ()),
        ("uuid()", "uuid() has a result only during a deployment", ()),
    ],
)
def test_an_unknown_says_why_and_what_it_hangs_on(expression: str, reason: str, refs: tuple[str, ...]) -> None:
    found = value(expression, MORE).string()
    assert isinstance(found, Unknown)
    assert found.reason.replace("2:17", "2:7") == reason
    assert found.refs == refs


@pytest.mark.parametrize(
    ("expression", "candidates"),
    [
        ('var.u ? "a" : "b"', ("a", "b")),
        ('"${var.u ? "a" : "b"}-${var.u ? "c" : "d"}"', ("a-c", "b-d")),
        ("local.size[var.u]", ("small", "large")),
        ('upper(lookup(local.size, var.u, "none"))', ("SMALL", "LARGE", "NONE")),
        ('try((var.u ? [] : ["a"])[0], "b")', ("b", "a")),
        ('{ p-a = "x", p-b = "y", q-c = "z" }["p-${var.u}"]', ("x", "y")),
        ('"${{ a = 1, b = 2 }[var.u]}${{ b = 3, c = 4 }[var.u]}"', ("13", "14", "23", "24")),
    ],
)
def test_what_hangs_on_an_unknown_condition_has_candidates(expression: str, candidates: tuple[str, ...]) -> None:
    found = value(expression, MORE).string()
    assert isinstance(found, OneOf)
    assert set(found.values) == set(candidates)
    assert found.refs == ("var.u",)


def test_the_names_of_zones_are_sorted_as_they_are() -> None:
    names = "data.aws_availability_zones.z.names"
    assert value(f"sort({names})[1] == {names}[1]", MORE).boolean().need()
    assert isinstance(value(f"sort({names})[1] == {names}[0]", MORE).boolean(), Unknown)
    assert isinstance(value("sort(data.aws_availability_zones.z.zone_ids)[1]", MORE).string(), Unknown)
    ids = "data.aws_availability_zones.z.zone_ids"
    assert isinstance(value(f"sort({ids})[1] == {ids}[1]", MORE).boolean(), Unknown)


def test_a_workspace_that_is_not_given_may_be_any() -> None:
    given = value("local.size[terraform.workspace]", MORE, Options(workspace="prod")).string()
    assert given.need() == "large"
    assert isinstance(value("local.size[terraform.workspace]", MORE, Options(workspace=None)).string(), OneOf)


@pytest.mark.parametrize(
    ("expression", "links", "complete"),
    [
        ("aws_subnet.s[*].id", [("aws_subnet.s[0]", "id", None), ("aws_subnet.s[1]", "id", None)], True),
        ('["subnet-1", aws_subnet.s[1].id]', [(None, "", "subnet-1"), ("aws_subnet.s[1]", "id", None)], True),
        ("sort(aws_subnet.s[*].id)", [("aws_subnet.s[0]", "id", None), ("aws_subnet.s[1]", "id", None)], True),
        (
            "toset([for s in aws_subnet.s : s.id])",
            [("aws_subnet.s[0]", "id", None), ("aws_subnet.s[1]", "id", None)],
            True,
        ),
        ("module.absent.private_subnets", [], False),
        (
            "slice(module.absent.private_subnets, 0, 2)",
            [("module.absent", "private_subnets[0]", None), ("module.absent", "private_subnets[1]", None)],
            True,
        ),
        ("concat(module.absent.private_subnets, [aws_subnet.s[0].id])", [("aws_subnet.s[0]", "id", None)], False),
        ("var.u ? aws_subnet.s[*].id : [aws_subnet.s[0].id]", [("aws_subnet.s[0]", "id", None)], False),
        ("aws_subnet.s[0].id", [("aws_subnet.s[0]", "id", None)], True),
        ("[aws_subnet.s[0].name]", [("aws_subnet.s[0]", "name", "n0")], True),
        ("var.u", [], False),
        ("null_list", [], False),
    ],
)
def test_links_lead_to_resources_and_an_incomplete_list_says_so(
    expression: str, links: list[tuple[str | None, str, str | None]], complete: bool
) -> None:
    found = value(expression, MORE).links()
    assert [(link.address, link.attribute, link.literal) for link in found] == links
    assert found.complete is complete


SUPPLIED = """
variable "blocks" {}
variable "size" {
  default = "small"
}
resource "aws_subnet" "private" {
  count      = length(var.blocks)
  cidr_block = var.blocks[count.index]
  size       = var.size
}
output "private_subnets" {
  value = aws_subnet.private[*].id
}
"""

CALLER = """
module "m" {
  source = "acme/net/aws"
  blocks = ["10.0.0.0/24", "10.0.1.0/24"]
}
resource "x" "x" {
  v = module.m.private_subnets
  w = module.m.other
}
"""


def supply(call: ModuleCall) -> SuppliedModule | None:
    assert call.source == "acme/net/aws"
    return SuppliedModule("acme/net/aws v1", "https://example.com/net", lambda: parse(Document("net", SUPPLIED)))


def test_an_adapter_stands_in_for_a_module_that_is_not_here() -> None:
    root = load(CALLER, Options(adapters=supply))
    subnets = [link.address for link in field(root, "v").links()]
    assert subnets == ["module.m.aws_subnet.private[0]", "module.m.aws_subnet.private[1]"]
    assert isinstance(field(root, "w").string(), Unknown)
    assert not [call for call in root.calls() if call.absent]


def test_what_an_adapter_supplies_stands_where_the_user_can_see_it() -> None:
    root = load(CALLER, Options(adapters=supply))
    (_, second) = [resource for module in root.walk() for resource in module.resources("aws_subnet")]
    assert (second.span.path, second.span.text) == ("r/main.tf", '"10.0.1.0/24"')
    block = second.body.attribute("cidr_block")
    size = second.body.attribute("size")
    assert block is not None
    assert size is not None
    assert block.string() == Known("10.0.1.0/24", second.span)
    assert size.string() == Known("small", Default("acme/net/aws v1", "https://example.com/net"))
    assert (size.origin, size.span, size.expression_span) == (second.span,) * 3


BLOCKS = """
variable "u" {}
resource "x" "x" {
  b {
    n = 1
  }
  dynamic "b" {
    for_each = [2, 3]
    iterator = it
    content {
      n = it.value
    }
  }
  dynamic "c" {
    for_each = var.u
    content {
      n = c.value
    }
  }
  dynamic "d" {
    for_each = null
    content {}
  }
  nothing = null
}
"""


def test_dynamic_blocks_are_blocks_and_null_is_absent() -> None:
    (resource,) = load(BLOCKS).resources("x")
    body = resource.body
    written = [block.attribute("n") for block in body.blocks("b")]
    assert [one.integer().need() for one in written if one] == [1, 2, 3]
    assert [str(one.integer().origin) for one in written if one] == [
        "r/main.tf:5:9",
        "r/main.tf:8:17",
        "r/main.tf:8:20",
    ]
    assert (len(body.blocks("c").items), body.blocks("c").complete) == (1, False)
    assert (body.blocks("d").items, body.blocks("d").complete) == ((), True)
    assert body.block("e") is None
    assert body.attribute("nothing") is None
    assert body.attribute("other") is None


@pytest.mark.parametrize(
    ("expression", "text", "pieces"),
    [
        ('base64encode("a\\nb")', "a\nb", [(False, "a\\nb")]),
        ('base64encode("plain")', "plain", [(True, "plain")]),
        ("base64encode(local.script)", f"#!/bin/sh\nrun p {HOLE}\n", [(True, "#!/bin/sh\n"), (True, "run ")]),
        (
            'templatefile("t.tpl", { a = local.names[0], b = aws_subnet.s[0].id })',
            f"x p {HOLE}\n",
            [(True, "x "), (True, "p")],
        ),
        ('file("t.tpl")', "x ${a} ${b}\n", [(True, "x ${a} ${b}\n")]),
        ('join("\\n", ["a", local.names[0]])', "a\np", [(True, "a"), (False, "\\n"), (True, "p")]),
        ("trimspace(<<EOT\n  a\nEOT\n)", "a", [(True, "a")]),
        ('upper("a")', "A", [(False, 'upper("a")')]),
        ("local.names", HOLE, []),
    ],
)
def test_a_traced_text_knows_where_each_part_was_written(
    expression: str, text: str, pieces: list[tuple[bool, str]]
) -> None:
    more = (
        MORE + "locals {\n  script = <<-EOT\n    #!/bin/sh\n    run ${local.names[0]} ${aws_subnet.s[0].id}\n  EOT\n}\n"
    )
    traced = value(expression, more, t_dot_tpl="x ${a} ${b}\n").traced()
    assert traced.text == text
    assert [(piece.exact, piece.span.text.lstrip()) for piece in traced.pieces][: len(pieces)] == pieces


def test_what_jsonencode_encodes_can_be_read_as_fields() -> None:
    inner = value("jsonencode({ env = { A = local.names[0], B = aws_subnet.s[0].id } })", MORE).decoded()
    assert inner is not None
    entries, missing = inner.entries()
    variables, more = entries["env"].entries()
    assert (missing, more, list(variables)) == ((), (), ["A", "B"])
    assert variables["A"].string().need() == "p"
    assert isinstance(variables["B"].string(), Unknown)
    assert value('"{}"').decoded() is None


def test_override_files_replace_attributes_and_blocks() -> None:
    root = load(
        'resource "x" "x" {\n  v = 1\n  w = 2\n  b {}\n  b {}\n}\n'
        'locals {\n  a = 1\n}\nresource "y" "y" {\n  v = local.a\n}\n',
        override_dot_tf='resource "x" "x" {\n  v = 3\n  b {}\n}\nlocals {\n  a = 4\n}\n',
    )
    (resource,) = root.resources("x")
    assert (field(root).integer().need(), field(root, "w").integer().need()) == (3, 2)
    assert len(resource.body.blocks("b").items) == 1
    assert field(root, "v", "y").integer().need() == 4


def test_nothing_is_evaluated_that_nobody_asks_for() -> None:
    root = load('resource "x" "x" {\n  v = nope()\n  w = 1\n}\nresource "y" "y" {\n  v = nope.nope\n}\n')
    (resource,) = root.resources("x")
    assert resource.body.attribute("w") is not None
    assert root.problems == []
    assert resource.body.attribute("v") is not None
    assert [problem.serious for problem in root.problems] == [False]


def test_data_sources_keep_their_configuration_and_render_templates() -> None:
    root = load(
        'data "template_file" "t" {\n  template = "a $${b}"\n  vars = { b = "c" }\n}\n'
        'data "aws_ami" "a" {\n  filter {\n    name = "name"\n    values = ["eks-*"]\n  }\n}\n'
        'resource "x" "x" {\n  v = data.template_file.t.rendered\n  image = data.aws_ami.a.id\n}\n'
    )
    assert field(root).string().need() == "a c"
    link = field(root, "image").link()
    (image,) = (one for one in root.resources("aws_ami", mode="data") if one.address == link.address)
    assert isinstance(image, ResourceInstance)
    values = next(iter(image.body.blocks("filter"))).attribute("values")
    assert values is not None
    assert [item.string().need() for item in values.items()] == ["eks-*"]


@pytest.mark.parametrize(
    ("kind", "attribute", "expected"),
    [
        ('"p4d.24xlarge"', "maximum_network_interfaces", (60,)),
        ('"p4d.24xlarge"', "maximum_network_cards", (4,)),
        ('"m5.large"', "maximum_ipv4_addresses_per_interface", (10,)),
        ('"m5.large"', "default_vcpus", (2,)),
        ('"m5.large"', "memory_size", (8192,)),
        ('var.u ? "m5.large" : "m5.xlarge"', "maximum_network_interfaces", (3, 4)),
        ('"m5.large"', "efa_interfaces", None),
        ('"m99.large"', "maximum_network_interfaces", None),
        ("var.u", "maximum_network_interfaces", None),
    ],
)
def test_the_data_source_of_instance_types_says_what_the_catalog_knows(
    kind: str, attribute: str, expected: tuple[int, ...] | None
) -> None:
    text = f'{UNSET}data "aws_ec2_instance_type" "t" {{\n  instance_type = {kind}\n}}\n'
    found = value(f"data.aws_ec2_instance_type.t.{attribute}", text).integer()
    if expected is None:
        assert isinstance(found, Unknown)
        assert found.refs == (f"data.aws_ec2_instance_type.t.{attribute}",)
    else:
        assert found.candidates() == expected
