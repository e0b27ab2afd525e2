"""Manifests are judged as kustomizations build them; where these differ or are not followed, nothing is guessed."""

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
resource "aws_eks_addon" "cni" {
  cluster_name = aws_eks_cluster.main.name
  addon_name   = "vpc-cni"
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
"""
NODE_CLASS = """apiVersion: karpenter.k8s.aws/v1
kind: EC2NodeClass
metadata: {name: default}
spec:
  amiSelectorTerms: [{alias: al2023@latest}]
  kubelet: {maxPods: %d}
"""
NUMBER = """apiVersion: karpenter.k8s.aws/v1
kind: EC2NodeClass
metadata: {name: %s}
spec: {kubelet: {maxPods: %s}}
"""
DAEMON_SET = """apiVersion: apps/v1
kind: DaemonSet
metadata: {name: aws-node, namespace: kube-system}
spec:
  template:
    spec:
      containers:
        - name: aws-node
          image: 602401143452.dkr.ecr.eu-west-1.amazonaws.com/amazon-k8s-cni:v1.19.2
          env:
            - {name: ENABLE_IPv4, value: "true"}
            - {name: ENABLE_IPv6, value: "false"}
            - {name: WARM_IP_TARGET, value: "2"}
            - {name: MINIMUM_IP_TARGET, value: "5"}
"""
BASE = {"base/kustomization.yaml": "resources: [pool.yaml, class.yaml]\n", "base/pool.yaml": POOL}
HIGH = {**BASE, "base/class.yaml": NODE_CLASS % 110}
LOW = {**BASE, "base/class.yaml": NODE_CLASS % 29}
OVERLAY = "resources: [../base]\n"


def indented(text: str, by: int) -> str:
    return text.replace("\n", "\n" + " " * by).rstrip()


def patched(patch: str) -> str:
    return f"{OVERLAY}patches:\n  - {indented(patch, 4)}\n"


def operations(text: str, target: str = "{kind: EC2NodeClass, name: default}") -> str:
    return patched(f"target: {target}\npatch: |-\n  {indented(text, 2)}")


REPLACED = "- op: replace\n  path: /spec/kubelet/maxPods\n  value: %d"

BUILT = {
    "an overlay lowers the number": (
        {**HIGH, "a/kustomization.yaml": patched("path: p.yaml"), "a/p.yaml": NUMBER % ("default", 29)},
        0,
        "",
    ),
    "an overlay raises the number": (
        {**LOW, "a/kustomization.yaml": patched("path: p.yaml"), "a/p.yaml": NUMBER % ("default", 110)},
        1,
        "a/p.yaml:4",
    ),
    "a patch in the kustomization": (
        {**LOW, "a/kustomization.yaml": patched(f"patch: |-\n  {indented(NUMBER % ('default', 110), 2)}")},
        1,
        "a/kustomization.yaml:7",
    ),
    "a patch for another object": (
        {**HIGH, "a/kustomization.yaml": patched("path: p.yaml"), "a/p.yaml": NUMBER % ("other", 29)},
        1,
        "base/class.yaml:6",
    ),
    "a patch by the old key": (
        {
            **LOW,
            "a/kustomization.yml": f"{OVERLAY}patchesStrategicMerge: [p.yaml]\n",
            "a/p.yaml": NUMBER % ("default", 110),
        },
        1,
        "a/p.yaml:4",
    ),
    "operations": ({**LOW, "a/Kustomization": operations(REPLACED % 110)}, 1, "a/Kustomization:7"),
    "operations by the old key": (
        {
            **LOW,
            "a/kustomization.yaml": f"{OVERLAY}patchesJson6902:\n"
            "  - target: {kind: EC2NodeClass, name: default}\n    path: p.yaml\n",
            "a/p.yaml": REPLACED % 110,
        },
        1,
        "a/p.yaml:3",
    ),
    "operations in JSON for a pattern of names": (
        {
            **LOW,
            "a/kustomization.yaml": patched("target: {kind: EC2NodeClass, name: 'def.*'}\npath: p.json"),
            "a/p.json": '[{"op": "replace", "path": "/spec/kubelet/maxPods", "value": 110}]\n',
        },
        1,
        "a/p.json:1",
    ),
    "operations for another pattern of names": (
        {**LOW, "a/kustomization.yaml": operations(REPLACED % 110, "{kind: EC2NodeClass, name: 'efault'}")},
        0,
        "",
    ),
    "a removal": ({**HIGH, "a/kustomization.yaml": operations("- op: remove\n  path: /spec/kubelet/maxPods")}, 0, ""),
    "a patch of a patched base": (
        {
            **HIGH,
            "a/kustomization.yaml": patched("path: p.yaml"),
            "a/p.yaml": NUMBER % ("default", 29),
            "b/kustomization.yaml": "resources: [../a]\npatches: [{path: p.yaml}]\n",
            "b/p.yaml": NUMBER % ("default", 111),
        },
        1,
        "b/p.yaml:4",
    ),
    "a component": (
        {
            **HIGH,
            "a/kustomization.yaml": f"{OVERLAY}components: [../c]\n",
            "c/kustomization.yaml": "kind: Component\npatches: [{path: p.yaml}]\n",
            "c/p.yaml": NUMBER % ("default", 29),
        },
        0,
        "",
    ),
    "two overlays that agree": (
        {
            **LOW,
            "a/kustomization.yaml": patched("path: p.yaml"),
            "a/p.yaml": NUMBER % ("default", 110),
            "b/kustomization.yaml": patched("path: p.yaml"),
            "b/p.yaml": NUMBER % ("default", 110),
        },
        1,
        "a/p.yaml:4",
    ),
    "two overlays that differ in something else": (
        {
            **HIGH,
            "a/kustomization.yaml": patched("path: p.yaml"),
            "a/p.yaml": (NUMBER % ("default", 110)).replace("kubelet: {maxPods: 110}", "role: a"),
            "b/kustomization.yaml": patched("path: p.yaml"),
            "b/p.yaml": (NUMBER % ("default", 110)).replace("kubelet: {maxPods: 110}", "role: b"),
        },
        1,
        "base/class.yaml:6",
    ),
    "kustomizations that use each other": (
        {
            **HIGH,
            "base/kustomization.yaml": "resources: [pool.yaml, class.yaml, ../a]\n",
            "a/kustomization.yaml": OVERLAY,
        },
        1,
        "base/class.yaml:6",
    ),
}


def judged(folder: Path, files: dict[str, str]) -> Outcome:
    for name, text in {"main.tf": CLUSTER, **files}.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    outcome = judge_folder(folder, rules())
    assert not outcome.problems
    return outcome


def places(outcome: Outcome, folder: Path, code: str) -> list[str]:
    return [
        f"{Path(finding.span.path).resolve().relative_to(folder.resolve()).as_posix()}:{finding.span.first.line}"
        for finding in outcome.findings
        if finding.code == code
    ]


def open_rules(outcome: Outcome) -> set[str]:
    return {code for one in outcome.undecided for code in one.codes}


@pytest.mark.parametrize("case", BUILT)
def test_max_pods_are_those_that_are_built(tmp_path: Path, case: str) -> None:
    files, findings, place = BUILT[case]
    outcome = judged(tmp_path, files)
    assert places(outcome, tmp_path, "PR802") == [place][:findings]
    assert "PR802" not in open_rules(outcome)


OPEN = {
    "two overlays with numbers of their own": {
        **HIGH,
        "a/kustomization.yaml": patched("path: p.yaml"),
        "a/p.yaml": NUMBER % ("default", 29),
        "b/kustomization.yaml": OVERLAY,
    },
    "objects of some label": {
        **HIGH,
        "a/kustomization.yaml": operations(REPLACED % 29, "{kind: EC2NodeClass, labelSelector: size=small}"),
    },
    "an operation that is not followed": {
        **HIGH,
        "a/kustomization.yaml": operations("- {op: copy, from: /spec/x, path: /spec/kubelet/maxPods}"),
    },
    "a directive": {
        **HIGH,
        "a/kustomization.yaml": patched("path: p.yaml"),
        "a/p.yaml": (NUMBER % ("default", 29)).replace("{maxPods: 29}", "{$patch: delete}"),
    },
    "a value that is filled in": {
        **HIGH,
        "a/kustomization.yaml": patched("path: p.yaml"),
        "a/p.yaml": NUMBER % ("default", "${NUMBER}"),
    },
    "a replacement": {
        **HIGH,
        "a/kustomization.yaml": f"{OVERLAY}replacements:\n  - source: {{kind: ConfigMap, name: x, fieldPath: it}}\n"
        "    targets: [{select: {kind: EC2NodeClass}, fieldPaths: [spec.kubelet.maxPods]}]\n",
    },
    "a replacement in a file": {
        **HIGH,
        "a/kustomization.yaml": f"{OVERLAY}replacements: [{{path: r.yaml}}]\n",
        "a/r.yaml": "- targets: [{select: {kind: EC2NodeClass}, fieldPaths: [spec.kubelet.maxPods]}]\n",
    },
}


@pytest.mark.parametrize("case", OPEN)
def test_what_kustomizations_leave_open_is_undecided(tmp_path: Path, case: str) -> None:
    outcome = judged(tmp_path, OPEN[case])
    assert not places(outcome, tmp_path, "PR802")
    assert "PR802" in open_rules(outcome)


OF_THE_CNI = {
    "a merge": (
        {
            "d/kustomization.yaml": "resources: [d.yaml]\npatches: [{path: p.yaml}]\n",
            "d/d.yaml": DAEMON_SET,
            "d/p.yaml": DAEMON_SET.replace(': "2"', ': "0"').replace("          image", "          #"),
        },
        False,
    ),
    "operations": (
        {
            "d/kustomization.yaml": "resources: [d.yaml]\npatches:\n  - target: {kind: DaemonSet, name: aws-node}\n"
            "    patch: |-\n      - op: replace\n        path: /spec/template/spec/containers/0/env/2\n"
            '        value: {name: WARM_IP_TARGET, value: "0"}\n',
            "d/d.yaml": DAEMON_SET,
        },
        False,
    ),
    "operations on what is not here": (
        {
            "d/kustomization.yaml": "resources: [https://example.com/aws-node.yaml]\npatches:\n"
            "  - target: {kind: DaemonSet, name: aws-node}\n    path: p.yaml\n",
            "d/p.yaml": "- op: add\n  path: /spec/template/spec/containers/0/env/-\n"
            '  value: {name: MINIMUM_IP_TARGET, value: "5"}\n',
        },
        True,
    ),
}


@pytest.mark.parametrize("case", OF_THE_CNI)
def test_a_patch_of_aws_node_is_followed_or_leaves_its_variables_open(tmp_path: Path, case: str) -> None:
    files, is_open = OF_THE_CNI[case]
    alone = CLUSTER.partition('resource "aws_eks_addon"')[0]
    outcome = judged(tmp_path, files if is_open else {**files, "main.tf": alone})
    codes = {finding.code for finding in outcome.findings}
    assert ("PR301" in codes, "PR301" in open_rules(outcome)) == ((False, True) if is_open else (True, False))


def test_a_patch_of_an_object_that_is_not_here_is_told(tmp_path: Path) -> None:
    outcome = judged(
        tmp_path,
        {
            "pool.yaml": POOL,
            "d/kustomization.yaml": "resources: [https://example.com/class.yaml]\n"
            + operations(REPLACED % 110).partition("\n")[2],
        },
    )
    assert "a patch changes EC2NodeClass default, which is not in this project" in {
        one.reason for one in outcome.undecided
    }


def test_a_file_that_is_a_patch_is_no_object_also_below_the_current_directory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    part = POOL.replace("      nodeClassRef: {group: karpenter.k8s.aws, kind: EC2NodeClass, name: default}\n", "")
    files = {**LOW, "a/kustomization.yaml": patched("path: p.yaml"), "a/p.yaml": part.replace("m5", "r5")}
    judged(tmp_path, files)
    monkeypatch.chdir(tmp_path)
    outcome = judge_folder(Path(), rules())
    assert not {one.reason for one in outcome.undecided if "is a part of" in one.reason}
    assert [pool.address for world in outcome.worlds for pool in world.node_pools] == ["NodePool/default"]


def test_a_patch_of_what_lies_outside_of_the_checked_path_says_where_it_may_be(tmp_path: Path) -> None:
    judged(
        tmp_path,
        {
            "base/kustomization.yaml": "resources: [pool.yaml, class.yaml]\n",
            "base/class.yaml": NODE_CLASS % 29,
            "a/kustomization.yaml": f"{operations(REPLACED % 110)}  - path: p.yaml\n",
            "a/p.yaml": "apiVersion: karpenter.sh/v1\nkind: NodePool\nmetadata: {name: my-pool}\n"
            "spec: {template: {spec: {requirements: []}}}\n",
        },
    )
    reasons = {one.reason for one in judge_folder(tmp_path / "a", rules()).undecided}
    for said in ("a patch changes EC2NodeClass default", "this is a patch of NodePool my-pool"):
        where = f"which may be in {tmp_path.as_posix()}/base, outside of the path that is checked"
        assert f"{said}, {where}: check a folder that holds both" in reasons


def test_another_image_for_aws_node_leaves_its_version_open(tmp_path: Path) -> None:
    old = DAEMON_SET.replace("v1.19.2", "v1.11.0")
    tagged = "resources: [d.yaml]\nimages:\n  - name: 602401143452.dkr.ecr.eu-west-1.amazonaws.com/amazon-k8s-cni\n"
    alone = CLUSTER.partition('resource "aws_eks_addon"')[0].replace("name     =", 'version = "1.31"\n  name =')
    for kustomization, is_open in (("resources: [d.yaml]\n", False), (f"{tagged}    newTag: v1.19.2\n", True)):
        files = {"main.tf": alone, "d/kustomization.yaml": kustomization, "d/d.yaml": old}
        outcome = judged(tmp_path, files)
        codes = {finding.code for finding in outcome.findings}
        assert ("PR701" in codes, "PR701" in open_rules(outcome)) == (not is_open, is_open)
        assert "PR301" not in open_rules(outcome)


def test_a_patch_in_a_kustomization_of_flux_is_not_passed_over(tmp_path: Path) -> None:
    flux = "apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nmetadata: {name: x}\nspec:\n  patches:\n"
    merged = f"    - patch: |\n        {indented(NUMBER % ('default', 29), 8)}\n"
    objects = {"pool.yaml": POOL, "class.yaml": NODE_CLASS % 110}
    outcome = judged(tmp_path, {**objects, "flux.yaml": flux + merged})
    assert "PR802" in open_rules(outcome)
    of_operations = f"    - target: {{kind: EC2NodeClass}}\n      patch: |\n        {indented(REPLACED % 29, 8)}\n"
    outcome = judged(tmp_path, {**objects, "flux.yaml": flux + of_operations})
    assert any("a patch changes EC2NodeClass" in one.reason for one in outcome.undecided)


def test_values_that_a_kustomization_gives_a_chart_are_read(tmp_path: Path) -> None:
    chart = "helmCharts:\n  - name: aws-vpc-cni\n    valuesInline:\n      env: {MINIMUM_IP_TARGET: '5'}\n"
    outcome = judged(tmp_path, {"d/kustomization.yaml": f"kind: Kustomization\n{chart}"})
    assert places(outcome, tmp_path, "PR301") == ["d/kustomization.yaml:5"]
