"""What sets variables of the CNI and is not understood leaves them open; what only speaks of them does not."""

from __future__ import annotations

from pathlib import Path

import pytest

from podroom.assembly.manifests import documents
from podroom.engine import Outcome
from podroom.positions import Document
from podroom.testing import judge_folder
from podroom_rules import rules

RULES = [rule for rule in rules() if rule.code == "PR101"]
CLUSTER = """
resource "aws_eks_cluster" "main" {
  name     = "main"
  role_arn = "arn:aws:iam::111122223333:role/cluster"
  vpc_config {
    subnet_ids = [aws_subnet.a.id]
  }
}
resource "aws_vpc" "main" {
  cidr_block = "10.0.0.0/16"
}
resource "aws_subnet" "a" {
  vpc_id            = aws_vpc.main.id
  cidr_block        = "10.0.0.0/19"
  availability_zone = "eu-west-1a"
}
resource "aws_launch_template" "nodes" {
  image_id      = "ami-0123456789abcdef0"
  instance_type = "m5.large"
  user_data = base64encode(<<-EOT
    apiVersion: node.eks.aws/v1alpha1
    kind: NodeConfig
    spec:
      kubelet:
        config:
          maxPods: 110
  EOT
  )
}
resource "aws_eks_node_group" "nodes" {
  cluster_name  = aws_eks_cluster.main.name
  node_role_arn = "arn:aws:iam::111122223333:role/node"
  subnet_ids    = [aws_subnet.a.id]
  launch_template {
    id      = aws_launch_template.nodes.id
    version = "1"
  }
  scaling_config {
    min_size     = 1
    desired_size = 1
    max_size     = 2
  }
}
"""
"""Kubelet is told 110 pods, for which an m5.large has room with prefix delegation only."""

SETS = {
    "an application of a chart that is filled in": (
        "app.yaml",
        """apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {name: cni}
spec:
  sources:
    - chart: {{ chart }}
      helm:
        values: |
          env:
            ENABLE_PREFIX_DELEGATION: "true"
""",
    ),
    "a set of applications": (
        "set.yaml",
        """apiVersion: argoproj.io/v1alpha1
kind: ApplicationSet
metadata: {name: cni}
spec:
  generators: [{clusters: {}}]
  template:
    spec:
      source:
        chart: '{{chart}}'
        helm: {valuesObject: {env: {ENABLE_PREFIX_DELEGATION: "true"}}}
""",
    ),
    "a JSON patch of kustomize": (
        "kustomization.yaml",
        """kind: Kustomization
patches:
  - target: {kind: DaemonSet, name: aws-node}
    patch: |-
      - op: add
        path: /spec/template/spec/containers/0/env/-
        value: {name: ENABLE_PREFIX_DELEGATION, value: "true"}
""",
    ),
    "a release of helmfile": (
        "helmfile.yaml",
        "releases:\n  - {name: cni, chart: ./cni, set: [{name: env.ENABLE_PREFIX_DELEGATION, value: 'true'}]}\n",
    ),
    "a chart by another name": ("values.yaml", 'network:\n  env:\n    ENABLE_PREFIX_DELEGATION: "true"\n'),
    "a value that Groovy fills in": (
        "Jenkinsfile",
        'stage("x") { steps { sh "kubectl set env ds/aws-node ENABLE_PREFIX_DELEGATION=${params.ON}" } }\n',
    ),
    "a hook of Terragrunt": (
        "terragrunt.hcl",
        'execute = ["kubectl", "set", "env", "ds/aws-node", "ENABLE_PREFIX_DELEGATION=true"]\n',
    ),
    "a patch by kubectl": (
        "patch.sh",
        """kubectl patch ds aws-node --type=json -p '[{"op":"add","path":"/spec/template/spec/containers/0/env/-",\
"value":{"name":"ENABLE_PREFIX_DELEGATION","value":"true"}}]'
""",
    ),
    "values of the add-on in a variable": (
        "up.sh",
        'aws eks update-addon --cluster-name main --addon-name vpc-cni \\\n  --configuration-values "$VALUES"\n',
    ),
    "a placeholder of Task": (
        "Taskfile.yml",
        "tasks:\n  cni:\n    cmds: ['kubectl set env ds/aws-node ENABLE_PREFIX_DELEGATION={{.ON}}']\n",
    ),
    "a variable of Make": ("Makefile", "cni:\n\tkubectl set env ds/aws-node ENABLE_PREFIX_DELEGATION=$(ON)\n"),
    "a patch that Terraform runs": (
        "cni.tf",
        """resource "terraform_data" "cni" {
  provisioner "local-exec" {
    command = "kubectl patch ds aws-node -p '{\\"name\\":\\"ENABLE_PREFIX_DELEGATION\\",\\"value\\":\\"true\\"}'"
  }
}
""",
    ),
    "a release of another chart": (
        "cni.tf",
        """resource "helm_release" "cni" {
  name  = "cni"
  chart = "./charts/network"
  set {
    name  = "env.ENABLE_PREFIX_DELEGATION"
    value = "true"
  }
}
""",
    ),
    "an input of a workflow": (
        ".github/workflows/cni.yaml",
        "jobs: {a: {steps: [{run: 'kubectl set env ds/aws-node ENABLE_PREFIX_DELEGATION=${{ inputs.on }}'}]}}\n",
    ),
}
_SET_ENV = "kubectl set env ds/aws-node -n kube-system ENABLE_PREFIX_DELEGATION=true"
READ = {
    "a script without an ending": ("deploy", f"#!/bin/bash\n{_SET_ENV}\n"),
    "a justfile": ("justfile", f"cni:\n  {_SET_ENV}\n"),
    "a step of Jenkins": ("Jenkinsfile", f"stage('x') {{ steps {{ sh '{_SET_ENV}' }} }}\n"),
    "a step of Jenkins over several lines": ("Jenkinsfile", f'sh(script: """\n  {_SET_ENV}\n""")\n'),
    "extra variables of the chart": (
        "values.yaml",
        'image: {tag: v1.19.0}\nextraEnv:\n  - name: ENABLE_PREFIX_DELEGATION\n    value: "true"\n',
    ),
    "an application with several sources": (
        "app.yaml",
        """apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {name: cni}
spec:
  sources:
    - {repoURL: https://example.com/values, ref: values}
    - {chart: aws-vpc-cni, helm: {valuesObject: {env: {ENABLE_PREFIX_DELEGATION: "true"}}}}
""",
    ),
    "helm upgrade": (
        "up.sh",
        """helm upgrade --install cni eks/aws-vpc-cni -n kube-system \\
  --set image.region=x,env.ENABLE_PREFIX_DELEGATION=true --set-string env.WARM_PREFIX_TARGET=1
""",
    ),
    "helm upgrade that Terraform runs": (
        "cni.tf",
        """resource "terraform_data" "cni" {
  provisioner "local-exec" {
    command = "helm upgrade cni eks/aws-vpc-cni --set env.ENABLE_PREFIX_DELEGATION=true"
  }
}
""",
    ),
    "aws eks create-addon": (
        "up.sh",
        """aws eks create-addon --cluster-name main --addon-name vpc-cni \\
  --configuration-values '{"env":{"ENABLE_PREFIX_DELEGATION":"true"}}'
""",
    ),
}
"""What turns prefix delegation on, so that there is room for 110 pods."""
ELSEWHERE = {
    "a DaemonSet of another namespace": "kubectl set env -n default ds/aws-node ENABLE_PREFIX_DELEGATION=true\n",
    "the add-on of another name": "aws eks create-addon --addon-name coredns --configuration-values '{}'\n",
    "another chart": "helm upgrade --install app example/app --set env.WARM_UP=true\n",
}
SPEAKS = {
    "a comment": ("values.yaml", "# ENABLE_PREFIX_DELEGATION: set elsewhere\nkaren: 1\n"),
    "a comment behind a line": ("deploy.sh", "true # sets ENABLE_PREFIX_DELEGATION=true\n"),
    "what is printed": ("deploy.sh", 'echo "try ENABLE_PREFIX_DELEGATION=true"\n'),
    "a use of a shell variable": ("deploy.sh", 'test "${ENABLE_PREFIX_DELEGATION:-x}" = "$ENABLE_PREFIX_DELEGATION"\n'),
    "a schema": (
        "values.schema.json",
        '{"$schema": "https://json-schema.org/draft-07/schema#", "ENABLE_PREFIX_DELEGATION": {"type": "string"}}',
    ),
    "a service account": ("account.yaml", "kind: ServiceAccount\napiVersion: v1\nmetadata: {name: aws-node}\n"),
    "what is asked of a cluster": (
        "deploy.sh",
        "kubectl rollout status ds aws-node\naws eks describe-addon --addon-name vpc-cni\n",
    ),
    "a program without an ending": ("bin/tool", "\x00\x01ENABLE_PREFIX_DELEGATION=true"),
}
"""What leaves nothing open."""
BROKEN = {
    "values": ("values.yaml", 'env:\n  ENABLE_PREFIX_DELEGATION: "true\n'),
    "a release of Flux": (
        "release.yaml",
        """apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
spec:
  chart: {spec: {chart: aws-vpc-cni}}
  values:
    env:
      ENABLE_PREFIX_DELEGATION: "true"
     WARM_IP_TARGET: "1"
""",
    ),
}


def judged(folder: Path, name: str, text: str) -> tuple[list[str], Outcome]:
    (folder / "main.tf").write_text(CLUSTER, encoding="utf-8")
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    outcome = judge_folder(folder, RULES)
    return [finding.code for finding in outcome.findings], outcome


def open_at(outcome: Outcome, name: str) -> bool:
    """Return whether PR101 is open, and the reason lies in the file of that name."""
    return any(
        "PR101" in one.codes and one.span is not None and one.span.path.endswith(name) for one in outcome.undecided
    )


@pytest.mark.parametrize(("name", "text"), SETS.values(), ids=SETS)
def test_what_sets_a_variable_in_a_way_that_is_not_read_leaves_it_open(tmp_path: Path, name: str, text: str) -> None:
    codes, outcome = judged(tmp_path, name, text)

    assert codes == []
    assert open_at(outcome, name)


@pytest.mark.parametrize(("name", "text"), SPEAKS.values(), ids=SPEAKS)
def test_what_only_speaks_of_a_variable_changes_nothing(tmp_path: Path, name: str, text: str) -> None:
    codes, outcome = judged(tmp_path, name, text)

    assert codes == ["PR101"]
    assert not outcome.undecided
    assert not outcome.problems


@pytest.mark.parametrize(("name", "text"), BROKEN.values(), ids=BROKEN)
def test_a_broken_file_about_the_cni_is_a_problem_and_leaves_its_settings_open(
    tmp_path: Path, name: str, text: str
) -> None:
    codes, outcome = judged(tmp_path, name, text)

    assert codes == []
    assert open_at(outcome, name)
    assert [problem.path.rpartition("/")[2] for problem in outcome.problems] == [name]


def test_a_broken_node_pool_is_a_problem(tmp_path: Path) -> None:
    _, outcome = judged(tmp_path, "pool.yaml", "apiVersion: karpenter.sh/v1\nkind: NodePool\n\tmetadata: {}\n")

    assert [problem.path.rpartition("/")[2] for problem in outcome.problems] == ["pool.yaml"]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_values_in_another_encoding_are_read_as_helm_reads_them(tmp_path: Path, encoding: str) -> None:
    (tmp_path / "main.tf").write_text(CLUSTER, encoding="utf-8")
    (tmp_path / "values.yaml").write_text('env:\n  ENABLE_PREFIX_DELEGATION: "true"\n', encoding=encoding)

    outcome = judge_folder(tmp_path, RULES)

    assert "PR101" not in [finding.code for finding in outcome.findings]
    assert not outcome.undecided
    assert not outcome.problems


def test_a_file_that_only_names_the_cni_is_not_parsed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(documents, "compose", None)
    workload = "kind: Deployment\nmetadata: {name: app} # tolerates aws-node and WARM_ENI_TARGET\n"

    assert documents.read_document(Document("app.yaml", workload)) == ([], None)


@pytest.mark.parametrize(("name", "text"), READ.values(), ids=READ)
def test_what_is_read_leaves_nothing_open(tmp_path: Path, name: str, text: str) -> None:
    codes, outcome = judged(tmp_path, name, text)

    assert codes == []
    assert not outcome.undecided


@pytest.mark.parametrize("text", ELSEWHERE.values(), ids=ELSEWHERE)
def test_what_a_command_sets_elsewhere_changes_nothing(tmp_path: Path, text: str) -> None:
    codes, outcome = judged(tmp_path, "up.sh", text)

    assert codes == ["PR101"]
    assert not outcome.undecided
