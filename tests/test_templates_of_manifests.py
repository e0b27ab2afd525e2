"""What a template leaves open is said with its place, what can be read beside it is read, and nothing is guessed."""

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
    subnet_ids = [aws_subnet.a.id]
  }
}
resource "aws_subnet" "a" {
  vpc_id            = "vpc-0aaaaaaaaaaaaaaaa"
  cidr_block        = "10.0.0.0/19"
  availability_zone = "eu-west-1a"
}
resource "aws_eks_node_group" "nodes" {
  cluster_name   = aws_eks_cluster.main.name
  node_role_arn  = "arn:aws:iam::111122223333:role/node"
  subnet_ids     = [aws_subnet.a.id]
  instance_types = ["m5.large"]
  scaling_config {
    min_size     = 1
    desired_size = 1
    max_size     = 2
  }
}
resource "aws_eks_addon" "cni" {
  cluster_name         = aws_eks_cluster.main.name
  addon_name           = "vpc-cni"
  configuration_values = jsonencode({ env = { %s } })
}
"""
CUSTOM_NETWORKING = 'AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG = "true", ENI_CONFIG_LABEL_DEF = "topology.kubernetes.io/zone"'
POD_SECURITY_GROUPS = 'ENABLE_POD_ENI = "true"'
POOL = """apiVersion: karpenter.sh/v1
kind: NodePool
metadata:
  name: default
spec:
  template:
    spec:
      nodeClassRef: {group: karpenter.k8s.aws, kind: EC2NodeClass, name: default}
      requirements: [{key: node.kubernetes.io/instance-type, operator: In, values: [m5.large]}]
"""
NODE_CLASS = """apiVersion: karpenter.k8s.aws/v1
kind: EC2NodeClass
metadata:
  name: default
spec:
  amiSelectorTerms: [{alias: al2023@latest}]
  kubelet:
    maxPods: 110
"""
ENI_CONFIG = """apiVersion: crd.k8s.amazonaws.com/v1alpha1
kind: ENIConfig
metadata: {name: eu-west-1a}
spec: {subnet: subnet-0aaaaaaaaaaaaaaaa}
"""
OTHER_ZONE = ENI_CONFIG.replace("1a", "1b")
POLICY = """apiVersion: vpcresources.k8s.aws/v1beta1
kind: SecurityGroupPolicy
metadata: {name: all}
spec:
  podSelector: {}
  securityGroups: {groupIds: [sg-0aaaaaaaaaaaaaaaa]}
"""
KARPENTER = 'settings:\n  clusterName: main\n  reservedENIs: "0"\n'
BREAKS = "{{ if .Values.it }}{ {{ end }}"

OPEN = {
    "the kind of a pool": ("", {"t.yaml": POOL.replace(": NodePool", ": {{ .Values.kind }}")}, "PR802", "t.yaml:2"),
    "kind and version of a pool": (
        "",
        {"t.yaml": POOL.replace(": NodePool", ": {{ .kind }}").replace("karpenter.sh/v1", "{{ .version }}", 1)},
        "PR802",
        "t.yaml:2",
    ),
    "the kind of a node class": (
        "",
        {"p.yaml": POOL, "t.yaml": NODE_CLASS.replace(": EC2NodeClass", ": {{ .Values.kind }}")},
        "PR802",
        "t.yaml:2",
    ),
    "kind and version of a node class": (
        "",
        {
            "p.yaml": POOL,
            "t.yaml": NODE_CLASS.replace(": EC2NodeClass", ": {{ .kind }}").replace("karpenter.k8s.aws/v1", "{{ .v }}"),
        },
        "PR802",
        "t.yaml:2",
    ),
    "a pool or a node class": (
        "",
        {"t.yaml": f"{{{{ if .pool }}}}\n{POOL}{{{{ else }}}}\n{NODE_CLASS}{{{{ end }}}}\n"},
        "PR802",
        "t.yaml:1",
    ),
    "one of two node classes of one name": (
        "",
        {"p.yaml": POOL, "t.yaml": f"{{{{ if .a }}}}\n{NODE_CLASS}{{{{ else }}}}\n{NODE_CLASS}{{{{ end }}}}\n"},
        "PR802",
        "t.yaml:1",
    ),
    "a node class that another template includes": (
        "",
        {
            "p.yaml": f'{POOL}---\n{{{{ include "class" . }}}}\n',
            "_class.tpl": f'{{{{- define "class" -}}}}\n{NODE_CLASS}{{{{- end -}}}}\n',
        },
        "PR802",
        "_class.tpl:1",
    ),
    "max pods in one of two branches of one line": (
        "",
        {"t.yaml": f"{POOL}---\n{NODE_CLASS.replace('110', '{{ if .a }}110{{ else }}29{{ end }}')}"},
        "PR802",
        "t.yaml:18",
    ),
    "the types of a loop of Jinja": (
        "",
        {
            "t.yaml.j2": POOL.replace("[m5.large]", "[{% for type in types %}{{ type }},{% endfor %}]")
            + f"---\n{NODE_CLASS}",
        },
        "PR802",
        "t.yaml.j2:9",
    ),
    "both branches of one line, which are no YAML": (
        "",
        {
            "t.yaml.j2": f"{POOL}---\n"
            + NODE_CLASS.replace("maxPods: 110", "{% if it %}maxPods: 110{% else %}maxPods: 29{% endif %}")
        },
        "PR802",
        "t.yaml.j2:18",
    ),
    "the kind of an ENIConfig": (
        CUSTOM_NETWORKING,
        {"e.yaml": OTHER_ZONE, "t.yaml": ENI_CONFIG.replace(": ENIConfig", ": {{ .Values.kind }}")},
        "PR501",
        "t.yaml:2",
    ),
    "ENIConfigs in a list": (
        CUSTOM_NETWORKING,
        {
            "e.yaml": OTHER_ZONE,
            "t.yaml": "apiVersion: v1\nkind: List\nitems:\n{{- range .zones }}\n- "
            + ENI_CONFIG.replace("eu-west-1a", "{{ . }}").replace("\n", "\n  ")
            + "\n{{- end }}\n",
        },
        "PR501",
        "t.yaml:4",
    ),
    "an ENIConfig that is no YAML": (
        CUSTOM_NETWORKING,
        {"e.yaml": OTHER_ZONE, "t.yaml": ENI_CONFIG.replace("spec: ", f"spec: {BREAKS}")},
        "PR501",
        "t.yaml:4",
    ),
    "a SecurityGroupPolicy that is no YAML": (
        POD_SECURITY_GROUPS,
        {"t.yaml": POLICY.replace("spec:\n", f"spec: {BREAKS}\n")},
        "PR601",
        "t.yaml:6",
    ),
    "the pods that a policy selects": (
        POD_SECURITY_GROUPS,
        {"t.yaml": POLICY.replace("{}", "{{ toJson .Values.pods }}")},
        "PR601",
        "t.yaml:5",
    ),
    "the labels of the pods that a policy selects": (
        POD_SECURITY_GROUPS,
        {"t.yaml": POLICY.replace("{}", "\n    matchLabels:\n      {{- toYaml .labels | nindent 6 }}")},
        "PR601",
        "t.yaml:7",
    ),
    "values of Karpenter that are no YAML": (
        CUSTOM_NETWORKING,
        {
            "p.yaml": f"{POOL}---\n{NODE_CLASS.partition('  kubelet')[0]}",
            "a.yaml": KARPENTER,
            "v.yaml.tpl": f"{KARPENTER}x: {BREAKS}\n",
        },
        "PR801",
        "v.yaml.tpl:4",
    ),
}


def judged(folder: Path, environment: str, files: dict[str, str]) -> Outcome:
    (folder / "main.tf").write_text(CLUSTER % environment, encoding="utf-8")
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8")
    outcome = judge_folder(folder, rules())
    assert not outcome.problems
    return outcome


@pytest.mark.parametrize("case", OPEN)
def test_what_a_template_leaves_open_is_undecided_at_its_place(tmp_path: Path, case: str) -> None:
    environment, files, code, place = OPEN[case]
    outcome = judged(tmp_path, environment, files)
    assert code not in {finding.code for finding in outcome.findings}
    places = {f"{Path(one.span.path).name}:{one.span.first.line}" for one in outcome.undecided if code in one.codes}
    assert place in places, [(one.reason, one.codes) for one in outcome.undecided]


KNOWN = {
    "a comment with braces in it": f"{{{{- /*\nonce {{{{ .Values.name }}}}: it\n*/ -}}}}\n{POOL}---\n{NODE_CLASS}",
    "a document that is no YAML before it": f"{POOL}---\na: {BREAKS}\nb: c\n---\n{NODE_CLASS}",
    "a refusal of the template": f'{{{{- if not .it }}}}\n{{{{ fail "it" }}}}\n{{{{- end }}}}\n{POOL}---\n{NODE_CLASS}',
    "labels that an action over two lines makes": POOL.replace(
        "  name: default\nspec", '  name: default\n  labels:\n    {{- include "a"\n      (dict) | nindent 4 }}\nspec'
    )
    + f"---\n{NODE_CLASS}",
    "a block of text that begins with an action": f"{POOL}---\n{NODE_CLASS}"
    "  userData: |\n{{ .Values.userData }}\n    echo\n  tags: {a: b}\n",
    "a block of text that is an action": f"{POOL}---\n{NODE_CLASS}  userData: |\n{{{{ .it }}}}\n  tags: {{a: b}}\n",
    "lines that end as on Windows": f"# {{{{ .it }}}}\n{POOL}---\n{NODE_CLASS}".replace("\n", "\r\n"),
}


@pytest.mark.parametrize("case", KNOWN)
def test_what_is_beside_a_template_is_read(tmp_path: Path, case: str) -> None:
    outcome = judged(tmp_path, "", {"t.yaml": KNOWN[case]})
    (finding,) = [finding for finding in outcome.findings if finding.code == "PR802"]
    assert finding.span.text == "maxPods: 110"


@pytest.mark.once("it reads a large text")
def test_many_documents_that_are_no_yaml_cost_a_few_readings(tmp_path: Path) -> None:
    broken = f"kind: NodePool\na: {BREAKS}\n---\n" * 20_000
    outcome = judged(tmp_path, "", {"t.yaml": f"{broken}{ENI_CONFIG}"})
    assert [Path(one.span.path).name for one in outcome.undecided] == ["t.yaml"]


@pytest.mark.parametrize(
    ("text", "line", "what"),
    [
        (NODE_CLASS, 8, "EC2NodeClass/default sets max pods, but no NodePool here uses it"),
        (
            NODE_CLASS.replace("110", "{{ .maxPods }}").replace("default", "{{ .name }}"),
            8,
            "EC2NodeClass on line 2 sets max pods (`{{ .maxPods }}` is filled in later), but no NodePool here uses it",
        ),
        (f"{POOL}---\n{NODE_CLASS}", 0, ""),
        (f"{POOL.replace(' default', ' {{ .name }}')}---\n{NODE_CLASS}", 0, ""),
        (NODE_CLASS.replace("  kubelet:\n    maxPods: 110\n", ""), 0, ""),
        (NODE_CLASS.replace("maxPods: 110", "podsPerCore: 4"), 0, ""),
    ],
)
def test_a_node_class_that_no_pool_uses_is_not_passed_over(tmp_path: Path, text: str, line: int, what: str) -> None:
    outcome = judged(tmp_path, "", {"t.yaml": text})
    notices = [notice for notice in outcome.notices if "NodeClass" in notice.message]
    assert [notice.span.first.line for notice in notices] == ([line] if line else [])
    assert all(what in notice.message for notice in notices)


def test_a_placeholder_of_any_kind_makes_a_template_that_can_be_read_once_it_is_filled_in(tmp_path: Path) -> None:
    text = NODE_CLASS + "__INSTANCE_STORE_POLICY__\n  tags: {Name: nodes}\n"
    for name in ("class.yaml.tpl", "class.yaml"):
        folder = tmp_path / name
        folder.mkdir()
        (folder / name).write_text(text)
        outcome = judge_folder(folder, rules())
        told = [problem.message for problem in outcome.problems] or [one.reason for one in outcome.undecided]
        assert f"{name} cannot be read" in told[0]
        assert bool(outcome.problems) == name.endswith(".yaml")
