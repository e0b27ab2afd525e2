"""PR8xx at the edges: pools of several types, with room that features of the CNI take from some of them."""

from __future__ import annotations

import pytest

from capacity_helpers import add_on, eks_cluster
from rule_helpers import judged, says

CUSTOM = 'AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG = "true"'
POD_GROUPS = 'ENABLE_POD_ENI = "true"'
PREFIXES = 'ENABLE_PREFIX_DELEGATION = "true"'


NODE_CONFIG = """  userData: |
    apiVersion: node.eks.aws/v1alpha1
    kind: NodeConfig
    spec: {kubelet: {%s}}
"""


def cluster(environment: str, settings: str = "") -> str:
    """Return a cluster with Karpenter, the settings of its chart, and the add-on."""
    return (
        eks_cluster(subnets='"subnet-0aaaaaaaaaaaaaaaa"')
        + add_on(environment)
        + f"""
resource "helm_release" "karpenter" {{
  name       = "karpenter"
  repository = "oci://public.ecr.aws/karpenter"
  chart      = "karpenter"
  values     = [yamlencode({{ settings = {{ clusterName = "main" {settings} }} }})]
}}
"""
    )


def pool(requirements: str, more: str = "", family: str = "al2023") -> str:
    """Return a NodePool with these requirements, and more of its node class."""
    return f"""
apiVersion: karpenter.sh/v1
kind: NodePool
metadata:
  name: default
spec:
  template:
    spec:
      nodeClassRef:
        group: karpenter.k8s.aws
        kind: EC2NodeClass
        name: default
      requirements:
{requirements}
---
apiVersion: karpenter.k8s.aws/v1
kind: EC2NodeClass
metadata:
  name: default
spec:
  amiSelectorTerms:
    - alias: {family}@latest
{more}"""


def types(*names: str) -> str:
    """Return a requirement of these types."""
    return f"        - {{key: node.kubernetes.io/instance-type, operator: In, values: [{', '.join(names)}]}}"


def sizes(key: str, *values: str, operator: str = "In") -> str:
    """Return a requirement of a label of Karpenter's."""
    listed = ", ".join(f'"{value}"' for value in values)
    return f"        - {{key: karpenter.k8s.aws/{key}, operator: {operator}, values: [{listed}]}}"


def max_pods(number: int) -> str:
    """Return a kubelet block with a number."""
    return f"  kubelet:\n    maxPods: {number}\n"


JUDGED = {
    # PR801
    "custom networking on two types": (
        cluster(CUSTOM),
        pool(types("m5.xlarge", "m5.large")),
        "error PR801",
        [
            "Karpenter gives an m5.large 29 pods, and it has room for 20",
            'fix: set settings.reservedENIs: "1"',
            "!the trunk",
        ],
    ),
    "custom networking, an interface being reserved": (
        cluster(CUSTOM, ', reservedENIs = "1"'),
        pool(types("m5.large")),
        "",
        [],
    ),
    "a type that loses two interfaces, and one that loses one": (
        cluster(f"{CUSTOM}, {POD_GROUPS}"),
        pool(types("m5.xlarge", "t3.xlarge")),
        "error PR801",
        ['fix: set settings.reservedENIs: "2"'],
    ),
    "more than two interfaces lost": (
        cluster(f'{CUSTOM}, MAX_ENI = "2"'),
        pool(types("m5.2xlarge")),
        "error PR801",
        ["fix: set maxPods: 16 in the kubelet block of the EC2NodeClass"],
    ),
    "custom networking, and a kubelet block without a number": (
        cluster(f'{CUSTOM}, ENABLE_POD_ENI = "false"'),
        pool(types("m5.large"), "  kubelet:\n    maxPods: null\n    clusterDNS: [10.0.0.10]\n"),
        "error PR801",
        ["note: 14: custom networking keeps pods", "!the trunk"],
    ),
    "an interface that a small type does not miss": (cluster(CUSTOM), pool(types("t3.nano")), "", []),
    # PR802
    "a number that the smaller of two types has no room for": (
        cluster('WARM_IP_TARGET = "2", MINIMUM_IP_TARGET = "16"'),
        pool(types("m5.4xlarge", "m5.xlarge", "m5.large"), max_pods(110)),
        "error PR802",
        [
            "kubelet is told 110 pods, but an m5.large, which NodePool/default may launch, has room for 29",
            "1 other type without room for 110",
            "turn on prefix delegation",
            "or write maxPods: 29",
            "the CNI is set here, without prefix delegation",
        ],
    ),
    "a number of the only type": (cluster(""), pool(types("m5.large"), max_pods(29)), "", []),
    "a number without anything about sizes": (
        cluster(""),
        pool(sizes("instance-family", "t3"), max_pods(110)),
        "warning PR802",
        ["the requirements name no size", "Karpenter takes a small type only if the waiting pods fit on it"],
    ),
    "a number, and sizes of which one is too small": (
        cluster(""),
        pool(f"{sizes('instance-family', 'm5')}\n{sizes('instance-size', '4xlarge', 'large')}", max_pods(110)),
        "error PR802",
        ["this lets Karpenter launch it"],
    ),
    "a number, and sizes that are kept out": (
        cluster(""),
        pool(
            f"{sizes('instance-family', 'm5')}\n{sizes('instance-size', 'large', operator='NotIn')}\n"
            f"{sizes('instance-cpu', '3', operator='Gt')}",
            max_pods(110),
        ),
        "error PR802",
        ["note: 16: this lets Karpenter launch it"],
    ),
    "a number, and one of several sizes, each on a line": (
        cluster(""),
        pool(
            "        - key: karpenter.k8s.aws/instance-size\n          operator: In\n          values:\n"
            f"            - 4xlarge\n            - large\n{sizes('instance-family', 'm5')}",
            max_pods(110),
        ),
        "error PR802",
        ["note: 18: this lets Karpenter launch it"],
    ),
    "a number, and nothing about the CNI": (
        cluster("").replace(add_on(""), ""),
        pool(types("m5.large"), max_pods(110)),
        "error PR802",
        ["!without prefix delegation"],
    ),
    "a number, and features that are off": (
        cluster('ENABLE_PREFIX_DELEGATION = "false", ENABLE_POD_ENI = "false"'),
        pool(types("m5.large"), max_pods(110)),
        "error PR802",
        ["prefix delegation is off", "!no Nitro type", "!the trunk"],
    ),
    "a number, and prefixes that a type on Xen does not have": (
        cluster(PREFIXES),
        pool(types("m5.large", "t2.large"), max_pods(110)),
        "error PR802",
        ["prefix delegation is on, but t2.large is no Nitro type", "!turn on prefix delegation"],
    ),
    "a number, and prefixes that are too few for a type on Nitro": (
        cluster(f'{PREFIXES}, MAX_ENI = "1"'),
        pool(types("r5.large"), max_pods(250)),
        "error PR802",
        ["!no Nitro type"],
    ),
    "a number, custom networking and the trunk": (
        cluster(f"{CUSTOM}, {POD_GROUPS}"),
        pool(types("m5.large"), max_pods(29)),
        "error PR802",
        [
            "custom networking keeps pods off the primary interface",
            "the trunk of security groups for pods takes an interface",
        ],
    ),
    "a number and the trunk": (
        cluster(POD_GROUPS),
        pool(types("m5.large"), max_pods(29)),
        "error PR802",
        ["!custom networking keeps"],
    ),
    # PR803
    "a pod for each core on Bottlerocket": (
        cluster(""),
        pool(types("m5.large"), "  kubelet:\n    podsPerCore: 1\n", family="bottlerocket"),
        "warning PR803",
        ["podsPerCore does nothing on Bottlerocket"],
    ),
    "no pods for each core on Bottlerocket": (
        cluster(""),
        pool(types("m5.large"), "  kubelet:\n    podsPerCore: 0\n", family="bottlerocket"),
        "",
        [],
    ),
    "a number in quotes": (
        cluster(""),
        pool(types("m5.large"), '  kubelet:\n    maxPods: "20"\n'),
        "error PR803",
        ["write maxPods: 20, without quotes"],
    ),
    # PR804
    "a number in the user data of Amazon Linux 2023": (
        cluster(""),
        pool(types("m5.large"), NODE_CONFIG % "config: {maxPods: 20}"),
        "warning PR804",
        ["write maxPods: 20 in the kubelet block"],
    ),
    "an expression in the user data of Amazon Linux 2023": (
        cluster(""),
        pool(types("m5.large"), NODE_CONFIG % 'maxPodsExpression: "max_pods - 5"'),
        "warning PR804",
        ["over this expression"],
    ),
    "an expression in the user data for Bottlerocket": (
        cluster(""),
        pool(types("m5.large"), NODE_CONFIG % 'maxPodsExpression: "max_pods - 5"', family="bottlerocket"),
        "",
        [],
    ),
    "a number in the user data of an image that nobody knows": (
        cluster(""),
        pool(types("m5.large"), "  amiFamily: Custom\n" + NODE_CONFIG % "config: {maxPods: 20}").replace(
            "alias: al2023@latest", "id: ami-0123456789abcdef0"
        ),
        "",
        [],
    ),
    "the number that Karpenter works out, too": (
        cluster(""),
        pool(types("m5.large"), NODE_CONFIG % "config: {maxPods: 29}"),
        "",
        [],
    ),
    "user data about something else": (
        cluster(""),
        pool(types("m5.large"), NODE_CONFIG % "config: {imageGCHighThresholdPercent: 80}"),
        "",
        [],
    ),
    "an expression in the user data of another system": (
        cluster(""),
        pool(types("m5.large"), "  userData: |\n    [settings.kubernetes]\n    max-pods = 20\n"),
        "",
        [],
    ),
    # PR806
    "prefixes for two types": (
        cluster(PREFIXES),
        pool(types("t3a.small", "t3a.medium")),
        "warning PR806",
        ["fix: set maxPods: 98 in the kubelet block"],
    ),
    "prefixes for types of which one is large": (
        cluster(PREFIXES),
        pool(types("m5.2xlarge", "t3a.medium")),
        "warning PR806",
        ["Karpenter gives a t3a.medium 17 pods where it could run 110"],
    ),
    "prefixes for a type that gets more than half": (
        cluster(PREFIXES),
        pool(types("m5.2xlarge")),
        "info PR806",
        ["Karpenter gives an m5.2xlarge 58 pods where it could run 110"],
    ),
    "prefixes for any size": (
        cluster(PREFIXES),
        pool(sizes("instance-family", "t3a")),
        "info PR806",
        [],
    ),
    "prefixes for a type without memory for more pods": (cluster(PREFIXES), pool(types("t3.nano")), "", []),
    "prefixes for a type on Xen": (cluster(PREFIXES), pool(types("t2.large")), "", []),
    "prefixes for a type on Xen that gets few pods": (
        cluster(PREFIXES),
        pool(types("m4.large"), "  kubelet:\n    podsPerCore: 2\n"),
        "",
        [],
    ),
    "prefixes for a type that gets less than half, and more than a third": (
        cluster(PREFIXES),
        pool(types("m5.xlarge"), "  kubelet:\n    podsPerCore: 11\n"),
        "warning PR806",
        [],
    ),
    "prefixes, and a small number": (cluster(PREFIXES), pool(types("t3a.small"), max_pods(8)), "", []),
    "no prefixes": (cluster('ENABLE_PREFIX_DELEGATION = "false"'), pool(types("t3a.small")), "", []),
}


@pytest.mark.parametrize("name", JUDGED)
def test_pools(name: str) -> None:
    main, karpenter, expected, words = JUDGED[name]
    outcome = judged("PR8", main, karpenter_yaml=karpenter)
    assert ", ".join(f"{one.severity} {one.code}" for one in outcome.findings) == expected
    assert not [one.reason for one in outcome.undecided]
    says(outcome, *words)


def test_the_ten_smallest_types_are_named() -> None:
    outcome = judged("PR802", cluster(""), karpenter_yaml=pool(sizes("instance-cpu", "2"), max_pods(110)))
    (finding,) = outcome.findings
    assert len(list(finding.evidence["instance_types"] or ())) == 10  # type: ignore[call-overload]


@pytest.mark.parametrize(
    ("gate", "messages"), [("false", ["maxPods is an expression, and NodeClassCEL is off"]), ("true", [])]
)
def test_expressions_want_a_gate(gate: str, messages: list[str]) -> None:
    main = cluster("", f", awsFeatureGates = {{ nodeClassCEL = {gate} }}")
    expression = '  kubelet:\n    maxPods: "max_pods - 5"\n'
    outcome = judged("PR803", main, karpenter_yaml=pool(types("m5.large"), expression))
    assert [one.message.partition(": ")[2] for one in outcome.findings] == messages
    assert not outcome.undecided


@pytest.mark.parametrize("code", ["PR801", "PR803"])
def test_karpenter_that_is_installed_elsewhere_leaves_its_settings_open(code: str) -> None:
    main = eks_cluster(subnets='"subnet-0aaaaaaaaaaaaaaaa"') + add_on(CUSTOM)
    more = '  kubelet:\n    maxPods: "max_pods - 5"\n' if code == "PR803" else ""
    outcome = judged(code, main, karpenter_yaml=pool(types("m5.large"), more))
    assert not outcome.findings
    assert [one.codes for one in outcome.undecided] == [(code,)]


def test_user_data_that_is_not_known_leaves_numbers_in_it_open() -> None:
    main = 'variable "text" {}\n' + cluster("")
    template = """
resource "kubectl_manifest" "class" {
  yaml_body = <<-Y
    apiVersion: karpenter.k8s.aws/v1
    kind: EC2NodeClass
    metadata: {name: default}
    spec: {amiSelectorTerms: [{alias: al2023@latest}], userData: "${var.text}"}
  Y
}
"""
    (karpenter, _) = pool(types("m5.large")).split("---\n")
    outcome = judged("PR804", main, template, karpenter_yaml=karpenter)
    assert not outcome.findings
    assert [one.codes for one in outcome.undecided] == [("PR804",)]


OPEN = {
    "types that are not known, custom networking": (CUSTOM, "", "PR801"),
    "types that are not known, a number": ("", max_pods(110), "PR802"),
    "types that are not known, prefixes": (PREFIXES, "", "PR806"),
}


@pytest.mark.parametrize("name", OPEN)
def test_what_is_found_of_known_types_leaves_others_open(name: str) -> None:
    environment, more, code = OPEN[name]
    requirements = f"{types('t3a.small')}\n{sizes('instance-of-tomorrow', 'yes')}"
    outcome = judged("PR8", cluster(environment), karpenter_yaml=pool(requirements, more))
    assert {one for undecided in outcome.undecided for one in undecided.codes} == {code}
