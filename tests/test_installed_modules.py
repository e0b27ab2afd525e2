"""Modules that `terraform init` has downloaded are read where they are, and shown at the user's call."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from checkout import podroom
from podroom.adapters.registry import stand_in
from podroom.evaluation.project import Module, Options, load_root
from podroom.sources.files import Files
from podroom.sources.hcl.parser import parse
from podroom.sources.installed_modules import InstalledModule

REGISTRY = "registry.terraform.io"
CALL = """module "nodes" {
  source  = "acme/nodes/aws"
  version = "~> 2.0"
  type    = "m5.large"
}
"""
DOWNLOADED = """variable "type" {}
variable "max_pods" {
  default = 110
}
resource "aws_launch_template" "this" {
  image_id      = "ami-0123456789abcdef0"
  instance_type = var.type
  user_data     = base64encode(templatefile("${path.module}/boot.tftpl", { max_pods = var.max_pods }))
}
module "group" {
  source   = "./modules/group"
  template = aws_launch_template.this.id
}
"""
GROUP = """variable "template" {}
resource "aws_autoscaling_group" "this" {
  min_size = 1
  max_size = 3
  launch_template {
    id = var.template
  }
}
"""
BOOT = "#!/bin/bash\n/etc/eks/bootstrap.sh main --use-max-pods false --kubelet-extra-args --max-pods=${max_pods}\n"


def project(folder: Path, *, call: str = CALL, entries: list[dict[str, Any]] | None = None) -> Path:
    listed = entries or [
        {"Key": "", "Source": "", "Dir": "."},
        {"Key": "nodes", "Source": f"{REGISTRY}/acme/nodes/aws", "Version": "2.3.4", "Dir": ".terraform/modules/nodes"},
        {"Key": "nodes.group", "Source": "./modules/group", "Dir": ".terraform/modules/nodes/modules/group"},
    ]
    texts = {
        "main.tf": call,
        ".terraform/modules/modules.json": json.dumps({"Modules": listed}),
        ".terraform/modules/nodes/main.tf": DOWNLOADED,
        ".terraform/modules/nodes/boot.tftpl": BOOT,
        ".terraform/modules/nodes/modules/group/main.tf": GROUP,
    }
    for name, text in texts.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder


def root_of(folder: Path) -> Module:
    return load_root(Files(str(folder), parse), str(folder), Options(adapters=stand_in))


def test_what_is_wrong_in_a_downloaded_module_is_shown_where_the_user_can_change_it(tmp_path: Path) -> None:
    result = podroom("check", "--format", "json", str(project(tmp_path)))

    document = json.loads(result.stdout)
    assert result.exit_code == 1
    assert document["roots"] == [tmp_path.as_posix()]
    (finding,) = document["findings"]
    assert finding["code"] == "PR101"
    assert finding["address"] == "module.nodes.module.group.aws_autoscaling_group.this"
    places = [finding, *finding["related"], *document["undecided"]]
    assert {place["path"] for place in places} == {(tmp_path / "main.tf").as_posix()}


@pytest.mark.parametrize(
    ("entry", "why"),
    [
        ({"Source": f"{REGISTRY}/acme/other/aws"}, "another source"),
        ({"Version": "1.9.0"}, "a version that the call no longer allows"),
        ({"Dir": ".terraform/modules/gone"}, "a folder that is not there"),
        ({"Dir": "../outside"}, "a folder outside the project"),
        ({"Key": "other"}, "another call"),
    ],
)
def test_a_downloaded_module_that_is_not_what_the_call_asks_for_is_not_read(
    tmp_path: Path, entry: dict[str, str], why: str
) -> None:
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / "main.tf").write_text(DOWNLOADED, encoding="utf-8")
    listed = {
        "Key": "nodes",
        "Source": f"{REGISTRY}/acme/nodes/aws",
        "Version": "2.3.4",
        "Dir": ".terraform/modules/nodes",
    }
    root = root_of(project(tmp_path / "root", entries=[{**listed, **entry}]))

    (call,) = root.calls()
    assert call.absent, why


def test_an_adapter_is_for_modules_that_are_not_downloaded_and_has_their_version(tmp_path: Path) -> None:
    source = "terraform-aws-modules/eks/aws"
    text = f'module "nodes" {{\n  source = "{source}"\n}}\n'
    entry = {"Key": "nodes", "Source": f"{REGISTRY}/{source}", "Version": "18.31.2", "Dir": ".terraform/modules/nodes"}

    (downloaded,) = root_of(project(tmp_path, call=text, entries=[entry])).calls()
    (absent,) = root_of(project(tmp_path, call=text, entries=[{**entry, "Dir": "gone"}])).calls()

    assert downloaded.supplied is None
    assert downloaded.downloaded
    assert absent.supplied is not None
    assert absent.supplied.supplier.endswith("v18")


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ('{"Modules": [', "not valid JSON"),
        ("[]", "it has no Modules"),
        ("\x00GITCRYPT\x00", "git-crypt"),
    ],
)
def test_a_list_of_downloaded_modules_that_cannot_be_read_is_one_sentence(
    tmp_path: Path, text: str, sentence: str
) -> None:
    project(tmp_path)
    (tmp_path / ".terraform/modules/modules.json").write_text(text, encoding="utf-8")

    result = podroom("check", str(tmp_path))

    assert result.exit_code == 2
    assert result.output.count("not read: ") == 1
    assert sentence in result.output


@pytest.mark.parametrize(
    ("recorded", "written", "same"),
    [
        (f"{REGISTRY}/acme/nodes/aws", "acme/nodes/aws", True),
        ("registry.opentofu.org/acme/nodes/aws", "acme/nodes/aws", True),
        (f"{REGISTRY}/acme/nodes/aws//modules/x", "acme/nodes/aws//modules/x", True),
        (f"{REGISTRY}/acme/nodes/aws//modules/x", "acme/nodes/aws", False),
        ("git::https://github.com/acme/terraform-x.git?ref=v1", "github.com/acme/terraform-x?ref=v1", True),
        ("git::https://github.com/acme/terraform-x.git//m?ref=v1", "github.com/acme/terraform-x//m?ref=v1", True),
        ("git::ssh://git@github.com/acme/terraform-x.git", "git@github.com:acme/terraform-x.git", True),
        ("git::https://github.com/acme/terraform-x.git?ref=v1", "github.com/acme/terraform-x?ref=v2", False),
        ("acme.example.com/acme/nodes/aws", "acme/nodes/aws", False),
    ],
)
def test_a_source_is_the_same_however_it_is_written(recorded: str, written: str, same: bool) -> None:
    assert InstalledModule(recorded, None, "x").answers(written, None) is same
