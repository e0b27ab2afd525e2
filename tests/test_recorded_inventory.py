"""What moto's account prints (tools/record_inventory.py), read as it is; and the commands that would print it, run."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from checkout import CHECKOUT, podroom

RECORDED = CHECKOUT / "tests" / "recorded_inventory"
ANSWERS = {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in sorted(RECORDED.glob("*.json"))}
CONFIGURATION = """
provider "aws" {
  region = "eu-west-1"
}

data "aws_subnets" "private" {
  tags = { tier = "private" }
}

resource "aws_eks_cluster" "main" {
  name    = "main"
  version = "1.33"
  vpc_config {
    subnet_ids = data.aws_subnets.private.ids
  }
}

resource "aws_eks_node_group" "workers" {
  cluster_name    = aws_eks_cluster.main.name
  node_group_name = "workers"
  subnet_ids      = data.aws_subnets.private.ids
  instance_types  = ["m5.large"]
  ami_type        = "AL2_x86_64"
  scaling_config {
    min_size     = 1
    desired_size = 1
    max_size     = 3
  }
}

resource "aws_launch_template" "own" {
  name          = "own"
  image_id      = "ami-0123456789abcdef0"
  instance_type = "m5.2xlarge"
  user_data     = base64encode("#!/bin/bash\\n/etc/eks/bootstrap.sh main --kubelet-extra-args '--max-pods=58'\\n")
}

resource "aws_autoscaling_group" "own" {
  name                = "own"
  min_size            = 2
  max_size            = 6
  vpc_zone_identifier = data.aws_subnets.private.ids
  launch_template {
    id      = aws_launch_template.own.id
    version = aws_launch_template.own.latest_version
  }
}
"""
FOUND = {
    "PR116": (
        "the Auto Scaling group own is not as declared: declared m5.2xlarge, live m5.large: "
        "kubelet 58, room 29 on m5.large"
    ),
    "PR118": "the node group workers is not as declared: max_size declared 3, live 9",
}


@pytest.fixture
def project(tmp_path: Path) -> Path:
    folder = tmp_path / "a project"
    folder.mkdir()
    (folder / "main.tf").write_text(CONFIGURATION, encoding="utf-8")
    return folder


def inventories() -> list[str]:
    return [word for name in ANSWERS for word in ("--inventory", str(RECORDED / f"{name}.json"))]


def test_what_an_account_prints_is_understood_as_it_says_itself(project: Path) -> None:
    (world,) = json.loads(podroom("show", "--format", "json", str(project), *inventories()).stdout)["worlds"]
    private = [
        one
        for one in ANSWERS["describe-subnets"]["Subnets"]
        if {"Key": "tier", "Value": "private"} in one.get("Tags", ())
    ]
    assert [
        (one["address"], one["cidr"]["value"], one["zone"]["value"], one["vpc"]["value"], one["free"]["value"])
        for one in world["subnets"]
    ] == [
        (
            one["SubnetId"],
            one["CidrBlock"],
            one["AvailabilityZone"],
            one["VpcId"],
            one["AvailableIpAddressCount"],
        )
        for one in private
    ]
    own = next(one for one in world["node_groups"] if one["address"] == "aws_autoscaling_group.own")
    reserved = [one for several in ANSWERS["describe-instances"]["Reservations"] for one in several["Instances"]]
    running = own["running"]["subnets"]["items"]
    assert sum(one["nodes"]["value"] for one in running) == len(reserved)
    assert sum(one["addresses"]["value"] for one in running) == sum(
        len(interface["PrivateIpAddresses"]) for one in reserved for interface in one["NetworkInterfaces"]
    )
    assert world["notices"] == []


def test_what_was_changed_in_an_account_is_found(project: Path) -> None:
    report = json.loads(podroom("check", "--format", "json", str(project), *inventories()).stdout)
    found = {one["code"]: one["message"] for one in report["findings"]}
    assert {code: found.get(code) for code in FOUND} == FOUND


# --- the commands ----------------------------------------------------------------------------------

NODES = {"kind": "List", "apiVersion": "v1", "items": []}
DAEMON_SET = {
    "kind": "DaemonSet",
    "metadata": {"name": "aws-node"},
    "spec": {"template": {"spec": {"containers": [{"name": "aws-node", "image": "cni:v1.20.4"}]}}},
}
AWS = '#!/bin/sh\necho "aws $*" >> "$CALLED"\ncat "$RECORDED/$2.json"\n'
KUBECTL = '#!/bin/sh\necho "kubectl $*" >> "$CALLED"\ncat "$RECORDED/$2.json"\n'


def run(script: str, folder: Path) -> tuple[subprocess.CompletedProcess[str], list[str]]:
    """Run a script in bash, with an `aws` and a `kubectl` that print what was recorded; return what they were asked."""
    answers, programs, called = (folder / name for name in ("answers", "bin", "called"))
    shutil.copytree(RECORDED, answers)
    (answers / "nodes.json").write_text(json.dumps(NODES), encoding="utf-8")
    (answers / "daemonset.json").write_text(json.dumps(DAEMON_SET), encoding="utf-8")
    programs.mkdir()
    itself = f'#!/bin/sh\nexec "{sys.executable}" -m podroom "$@"\n'
    for name, text in {"aws": AWS, "kubectl": KUBECTL, "podroom": itself}.items():
        (programs / name).write_text(text, encoding="utf-8")
        (programs / name).chmod(0o755)
    environment = {"PATH": f"{programs}:/usr/bin:/bin", "CALLED": str(called), "RECORDED": str(answers)}
    environment |= {"PYTHONPATH": ":".join(sys.path), "TMPDIR": str(folder)}
    shell = ["bash", "-c", script.replace("podroom check", "podroom check --format json")]
    done = subprocess.run(shell, env=environment, capture_output=True, text=True, check=False, cwd=folder)
    return done, called.read_text(encoding="utf-8").splitlines()


needs_bash = pytest.mark.skipif(shutil.which("bash") is None, reason="the commands are for a shell")


@needs_bash
@pytest.mark.once("runs a shell and a process of podroom's")
def test_the_commands_run_as_they_are_printed_and_podroom_takes_what_they_print(project: Path, tmp_path: Path) -> None:
    script = podroom("inventory", str(project)).stdout
    done, called = run(script, tmp_path)
    assert done.stderr.splitlines() == [
        f"cat: {tmp_path}/answers/describe-addon.json: No such file or directory",
    ]
    assert all(line.split()[2].startswith("describe-") for line in called if line.startswith("aws"))
    assert {line.split()[2] for line in called if line.startswith("aws")} == {*ANSWERS, "describe-addon"}
    report: dict[str, Any] = json.loads(done.stdout)
    found = {one["code"]: one["message"] for one in report["findings"]}
    assert {code: found.get(code) for code in FOUND} == FOUND
    told = [one["message"].partition(" is used: ")[2] for one in report["notices"]]
    assert told == ["nothing is listed"]  # of nodes
    assert not report["errors"]


def test_the_commands_for_a_plan_alone_are_as_exact(tmp_path: Path) -> None:
    provider = "registry.terraform.io/hashicorp/aws"
    values = {
        "aws_subnet": {"id": "subnet-1", "availability_zone": "eu-west-1a"},
        "aws_eks_cluster": {"name": "main", "version": "1.33", "vpc_config": [{"subnet_ids": ["subnet-1"]}]},
        "aws_eks_node_group": {"cluster_name": "main", "node_group_name": "workers", "subnet_ids": ["subnet-1"]},
    }
    resources = [
        {"address": f"{kind}.x", "mode": "managed", "type": kind, "name": "x", "provider_name": provider, "values": one}
        for kind, one in values.items()
    ]
    plan = tmp_path / "state.json"
    state = {
        "format_version": "1.0",
        "terraform_version": "1.11.4",
        "values": {"root_module": {"resources": resources}},
    }
    plan.write_text(json.dumps(state), encoding="utf-8")
    lines = podroom("inventory", str(plan)).stdout.splitlines()
    group = "aws eks describe-nodegroup --cluster-name main --nodegroup-name workers --region eu-west-1 --output json"
    assert f'{group} > "$LISTED/nodegroup.json"' in lines
    assert 'aws ec2 describe-subnets --region eu-west-1 --output json > "$LISTED/subnets.json"' in lines
    assert lines[-1] == f'podroom check {plan} "$@"'
