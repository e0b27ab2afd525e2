"""Adapters against what real Terraform planned for the real modules."""

from __future__ import annotations

import json
from dataclasses import fields, is_dataclass
from pathlib import Path

import pytest

from check_expansions import comparisons
from podroom.adapters.registry import stand_in
from podroom.assembly.terraform import assemble
from podroom.evaluation.project import Options, load_root
from podroom.positions import Span
from podroom.sources.files import Files
from podroom.sources.hcl.parser import parse

pytestmark = pytest.mark.once("what modules expand to depends on no Python")

EXPANSIONS = Path(__file__).parent / "data" / "module-expansions"
CASES = sorted(EXPANSIONS.glob("*.json"))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.stem)
def test_adapters_expand_to_what_terraform_planned(case: Path) -> None:
    compared = list(comparisons(case))
    unexplained = [one for one in compared if not one.agrees and one.intended is None]
    assert not unexplained
    assert sum(one.agrees for one in compared) >= len(compared) * 0.8
    assert any(one.attribute not in {"(resource)", "subnet_ids"} for one in compared)


def test_there_are_expansions_and_what_bears_on_pods_is_compared() -> None:
    assert len(CASES) >= 5
    compared = {one.attribute for case in CASES for one in comparisons(case)}
    assert compared >= {
        *("version", "instance_types", "instance_type", "ami_type", "scaling_config", "min_size", "max_size"),
        *("subnet_ids", "vpc_zone_identifier", "cidr_block", "availability_zone", "user_data_lines"),
        *("mixed_instances_policy", "configuration_values", "addon_name", "kubernetes_network_config"),
    }


def spans(part: object, *, of: str) -> list[tuple[str, Span]]:
    """Return every span inside a part of a World, each with the way to it."""
    if isinstance(part, Span):
        return [(of, part)]
    if isinstance(part, tuple):
        return [found for at, item in enumerate(part) for found in spans(item, of=f"{of}[{at}]")]
    if is_dataclass(part):
        return [found for field in fields(part) for found in spans(getattr(part, field.name), of=f"{of}.{field.name}")]
    return []


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.stem)
def test_everything_that_is_shown_lies_in_the_users_own_files(case: Path, tmp_path: Path) -> None:
    text = json.loads(case.read_text(encoding="utf-8"))["hcl"]
    (tmp_path / "main.tf").write_text(text, encoding="utf-8")
    root = load_root(Files(str(tmp_path), parse), str(tmp_path), Options(adapters=stand_in))
    world = assemble(root)
    found = spans(world, of="world")
    assert len(found) > 20
    assert not [(where, span.path) for where, span in found if not span.path.endswith("main.tf")]
    assert not [problem for module in root.walk() for problem in module.problems]
    assert not world.gaps


def test_what_a_module_makes_stands_at_the_entry_that_the_user_wrote_it_for(tmp_path: Path) -> None:
    text = json.loads((EXPANSIONS / "eks17.json").read_text(encoding="utf-8"))["hcl"]
    (tmp_path / "main.tf").write_text(text, encoding="utf-8")
    world = assemble(load_root(Files(str(tmp_path), parse), str(tmp_path), Options(adapters=stand_in)))
    shown = {part.address: part.span.text for part in (*world.node_groups, *world.subnets, *world.clusters)}
    assert shown['module.eks.module.node_groups.aws_eks_node_group.workers["ex"]'] == "ex"
    assert shown['module.eks.module.node_groups.aws_eks_node_group.workers["d"]'] == "d"
    assert shown["module.eks.aws_autoscaling_group.workers[0]"].startswith('{ name = "wg1"')
    assert shown["module.eks.aws_autoscaling_group.workers_launch_template[1]"].startswith('{ name = "lt2"')
    assert shown["module.vpc.aws_subnet.private[3]"] == '"10.0.4.0/24"'
    assert shown["module.vpc.aws_subnet.intra[1]"] == '"100.64.64.0/18"'
    assert shown["module.eks.aws_eks_cluster.this[0]"] == 'module "eks"'
