"""Releases of the CNI's chart in sets of applications, helmfiles and charts of charts, and patches by commands."""

from __future__ import annotations

from pathlib import Path

import pytest

from podroom.engine import Outcome
from podroom.testing import judge_folder
from podroom_rules import rules

CLUSTER = """
resource "aws_eks_cluster" "main" {
  name     = "main"
  role_arn = "arn:aws:iam::111122223333:role/cluster"
  vpc_config {
    subnet_ids = []
  }
}
"""
APPLICATION_SET = """apiVersion: argoproj.io/v1alpha1
kind: ApplicationSet
metadata: {name: cni}
spec:
  generators: [{clusters: {}}]
  template:
    spec:
      source:
        chart: aws-vpc-cni
        helm: {valuesObject: {env: {MINIMUM_IP_TARGET: "5"}}}
"""
HELMFILE = """releases:
  - name: cni
    chart: eks/aws-vpc-cni
    values:
      - env: {MINIMUM_IP_TARGET: "5"}
"""
SET = """releases:
  - name: cni
    chart: eks/aws-vpc-cni
    values: [values.yaml]
    set:
      - name: env.MINIMUM_IP_TARGET
        value: 5
"""
VALUES = 'network:\n  env:\n    MINIMUM_IP_TARGET: "5"\n'
CHART = "apiVersion: v2\nname: all\nversion: 1.0.0\ndependencies:\n  - name: aws-vpc-cni\n    alias: network\n"

JUDGED = {
    "a helmfile": ({"main.tf": CLUSTER, "helmfile.yaml": HELMFILE}, "helmfile.yaml:5"),
    "a helmfile that sets single values": ({"main.tf": CLUSTER, "helmfile.yaml": SET}, "helmfile.yaml:7"),
    "values of a chart under an alias": (
        {"main.tf": CLUSTER, "chart/Chart.yaml": CHART, "chart/values.yaml": VALUES},
        "chart/values.yaml:3",
    ),
    "a set of applications, whatever its clusters are": ({"set.yaml": APPLICATION_SET}, "set.yaml:10"),
}
OPEN = {
    "a set of applications that may be for another cluster": {"main.tf": CLUSTER, "set.yaml": APPLICATION_SET},
    "a set of applications with a patch": {
        "set.yaml": APPLICATION_SET.replace("MINIMUM_IP", "WARM_IP") + "  templatePatch: 'x'\n"
    },
    "a chart under a name that nothing tells": {"main.tf": CLUSTER, "values.yaml": VALUES},
    "a release under a condition": {
        "main.tf": CLUSTER,
        "helmfile.yaml": HELMFILE.replace("MINIMUM_IP", "WARM_IP") + "    condition: cni.enabled\n",
    },
    "a release with patches": {
        "main.tf": CLUSTER,
        "helmfile.yaml": HELMFILE.replace("MINIMUM_IP", "WARM_IP") + "    jsonPatches: [{target: {}, patch: []}]\n",
    },
    "a release with values of a file that is filled in": {
        "main.tf": CLUSTER,
        "helmfile.yaml.gotmpl": HELMFILE.replace("MINIMUM_IP", "WARM_IP") + "      - {{ .Environment.Name }}.yaml\n",
    },
}


def judged(folder: Path, files: dict[str, str]) -> Outcome:
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    outcome = judge_folder(folder, rules())
    assert not outcome.problems
    return outcome


@pytest.mark.parametrize("case", JUDGED)
def test_a_release_is_judged_where_it_is_written(tmp_path: Path, case: str) -> None:
    files, place = JUDGED[case]
    (finding,) = judged(tmp_path, files).findings
    path = Path(finding.span.path).resolve().relative_to(tmp_path.resolve()).as_posix()
    assert (finding.code, f"{path}:{finding.span.first.line}") == ("PR301", place)


@pytest.mark.parametrize("case", OPEN)
def test_what_else_may_be_set_is_undecided(tmp_path: Path, case: str) -> None:
    outcome = judged(tmp_path, OPEN[case])
    assert not outcome.findings
    assert "PR301" in {code for one in outcome.undecided for code in one.codes}


PATCHES = {
    "kubectl patch ec2nodeclass default --type merge -p '{}'": "ec2nodeclass",
    "kubectl -n x patch nodepools.karpenter.sh/default -p '{}'": "nodepools",
    "kubectl patch --type=json ENIConfig eu-west-1a -p '[]'": "ENIConfig",
    "# kubectl patch nodepool default": None,
    "kubectl patch deployment nodepool-controller -p '{}'": None,
    "kubectl get nodepool; kubectl patch service x": None,
}


@pytest.mark.parametrize("command", PATCHES)
def test_a_command_that_patches_an_object_of_karpenter_or_the_cni_is_told(tmp_path: Path, command: str) -> None:
    outcome = judged(tmp_path, {"main.tf": CLUSTER, "up.sh": f"#!/bin/sh\n{command}\n"})
    kind = PATCHES[command]
    said = [(one.reason, one.span.first.line) for one in outcome.undecided]
    assert said == (
        [] if kind is None else [(f"`kubectl patch` changes {kind} in a way that podroom does not read", 2)]
    )
