"""Arguments that a module does not heed are kept in the World."""

from __future__ import annotations

from pathlib import Path

import pytest

from podroom.adapters.registry import stand_in
from podroom.assembly.terraform import assemble
from podroom.evaluation.project import Options, load_root
from podroom.model.world import IgnoredArgument
from podroom.sources.files import Files
from podroom.sources.hcl.parser import parse
from podroom.values import Known

VARIABLES = 'variable "x" { type = bool }\nvariable "y" { type = map(string) }\n'


def ignored_by(folder: Path, version: str, body: str) -> tuple[IgnoredArgument, ...]:
    text = (
        f'module "eks" {{\n  source = "terraform-aws-modules/eks/aws"\n  version = "{version}"\n{body}\n}}\n{VARIABLES}'
    )
    (folder / "main.tf").write_text(text, encoding="utf-8")
    world = assemble(load_root(Files(str(folder), parse), str(folder), Options(adapters=stand_in)))
    assert all(one.address == "module.eks" for one in world.ignored_arguments)
    assert all(one.span.text in text for one in world.ignored_arguments)
    return world.ignored_arguments


def ignored(folder: Path, version: str, body: str) -> dict[str, str]:
    return {one.argument: one.reason for one in ignored_by(folder, version, body) if one.uncertain is None}


STOCK = "eks_managed_node_groups.a.bootstrap_extra_args"
POLICY = "self_managed_node_groups.a.mixed_instances_policy"


@pytest.mark.parametrize(
    ("version", "body", "expected"),
    [
        ("~> 20.0", 'eks_managed_node_groups = { a = { bootstrap_extra_args = "x" } }', {STOCK}),
        ("~> 20.0", "eks_managed_node_groups = { a = { bootstrap_extra_args = null } }", set()),
        (
            "~> 20.0",
            'eks_managed_node_groups = { a = { ami_type = "AL2_x86_64", bootstrap_extra_args = "x" } }',
            {STOCK},
        ),
        (
            "~> 20.0",
            'eks_managed_node_groups = { a = { ami_type = "BOTTLEROCKET_ARM_64", bootstrap_extra_args = "x" } }',
            set(),
        ),
        (
            "~> 18.0",
            'eks_managed_node_groups = { a = { enable_bootstrap_user_data = true, bootstrap_extra_args = "x" } }',
            set(),
        ),
        (
            "~> 18.0",
            (
                'eks_managed_node_group_defaults = { platform = "bottlerocket" }\n'
                'eks_managed_node_groups = { a = { bootstrap_extra_args = "x" } }'
            ),
            set(),
        ),
        ("~> 21.0", "self_managed_node_groups = { a = { mixed_instances_policy = { x = 1 } } }", {POLICY}),
        (
            "~> 21.0",
            "self_managed_node_groups = { a = { use_mixed_instances_policy = true, mixed_instances_policy = {} } }",
            set(),
        ),
        (
            "~> 21.0",
            'eks_managed_node_groups = { a = { instance_type = "m5.large" } }',
            {"eks_managed_node_groups.a.instance_type"},
        ),
        (
            "18.31.2",
            'cluster_addons = { vpc-cni = { configuration_values = "{}" } }',
            {"cluster_addons.vpc-cni.configuration_values"},
        ),
        ("19.21.0", 'cluster_addons = { vpc-cni = { configuration_values = "{}" } }', set()),
        (
            "~> 19.0",
            'self_managed_node_groups = { a = { ami_type = "AL2023_ARM_64_STANDARD" } }',
            {"self_managed_node_groups.a.ami_type"},
        ),
        (
            "~> 18.0",
            "self_managed_node_groups = { a = { instance_requirements = { vcpu_count = { min = 2 } } } }",
            {"self_managed_node_groups.a.instance_requirements"},
        ),
        ("~> 19.0", 'self_managed_node_groups = { a = { launch_template_id = "lt-0" } }', set()),
        ("~> 21.0", 'cluster_name = "room"', {"cluster_name"}),
        ("~> 20.0", 'cluster_name = "room"', set()),
        ("~> 20.0", 'name = "room"\naddons = {}', {"name", "addons"}),
        ("~> 19.0", "access_entries = {}", {"access_entries"}),
    ],
)
def test_what_a_module_does_not_heed_is_kept(version: str, body: str, expected: set[str], tmp_path: Path) -> None:
    assert set(ignored(tmp_path, version, body)) == expected


def test_the_reason_says_what_to_write_instead(tmp_path: Path) -> None:
    found = ignored(tmp_path, "~> 20.0", "eks_managed_node_groups = { a = { min_capacity = 1 } }")
    assert found["eks_managed_node_groups.a.min_capacity"].endswith("it is min_size")
    refused = ignored(tmp_path, "~> 21.0", 'cluster_version = "1.33"')
    assert refused == {"cluster_version": "v21 has no such argument, and Terraform refuses it"}


@pytest.mark.parametrize(
    ("version", "problem"),
    [
        ("~> 20.0", "terraform-aws-modules/eks/aws v20 has no argument subnets: Terraform refuses it"),
        (">= 18.0", None),
        ("~> 17.0", None),
    ],
)
def test_what_terraform_refuses_is_a_problem_where_the_version_is_sure(
    version: str, problem: str | None, tmp_path: Path
) -> None:
    text = f'module "eks" {{\n  source = "terraform-aws-modules/eks/aws"\n  version = "{version}"\n  subnets = []\n}}\n'
    (tmp_path / "main.tf").write_text(text, encoding="utf-8")
    root = load_root(Files(str(tmp_path), parse), str(tmp_path), Options(adapters=stand_in))
    assemble(root)
    assert [one.message for one in root.problems] == ([] if problem is None else [problem])


ARGUMENTS = 'bootstrap_extra_args = "--max-pods=20"'


@pytest.mark.parametrize(
    ("version", "pinned"), [("20.37.2", True), ("~> 20.1", True), (">= 20.0, < 21.0", True), (">= 20.0", False)]
)
def test_it_is_said_whether_the_call_names_one_major_version(version: str, pinned: bool, tmp_path: Path) -> None:
    (one,) = ignored_by(tmp_path, version, "eks_managed_node_groups = { a = { instance_type = 1 } }")
    assert one.pinned is pinned


@pytest.mark.parametrize(
    ("group", "certain"),
    [
        ("{ ARGUMENTS }", True),
        ('{ ami_type = var.x ? "AL2023_ARM_64_STANDARD" : "AL2023_x86_64_NVIDIA", ARGUMENTS }', True),
        ('{ ami_type = var.x ? "AL2_x86_64" : "AL2023_x86_64_STANDARD", ARGUMENTS }', False),
        ("merge(var.y, { ARGUMENTS })", False),
        (
            "merge(var.y, { ami_type = null, create = true, user_data_template_path = null, ARGUMENTS })",
            True,
        ),
    ],
)
def test_what_hangs_on_something_unknown_is_uncertain(group: str, certain: bool, tmp_path: Path) -> None:
    body = f"self_managed_node_groups = {{ a = {group.replace('ARGUMENTS', ARGUMENTS)} }}"
    (one,) = ignored_by(tmp_path, "~> 21.0", body)
    assert (one.uncertain is None) is certain
    assert isinstance(one.value, Known)
    assert one.written == '"--max-pods=20"'
    assert one.nodes == 'module.eks.module.self_managed_node_group["a"]'


def test_what_the_defaults_hold_is_meant_for_every_group_that_does_not_say_otherwise(tmp_path: Path) -> None:
    found = ignored_by(
        tmp_path,
        "~> 20.0",
        'eks_managed_node_group_defaults = { bootstrap_extra_args = "x" }\n'
        'eks_managed_node_groups = { a = {}, b = { platform = "bottlerocket" }, c = { create = false }, d = {} }',
    )
    assert [(one.argument, one.nodes) for one in found] == [
        ("eks_managed_node_group_defaults.bootstrap_extra_args", f'module.eks.module.eks_managed_node_group["{key}"]')
        for key in ("a", "d")
    ]
