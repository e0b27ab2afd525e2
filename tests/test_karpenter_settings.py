"""However Karpenter is installed, the interfaces that it leaves out are known."""

from __future__ import annotations

from pathlib import Path

import pytest

from podroom.testing import judge_folder
from podroom_rules import rules

RULES = [rule for rule in rules() if rule.code in {"PR801", "PR802"}]
CLUSTER = """
resource "aws_eks_cluster" "main" {
  name = "main"
  vpc_config {
    subnet_ids = []
  }
}
resource "aws_eks_addon" "cni" {
  cluster_name         = aws_eks_cluster.main.name
  addon_name           = "vpc-cni"
  configuration_values = jsonencode({ env = { ENABLE_POD_ENI = "true" } })
}
"""
POOL = """apiVersion: karpenter.sh/v1
kind: NodePool
metadata: {name: default}
spec:
  template:
    spec:
      nodeClassRef: {group: karpenter.k8s.aws, kind: EC2NodeClass, name: default}
      requirements: [{key: node.kubernetes.io/instance-type, operator: In, values: [m5.large]}]
---
apiVersion: karpenter.k8s.aws/v1
kind: EC2NodeClass
metadata: {name: default}
spec: {amiSelectorTerms: [{alias: al2023@latest}]%s}
"""
WAYS = {
    "values of a chart that depends on it": (
        "values.yaml",
        "karpenter: {settings: {clusterName: main, reservedENIs: %d}}\n",
    ),
    "an application with several sources": (
        "app.yaml",
        """apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {name: karpenter}
spec: {sources: [{chart: karpenter, helm: {valuesObject: {settings: {reservedENIs: %d}}}}]}
""",
    ),
    "the Deployment itself": (
        "deployment.yaml",
        """apiVersion: apps/v1
kind: Deployment
metadata: {name: karpenter}
spec:
  template:
    spec:
      containers:
        - name: controller
          image: public.ecr.aws/karpenter/controller:1.0.0
          env: [{name: CLUSTER_NAME, value: main}, {name: RESERVED_ENIS, value: "%d"}]
""",
    ),
    "helm upgrade": (
        "install.sh",
        """helm upgrade --install karpenter oci://public.ecr.aws/karpenter/karpenter --version 1.0.0 \\
  --set "settings.clusterName=main" --set settings.reservedENIs=%d
""",
    ),
    "the module for add-ons": (
        "addons.tf",
        """module "addons" {
  source           = "aws-ia/eks-blueprints-addons/aws"
  version          = "~> 1.16"
  cluster_name     = aws_eks_cluster.main.name
  enable_karpenter = true
  karpenter        = { values = ["settings: {reservedENIs: %d}"] }
}
""",
    ),
}
DEFAULT = {
    "values of a chart that depends on it": ("values.yaml", "karpenter:\n  settings:\n    clusterName: main\n"),
    "the Deployment itself": (
        "deployment.yaml",
        """apiVersion: apps/v1
kind: Deployment
metadata: {name: karpenter}
spec: {template: {spec: {containers: [{name: controller, image: public.ecr.aws/karpenter/controller:1.0.0}]}}}
""",
    ),
    "helm upgrade": ("install.sh", "helm upgrade karpenter oci://public.ecr.aws/karpenter/karpenter --wait\n"),
}


def judged(folder: Path, files: dict[str, str]) -> tuple[list[str], int]:
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8")
    outcome = judge_folder(folder, RULES)
    return [finding.code for finding in outcome.findings], len(outcome.undecided)


@pytest.mark.parametrize(("name", "text"), WAYS.values(), ids=WAYS)
def test_interfaces_that_are_left_out_are_found_wherever_they_are_set(tmp_path: Path, name: str, text: str) -> None:
    base = {"main.tf": CLUSTER, "pool.yaml": POOL % ""}

    assert judged(tmp_path, {**base, name: text % 0}) == (["PR801"], 0)
    assert judged(tmp_path, {**base, name: text % 1}) == ([], 0)


@pytest.mark.parametrize(("name", "text"), DEFAULT.values(), ids=DEFAULT)
def test_what_installs_karpenter_without_that_setting_leaves_none_out(tmp_path: Path, name: str, text: str) -> None:
    assert judged(tmp_path, {"main.tf": CLUSTER, "pool.yaml": POOL % "", name: text}) == (["PR801"], 0)


@pytest.mark.parametrize(
    "script",
    [
        "cat <<EOF | envsubst | kubectl apply -f -\n%sEOF\n",
        "kubectl apply -f - <<'END'\n%sEND\n",
        "cat >pool.yaml <<EOF\n%sEOF\nkubectl apply -f pool.yaml\n",
    ],
)
def test_manifests_in_here_documents_of_a_script_are_judged(tmp_path: Path, script: str) -> None:
    cluster = CLUSTER.replace("true", "false")
    discovery = ", subnetSelectorTerms: [{tags: {team: ${TEAM}}}]"

    assert judged(tmp_path, {"main.tf": cluster, "up.sh": script % (POOL % discovery)}) == ([], 0)
    crowded = POOL % f"{discovery}, kubelet: {{maxPods: 110}}"
    assert judged(tmp_path, {"main.tf": cluster, "up.sh": script % crowded}) == (["PR802"], 0)
    assert judged(tmp_path, {"main.tf": cluster, "up.sh": script % crowded.replace("110", "${PODS}")}) == ([], 1)
