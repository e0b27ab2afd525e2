"""Plan files of `terraform plan -out`: the configuration in them is judged, their values are told as not read."""

from __future__ import annotations

import io
import json
import re
import zipfile
from collections.abc import Mapping
from pathlib import Path

import pytest

from checkout import CHECKOUT, podroom
from plan_helpers import FORMATS, SECRET, change, plan

MADE_BY_TERRAFORM = CHECKOUT / "tests" / "plans" / "plan-file" / "terraform_data.tfplan"
ROOT = """
variable "size" {
  default = 3
}

variable "type" {
  sensitive = true
  default   = "m5.large"
}

module "nodes" {
  source = "./modules/nodes"
  size   = var.size
  type   = var.type
}

module "net" {
  source  = "example/net/aws"
  version = "1.2.3"
}

resource "aws_eks_node_group" "root" {
  cluster_name   = "main"
  instance_types = ["m5.large"]
  subnet_ids     = module.net.ids
  scaling_config {
    min_size     = 1
    desired_size = 1
    max_size     = 2
  }
}
"""
NODES = """
variable "size" {}
variable "type" {}

resource "aws_eks_node_group" "n" {
  cluster_name   = "main"
  instance_types = [var.type]
  subnet_ids     = ["subnet-1"]
  scaling_config {
    min_size     = 1
    desired_size = 1
    max_size     = var.size
  }
}
"""
NET = """
resource "aws_subnet" "a" {
  cidr_block = "10.0.0.0/24"
}

output "ids" {
  value = [aws_subnet.a.id]
}
"""
MODULES = [
    {"Key": "", "Dir": "."},
    {"Key": "nodes", "Source": "./modules/nodes", "Dir": "modules/nodes"},
    {
        "Key": "net",
        "Source": "registry.terraform.io/example/net/aws",
        "Version": "1.2.3",
        "Dir": ".terraform/modules/net",
    },
]
STATE = json.dumps({"version": 4, "terraform_version": "1.11.4", "lineage": "", "resources": []}).encode()
FILES = {
    "tfplan": b"\x08\x03" + SECRET.encode(),
    "tfstate": STATE,
    "tfconfig/modules.json": json.dumps(MODULES).encode(),
    "tfconfig/m-/main.tf": ROOT.encode(),
    "tfconfig/m-nodes/main.tf": NODES.encode(),
    "tfconfig/m-net/main.tf": NET.encode(),
}


def archive(files: Mapping[str, bytes]) -> bytes:
    """Return a ZIP with some files."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in files.items():
            file.writestr(name, content)
    return target.getvalue()


@pytest.fixture
def tfplan(tmp_path: Path) -> Path:
    path = tmp_path / "tfplan"
    path.write_bytes(archive(FILES))
    return path


def groups(*arguments: str) -> dict[str, dict[str, object]]:
    """Return the node groups of the only World, by address."""
    result = podroom("show", "--format", "json", *arguments)
    assert result.exit_code == 0, result.output
    (world,) = json.loads(result.stdout)["worlds"]
    return {group["address"]: group for group in world["node_groups"]}


def test_the_configuration_of_all_modules_is_read(tfplan: Path) -> None:
    found = groups(str(tfplan))
    assert list(found) == ["aws_eks_node_group.root", "module.nodes.aws_eks_node_group.n"]
    (use,) = found["aws_eks_node_group.root"]["subnets"]["items"]
    assert use["subnet"]["value"] == "module.net.aws_subnet.a"
    assert "tfplan/main.tf:22:" in found["aws_eks_node_group.root"]["span"]
    assert "tfplan/modules/nodes/main.tf:5:" in found["module.nodes.aws_eks_node_group.n"]["span"]


def test_a_syntax_error_in_the_configuration_is_told_with_its_place(tmp_path: Path) -> None:
    path = tmp_path / "tfplan"
    path.write_bytes(
        archive({**FILES, "tfconfig/m-net/main.tf": b'resource "aws_subnet" "a" {\n  cidr_block = = 1\n}\n'})
    )
    result = podroom("check", str(path))
    assert result.exit_code == 2
    assert "tfplan/.terraform/modules/net/main.tf:2:" in result.stderr + result.stdout


def test_a_plan_file_beside_a_folder_with_a_syntax_error_in_its_root_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "tfplan"
    path.write_bytes(archive({**FILES, "tfconfig/m-/more.tf": b'resource "aws_subnet" "a" {\n  cidr_block = = 1\n}\n'}))
    (tmp_path / "main.tf").write_text(ROOT, encoding="utf-8")
    result = podroom("check", str(tmp_path), "--plan", str(path))
    assert result.exit_code == 2
    assert re.fullmatch(r"podroom: [^\n]*/tfplan/more\.tf:2:\d+ is not read: [^\n]+\n", result.stderr)


def test_two_files_of_one_name_are_refused(tfplan: Path) -> None:
    with zipfile.ZipFile(tfplan, "a") as file, pytest.warns(UserWarning, match="Duplicate name"):
        file.writestr("tfconfig/m-/main.tf", "")
    result = podroom("check", str(tfplan))
    assert result.exit_code == 2
    assert "tfplan is not read: it holds two files of one name" in result.stderr


def test_values_of_variables_are_told_as_not_read_whatever_their_defaults_say(tfplan: Path) -> None:
    group = groups(str(tfplan))["module.nodes.aws_eks_node_group.n"]
    assert "in a form that only Terraform reads" in group["maximum_size"]["unknown"]
    assert "in a form that only Terraform reads" in group["instance_types"]["items"][0]["type"]["unknown"]


def test_variables_that_are_given_count(tfplan: Path) -> None:
    group = groups(str(tfplan), "--var", "size=9")["module.nodes.aws_eks_node_group.n"]
    assert group["maximum_size"]["value"] == 9
    result = podroom("check", str(tfplan), "--var", "sise=9")
    assert (result.exit_code, "did you mean size?" in result.stderr) == (2, True)


def test_with_what_terraform_prints_of_it_beside_the_values_are_known(tfplan: Path) -> None:
    configured = {"variables": {"size": {"default": 3}, "type": {"sensitive": True}}}
    blocks = [{"address": "aws_eks_node_group.root"}]
    variables = {"size": {"value": 12}, "type": {"value": SECRET}}
    content = plan(
        [change("aws_eks_node_group.root", {})],
        configuration={"root_module": {**configured, "resources": blocks}},
        variables=variables,
    )
    path = tfplan.with_name("plan.json")
    path.write_text(json.dumps(content), encoding="utf-8")
    found = groups(str(tfplan), "--plan", str(path))
    assert found["module.nodes.aws_eks_node_group.n"]["maximum_size"]["value"] == 12


def test_findings_in_it_can_be_suppressed_where_they_are_written(tmp_path: Path) -> None:
    zone = '10.0.0.0/28"\n  availability_zone = "eu-west-1a"'
    subnet = NET.replace('10.0.0.0/24"', zone).partition("output")[0]
    for comment, count in (("", 1), ("  # podroom: ignore[PR201] it is a test\n", 0)):
        text = ROOT.replace("module.net.ids", "[aws_subnet.a.id]") + subnet
        text = text.replace("  cidr_block", f"{comment}  cidr_block")
        path = tmp_path / "tfplan"
        path.write_bytes(archive({**FILES, "tfconfig/m-/main.tf": text.encode()}))
        found = json.loads(podroom("check", "--format", "json", str(path)).stdout)
        assert [one["code"] for one in found["findings"]].count("PR201") == count


def test_a_plan_file_that_terraform_made_is_read() -> None:
    result = podroom("check", str(MADE_BY_TERRAFORM))
    assert (result.exit_code, "nothing about Amazon EKS in 1 configuration" in result.stdout) == (0, True)


def test_no_value_of_it_reaches_an_output(tfplan: Path) -> None:
    for command, formats in FORMATS.items():
        for one in formats:
            assert SECRET not in podroom(command, "--format", one, str(tfplan)).output, (command, one)


GROUP = """
data "aws_subnets" "private" {}

resource "aws_eks_node_group" "n" {
  cluster_name   = "main"
  instance_types = ["m5.large"]
  subnet_ids     = data.aws_subnets.private.ids
  scaling_config {
    min_size     = 1
    desired_size = 1
    max_size     = 6
  }
}
"""


def state_of(size: int) -> bytes:
    """Return a state file with what the data source found, a group of some size, and a secret."""
    scaling = [{"min_size": 1, "desired_size": 1, "max_size": size}]
    group = {"cluster_name": "main", "instance_types": ["m5.large"], "scaling_config": scaling}
    resources = [
        {"mode": mode, "type": kind, "name": name, "instances": [{"attributes": attributes}]}
        for mode, kind, name, attributes in (
            ("data", "aws_subnets", "private", {"ids": ["subnet-1", "subnet-2"]}),
            ("managed", "aws_eks_node_group", "n", group),
            ("managed", "aws_db_instance", "secret", {"password": SECRET}),
        )
    ]
    return json.dumps({"version": 4, "terraform_version": "1.11.4", "lineage": "x", "resources": resources}).encode()


@pytest.fixture
def with_state(tmp_path: Path) -> Path:
    """Return a plan file that found a group grown by hand, beside the configuration that it was made of."""
    files = {"tfstate": state_of(20), "tfstate-prev": state_of(6), "tfconfig/m-/main.tf": GROUP.encode()}
    path = tmp_path / "tfplan"
    path.write_bytes(archive({**FILES, "tfconfig/modules.json": json.dumps(MODULES[:1]).encode(), **files}))
    (tmp_path / "main.tf").write_text(GROUP, encoding="utf-8")
    return path


@pytest.mark.parametrize("beside", [True, False])
def test_the_state_in_it_is_read_and_what_it_found_changed(with_state: Path, *, beside: bool) -> None:
    arguments = [str(with_state.parent), "--plan", str(with_state)] if beside else [str(with_state)]
    group = groups(*arguments)["aws_eks_node_group.n"]
    assert [one["subnet"]["value"] for one in group["subnets"]["items"]] == ["subnet-1", "subnet-2"]
    assert group["maximum_size"]["value"] == 6
    checked = json.loads(podroom("check", "--format", "json", *arguments).stdout)
    (finding,) = (one for one in checked["findings"] if one["code"] == "PR118")
    assert "max_size declared 6, live 20" in finding["message"]
    (notice,) = checked["notices"]
    assert f"give with --plan what `terraform show -json {with_state}` prints" in notice["message"]
    for command, formats in FORMATS.items():
        for one in formats if command == "check" else formats[:1]:
            assert SECRET not in podroom(command, "--format", one, *arguments).output, (command, one)


def test_beside_a_folder_it_goes_with_its_json_and_to_the_root_module_that_it_is_of(with_state: Path) -> None:
    content = plan([change("aws_eks_node_group.n", {"node_group_name": "a"})], configuration={}, variables={})
    path = with_state.with_name("plan.json")
    path.write_text(json.dumps(content), encoding="utf-8")
    arguments = [str(with_state.parent), "--plan", str(with_state), "--plan", str(path)]
    assert groups(*arguments)["aws_eks_node_group.n"]["name"]["value"] == "a"
    assert json.loads(podroom("check", "--format", "json", *arguments).stdout)["notices"] == []
    elsewhere = with_state.parent / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "main.tf").write_text('resource "aws_vpc" "a" {}', encoding="utf-8")
    result = podroom("check", str(elsewhere), "--plan", str(with_state))
    assert (result.exit_code, "has nothing in common with any root module" in result.stderr) == (2, True)


@pytest.mark.parametrize(
    ("state", "expected"),
    [
        (b"{", "tfplan/tfstate is no JSON"),
        (b'{"version": 3, "lineage": "x"}', "tfplan/tfstate is a state file of version 3; podroom reads version 4"),
        (b"\xff", "it holds a text that is not UTF-8"),
    ],
)
@pytest.mark.parametrize("beside", [True, False])
def test_a_broken_state_in_it_ends_in_one_sentence_and_exit_2(
    with_state: Path, state: bytes, expected: str, *, beside: bool
) -> None:
    with_state.write_bytes(archive({**FILES, "tfconfig/m-/main.tf": GROUP.encode(), "tfstate": state}))
    arguments = [str(with_state.parent), "--plan", str(with_state)] if beside else [str(with_state)]
    result = podroom("check", *arguments)
    assert (result.exit_code, len(result.stderr.strip().splitlines())) == (2, 1)
    assert expected in result.stderr


def test_other_files_are_not_in_it(tmp_path: Path) -> None:
    text = ROOT.replace('["m5.large"]', 'split(",", file("types.txt"))')
    path = tmp_path / "tfplan"
    path.write_bytes(archive({**FILES, "tfconfig/m-/main.tf": text.encode()}))
    (tmp_path / "types.txt").write_text(SECRET, encoding="utf-8")
    types = groups(str(path))["aws_eks_node_group.root"]["instance_types"]
    assert "which holds configuration only" in json.dumps(types)


def encrypted(data: bytes) -> bytes:
    """Return a ZIP in which every file is marked as encrypted."""
    marked = bytearray(data)
    for mark, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        start = marked.find(mark)
        while start >= 0:
            marked[start + at] |= 1
            start = marked.find(mark, start + 4)
    return bytes(marked)


WITHOUT_PLAN = {name: content for name, content in FILES.items() if name != "tfplan"}
BOMB = b"#" * (65 * 1024 * 1024)
HOSTILE = {
    "only a mark": (b"PK\x03\x04rest", "cannot be unpacked"),
    "truncated": (archive(FILES)[:-40], "cannot be unpacked"),
    "damaged": (archive(FILES).replace(b"tfconfig/m-/main.tf", b"tfconfig/m-/mian.tf", 1), "cannot be unpacked"),
    "another ZIP": (archive({"word/document.xml": b"<a/>"}), "no plan file of Terraform: it lacks tfplan"),
    "no plan": (archive(WITHOUT_PLAN), "no plan file of Terraform: it lacks tfplan"),
    "a list that is no JSON": (archive({**FILES, "tfconfig/modules.json": b"["}), "its list of modules is no JSON"),
    "deep list": (
        archive({**FILES, "tfconfig/modules.json": b"[" * 100_000}),
        "its list of modules is no JSON",
    ),
    "a name that leads out": (archive({**FILES, "tfconfig/m-/../../x.tf": b""}), "whose name leads out of it"),
    "an absolute name": (archive({**FILES, "/etc/x.tf": b""}), "whose name leads out of it"),
    "a name of Windows": (archive({**FILES, "tfconfig\\..\\x": b""}), "whose name leads out of it"),
    "no text": (archive({**FILES, "tfconfig/m-/main.tf": b"\xff"}), "it holds a text that is not UTF-8"),
    "encrypted": (encrypted(archive(FILES)), "it is encrypted"),
    "a bomb": (archive({**FILES, "tfconfig/m-/bomb.tf": BOMB}), "unpacks to more than 64 MiB"),
    "a state that is a bomb": (archive({**FILES, "tfstate": BOMB}), "unpacks to more than 32 MiB"),
    "two states that are too large together": (
        archive({**FILES, "tfstate": BOMB[: 2**24 + 1], "tfstate-prev": BOMB[: 2**24]}),
        "unpacks to more than 32 MiB",
    ),
    "very many files": (
        archive({**FILES, **{f"x{number}": b"" for number in range(20_001)}}),
        "more than 20,000 files",
    ),
}


@pytest.mark.parametrize(("data", "expected"), HOSTILE.values(), ids=list(HOSTILE))
def test_what_is_no_plan_file_ends_in_one_sentence_and_exit_2(tmp_path: Path, data: bytes, expected: str) -> None:
    path = tmp_path / "tfplan"
    path.write_bytes(data)
    result = podroom("check", str(path))
    assert (result.exit_code, len(result.stderr.strip().splitlines())) == (2, 1)
    assert expected in result.stderr


@pytest.mark.parametrize(
    "listed",
    [
        {"Modules": []},
        [1, {"Key": 1, "Dir": 2}, {"Key": "a"}, {"Key": "", "Dir": "."}],
        [{"Key": "", "Dir": "../../../etc"}, {"Key": "net", "Dir": "/etc", "Source": "example/net/aws"}],
    ],
)
def test_a_list_of_modules_of_another_shape_leaves_them_out(tmp_path: Path, listed: object) -> None:
    path = tmp_path / "tfplan"
    path.write_bytes(archive({**FILES, "tfconfig/modules.json": json.dumps(listed).encode()}))
    assert podroom("check", str(path)).exit_code in {0, 2}


def test_a_file_in_a_file_is_not_opened(tmp_path: Path) -> None:
    path = tmp_path / "tfplan"
    path.write_bytes(archive({**FILES, "tfconfig/m-/inner.zip": archive(FILES), "tfconfig/m-/inner/x.tf": b"\xff"}))
    assert len(groups(str(path))) == 2
