"""What an editor shows of a place, worked out in this process: `tests/test_lsp.py` asks the server."""

from __future__ import annotations

from pathlib import Path

import pytest

from podroom.cli.lsp.hovers import hover
from podroom.cli.lsp.judging import judge, project_of
from podroom.packs import find_rules

CONFIGURATION = """\
variable "type" {{
  default = "m5.large"
}}

resource "aws_eks_cluster" "main" {{
  name = "main"
  {cluster}
}}

resource "aws_eks_addon" "cni" {{
  cluster_name         = aws_eks_cluster.main.name
  addon_name           = "vpc-cni"
  configuration_values = jsonencode({{ env = {{ {env} }} }})
}}

resource "aws_subnet" "nodes" {{
  count      = 8
  vpc_id     = "vpc-1"
  cidr_block = cidrsubnet("10.0.0.0/16", 8, count.index)
}}

resource "aws_eks_node_group" "nodes" {{
  cluster_name   = aws_eks_cluster.main.name
  subnet_ids     = aws_subnet.nodes[*].id
  instance_types = [{types}]
  scaling_config {{
    min_size     = 1
    desired_size = 8
    max_size     = 16
  }}
}}
"""


def shown(
    folder: Path, pointed: str, *, cluster: str = "", env: str = "", types: str = "var.type", more: str = ""
) -> str:
    """Return what is shown where something is written; "" if nothing."""
    text = CONFIGURATION.format(cluster=cluster, env=env, types=types) + more
    path = folder.resolve() / "main.tf"
    path.write_text("# what is on the disk does not count\n", encoding="utf-8")
    judged = judge(project_of(str(path), []), {str(path): text}, list(find_rules()))
    found = hover(judged, str(path), text, lambda _: text.index(pointed) + 1)
    return "" if found is None else found.text.replace("\\", "")


def test_what_stands_in_the_default_of_a_variable_is_shown_with_the_node_group_that_gets_it(tmp_path: Path) -> None:
    text = shown(tmp_path, '"m5.large"', env='ENABLE_PREFIX_DELEGATION = "true"')
    assert text.startswith("**m5.large** in `aws_eks_node_group.nodes`")
    assert "| max pods that kubelet gets | 110 | Amazon EKS: " in text
    assert "prefixes x 16 addresses = 113 |" in text
    assert "ENABLE_PREFIX_DELEGATION true" in text
    assert [line.split(" | ")[0] for line in text.splitlines() if "addresses taken" in line] == [
        "| addresses taken with no pods",
        "| addresses taken with one pod",
        "| addresses taken with 16 pods",
        "| addresses taken with all pods",
    ]


@pytest.mark.parametrize(("pointed", "there"), [("m5.xlarge", "m5.xlarge"), ("c5.large", "c5.large")])
def test_of_several_types_the_one_is_shown_that_is_pointed_at(tmp_path: Path, pointed: str, there: str) -> None:
    text = shown(tmp_path, pointed, types='"m5.xlarge", "c5.large"')
    assert text.startswith(f"**{there}** in `aws_eks_node_group.nodes`")
    assert text.count("max pods that kubelet gets") == 1


def test_of_a_group_all_types_are_shown(tmp_path: Path) -> None:
    text = shown(tmp_path, 'node_group" "nodes', types='"m5.xlarge", "c5.large"')
    assert [heading for heading in text.split() if heading.startswith("**")] == ["**m5.xlarge**", "**c5.large**"]


def test_subnets_of_which_the_same_is_so_are_told_once_and_of_many_a_few(tmp_path: Path) -> None:
    text = shown(tmp_path, 'subnet" "nodes"')
    told = [f"`aws_subnet.nodes[{number}]` 10.0.{number}.0/24" in text for number in range(8)]
    assert told == [True] * 6 + [False] * 2
    assert "and 2 more" in text
    assert text.count("addresses that can be used | 251 | 2^(32 - 24) - 5 = 251") == 1
    assert "a /24 holds 24 to 25 of these nodes when idle, 12 with one pod each" in text


def test_nodes_of_an_ipv6_cluster_are_not_shown_with_sums_of_ipv4(tmp_path: Path) -> None:
    cluster = 'kubernetes_network_config {\n    ip_family = "ipv6"\n  }'
    text = shown(tmp_path, '"m5.large"', cluster=cluster)
    assert text.startswith("`aws_eks_node_group.nodes`")
    assert "one IPv4 address each" in text


def test_types_that_are_not_known_are_said_with_the_reason(tmp_path: Path) -> None:
    text = shown(tmp_path, 'node_group" "nodes', types="var.other", more='variable "other" {}\n')
    assert text.startswith("`aws_eks_node_group.nodes`")
    assert "var.other has no value" in text


def test_nodes_that_never_become_ready_are_said_to(tmp_path: Path) -> None:
    env = 'AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG = "true", MAX_ENI = "1"'
    assert "These nodes never become Ready." in shown(tmp_path, '"m5.large"', env=env)


def test_a_type_is_shown_by_itself_where_it_is_only_mentioned(tmp_path: Path) -> None:
    text = shown(tmp_path, "r5.large", more="# r5.large costs more\n# m9.huge is no type\n")
    assert text.startswith("**r5.large** with Amazon Linux 2023 and the defaults of the VPC CNI")
    assert "| max pods that kubelet gets | 29 | 3 interfaces x (10 - 1) addresses + 2 = 29 |" in text
    assert shown(tmp_path, "m9.huge", more="# m9.huge is no type\n") == ""


def test_a_project_is_the_repository_or_else_the_innermost_folder_of_the_editor(tmp_path: Path) -> None:
    folder = tmp_path.resolve()
    path = folder / "a/b/c/main.tf"
    path.parent.mkdir(parents=True)
    path.write_text("", encoding="utf-8")
    open_folders = [str(folder), str(folder / "a/b"), str(folder / "a/x")]
    assert project_of(str(path), open_folders) == str(folder / "a/b")
    assert project_of(str(path), []) == str(folder / "a/b/c")
    (folder / "a/.git").mkdir()
    assert project_of(str(path), open_folders) == str(folder / "a")
