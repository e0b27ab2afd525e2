"""What configuration cannot bear on pods, told by its text."""

from __future__ import annotations

from pathlib import Path

import pytest

from podroom.assembly.terraform import assemble
from podroom.evaluation.declarations import Declarations
from podroom.evaluation.project import load_root
from podroom.model.world import World
from podroom.positions import Document
from podroom.sources.files import Files
from podroom.sources.hcl.parser import parse
from podroom.sources.silent import says_nothing

TENANTS = {"aws_nat_gateway", "aws_lb", "aws_alb", "aws_elb"}
"""What takes addresses from subnets that are described too, or from such that nobody here knows."""


@pytest.mark.parametrize(
    "text",
    [
        "",
        'resource "aws_s3_bucket" "a" {}',
        'resource "aws_db_subnet_group" "a" { subnet_ids = var.subnet_ids }',
        'locals { cidr = "${path.module}/a", cluster = var.cluster }',
        'locals { default = { module = "x" }, other = each.value.module }',
        'resource "aws_iam_role" "nodes" { name = "eks" }',
        'data "aws_availability_zones" "all" {}',
        '{"resource": {"aws_sqs_queue": {"a": {"name": "my_module"}}}}',
    ],
)
def test_what_makes_and_calls_nothing_of_the_network_of_nodes_is_silent(text: str) -> None:
    assert says_nothing([Document("main.tf", text)])


@pytest.mark.parametrize(
    "text",
    [
        'module "a" { source = "./a" }',
        "module a {}",
        'module"a"{}',
        '{"module": {"a": {"source": "./a"}}}',
        '# a comment\nlocals {}\n/* */ module "a" {}',
        'resource "aws_subnet" "a" {}',
        'data "aws_vpcs" "a" {}',
        'resource "\\u0061ws_eks_cluster" "a" {}',
        "locals { a = 1 } # podroom: ignore[PR101] because",
    ],
)
def test_what_calls_a_module_or_spells_it_in_escapes_or_speaks_to_podroom_is_not(text: str) -> None:
    assert not says_nothing([Document("main.tf", ""), Document("more.tf", text)])


def test_every_type_that_a_description_can_begin_with_speaks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where nothing is declared, what is asked for is what a description begins with."""
    asked = set()
    names = Declarations.names

    def noted(self: Declarations, kind: str, mode: str) -> list[str]:
        asked.add((kind, "resource" if mode == "managed" else mode))
        return names(self, kind, mode)

    monkeypatch.setattr(Declarations, "names", noted)
    (tmp_path / "main.tf").write_text("")
    world = assemble(load_root(Files(str(tmp_path), parse), str(tmp_path)))
    assert world == World(str(tmp_path))
    assert ("aws_eks_cluster", "resource") in asked
    silent = {kind for kind, block in asked if says_nothing([Document("main.tf", f'{block} "{kind}" "a" {{}}')])}
    assert silent == TENANTS
