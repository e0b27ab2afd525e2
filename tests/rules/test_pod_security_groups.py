"""PR503, PR504 and PR6xx at the edges: interfaces that are kept from pods, and what the CNI is told of pods' groups."""

from __future__ import annotations

import pytest

from capacity_helpers import add_on, eks_cluster, node_group, subnet
from rule_helpers import FROM_TEMPLATE, NUMBER_THAT_MAY_NOT_WIN, judged, node_pool, says

SUBNETS = '"subnet-0aaaaaaaaaaaaaaaa"'
UNKNOWN = 'variable "unknown" {\n  type = string\n}\nvariable "any" {}\n'
CLUSTER = eks_cluster(subnets=SUBNETS)
POD_GROUPS = 'ENABLE_POD_ENI = "true"'
CUSTOM = 'AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG = "true", ENI_CONFIG_LABEL_DEF = "topology.kubernetes.io/zone"'
STANDARD = f'{POD_GROUPS}, POD_SECURITY_GROUP_ENFORCING_MODE = "standard"'
WINDOWS = 'ami_type = "WINDOWS_CORE_2022_x86_64"'
ONE_OF = 'ami_type = var.unknown == "" ? "%s" : "AL2023_x86_64_STANDARD"'
OWN_IMAGE = FROM_TEMPLATE.replace("AL2023_x86_64_STANDARD", "CUSTOM")
PERHAPS = 'count = var.unknown == "" ? 1 : 0'
ELSEWHERE = """
resource "null_resource" "cni" {
  provisioner "local-exec" {
    command = "cni.sh aws-node vpc-cni"
  }
}
"""
KARPENTER = """
resource "helm_release" "karpenter" {
  name       = "karpenter"
  repository = "oci://public.ecr.aws/karpenter"
  chart      = "karpenter"
  values     = [yamlencode({ settings = { clusterName = "main" } })]
}
"""
VPC = 'resource "aws_vpc" "main" {\n  cidr_block = "10.0.0.0/16"\n}\n'
KEPT_OUT = 'tags = { "kubernetes.io/role/cni" = "0" }'
NEW = 'addon_version = "v1.23.1-eksbuild.1"\n  addon_name '
OLDEST = 'addon_version = "v1.15.1-eksbuild.1"\n  addon_name '
OLD = 'addon_version = "v1.17.1-eksbuild.1"\n  addon_name '


def policy(selector: str = "{matchLabels: {role: db}}", name: str = "policy", more: str = "") -> str:
    """Return a SecurityGroupPolicy."""
    return f"""
resource "kubectl_manifest" "{name}" {{
  {more}
  yaml_body = <<-Y
    apiVersion: vpcresources.k8s.aws/v1beta1
    kind: SecurityGroupPolicy
    metadata: {{name: db, namespace: default}}
    spec:
      podSelector: {selector}
      securityGroups: {{groupIds: [sg-0aaaaaaaaaaaaaaaa]}}
  Y
}}
"""


def group(name: str, types: str, **others: str) -> str:
    """Return a node group."""
    return node_group(name, types=types, subnets=SUBNETS, **others)


def own_nodes(*types: str) -> str:
    """Return nodes of one's own of several types, each of which works out its max pods."""
    overrides = "\n".join(f'      override {{\n        instance_type = "{name}"\n      }}' for name in types)
    return f"""
resource "aws_launch_template" "own" {{
  image_id  = "ami-0123456789abcdef0"
  user_data = base64encode(<<-EOT
    apiVersion: node.eks.aws/v1alpha1
    kind: NodeConfig
    spec:
      cluster: {{name: main}}
  EOT
  )
}}

resource "aws_autoscaling_group" "own" {{
  min_size            = 1
  max_size            = 3
  vpc_zone_identifier = [{SUBNETS}]
  mixed_instances_policy {{
    launch_template {{
      launch_template_specification {{
        launch_template_id = aws_launch_template.own.id
      }}
{overrides}
    }}
  }}
  tag {{
    key                 = "kubernetes.io/cluster/main"
    value               = "owned"
    propagate_at_launch = true
  }}
}}
"""


def of_types(*names: str) -> str:
    """Return a requirement of a NodePool: these types."""
    return f"{{key: node.kubernetes.io/instance-type, operator: In, values: [{', '.join(names)}]}}"


def proxy(mode: str) -> str:
    """Return the add-on kube-proxy in a mode."""
    return f"""
resource "aws_eks_addon" "kube_proxy" {{
  cluster_name         = aws_eks_cluster.main.name
  addon_name           = "kube-proxy"
  configuration_values = jsonencode({{ mode = {mode} }})
}}
"""


def role(policies: str) -> str:
    """Return a cluster with a role of its own."""
    attached = "\n".join(
        f"""
resource "aws_iam_role_policy_attachment" "p{number}" {{
  role       = aws_iam_role.cluster.name
  policy_arn = {arn}
}}"""
        for number, arn in enumerate(policies.split())
    )
    return f"""
resource "aws_iam_role" "cluster" {{
  name               = "cluster"
  assume_role_policy = "{{}}"
}}
{attached}
{CLUSTER.replace('"arn:aws:iam::111122223333:role/cluster"', "aws_iam_role.cluster.arn")}
"""


OF_CLUSTERS = '"arn:aws:iam::aws:policy/AmazonEKSClusterPolicy"'
OF_CONTROLLER = '"arn:aws:iam::aws:policy/AmazonEKSVPCResourceController"'

JUDGED = {
    # PR503
    "no interface for pods by MAX_ENI": (
        [CLUSTER, add_on(f'{CUSTOM}, MAX_ENI = "1"'), group("a", "m5.large")],
        "error PR503",
        ["no interface left for pods: MAX_ENI is 1", ": m5.large has 3 interfaces", "!this limits them", "!the trunk"],
    ),
    "no interface for pods, and MAX_ENI makes it worse": (
        [CLUSTER, add_on(f'{CUSTOM}, {POD_GROUPS}, MAX_ENI = "1"'), group("a", "m6g.medium")],
        "error PR503",
        ["an m6g.medium has no interface left for pods\n", "this limits them", "keep one interface for the trunk"],
    ),
    "no interface for pods, and MAX_ENI does not matter": (
        [CLUSTER, add_on(f'{CUSTOM}, {POD_GROUPS}, MAX_ENI = "2"'), group("a", "m6g.medium")],
        "error PR503",
        ["!this limits them", "custom networking keeps pods off the primary interface"],
    ),
    # PR504
    "an empty tag": (
        [VPC, CLUSTER, subnet("a", "10.0.0.0/24", more='tags = { "kubernetes.io/role/cni" = "" }')],
        "warning PR504",
        ["its value is empty"],
    ),
    "a tag without any cluster": (
        [VPC, subnet("a", "10.0.0.0/24", more='tags = { "kubernetes.io/role/cni" = "1" }')],
        "",
        [],
    ),
    "a tag of a subnet of nodes, and of one without any": (
        [
            VPC,
            CLUSTER,
            add_on("").replace("addon_name ", NEW),
            subnet("a", "10.0.0.0/20", more=KEPT_OUT),
            subnet("b", "10.0.16.0/20"),
            node_group("a", types="t3.medium", more=""),
            node_group("b", types="m5.large", subnets="aws_subnet.b.id"),
        ],
        "warning PR504",
        ["kubelet runs 17 pods, but a t3.medium has room for 12"],
    ),
    "a tag of a subnet of nodes with Windows": (
        [
            VPC,
            CLUSTER,
            add_on("").replace("addon_name ", NEW),
            subnet("a", "10.0.0.0/20", more=KEPT_OUT),
            node_group("a", types="t3.medium", more=WINDOWS),
        ],
        "",
        [],
    ),
    "a tag that switches the primary interface off, and more pods than there is room for anyway": (
        [
            VPC,
            CLUSTER,
            add_on('MAX_ENI = "2"').replace("addon_name ", NEW),
            subnet("a", "10.0.0.0/20", more=KEPT_OUT),
            node_group("a", types="t3.medium"),
        ],
        "",
        [],
    ),
    "a tag that leaves room for one of two numbers": (
        [
            VPC,
            CLUSTER,
            add_on("").replace("addon_name ", NEW),
            subnet("a", "10.0.0.0/20", more=KEPT_OUT),
            NUMBER_THAT_MAY_NOT_WIN % 12,
            node_group("a", types="t3.medium", more=FROM_TEMPLATE),
        ],
        "warning PR504",
        ["kubelet runs 17 pods, but a t3.medium has room for 12"],
    ),
    "a tag in vain for each of two clusters": (
        [
            VPC,
            CLUSTER,
            eks_cluster("other", subnets=SUBNETS),
            add_on('ENABLE_SUBNET_DISCOVERY = "false"'),
            add_on("", name="other", cluster="other").replace("addon_name ", OLD),
            subnet("a", "10.0.0.0/20", more='tags = { "kubernetes.io/role/cni" = "1" }'),
        ],
        "warning PR504",
        ["ENABLE_SUBNET_DISCOVERY is false", "this switches it off"],
    ),
    "a tag that one of two clusters looks for": (
        [
            VPC,
            CLUSTER,
            eks_cluster("other", subnets=SUBNETS),
            add_on('ENABLE_SUBNET_DISCOVERY = "false"'),
            subnet("a", "10.0.0.0/20", more='tags = { "kubernetes.io/role/cni" = "1" }'),
        ],
        "",
        [],
    ),
    "a tag that an old version does not look for": (
        [
            VPC,
            CLUSTER,
            add_on('ENABLE_SUBNET_DISCOVERY = "true"').replace("addon_name ", OLD),
            subnet("a", "10.0.0.0/20", more='tags = { "kubernetes.io/role/cni" = "1" }'),
        ],
        "warning PR504",
        ["the CNI looks for tagged subnets since v1.18 only", "!this switches it off"],
    ),
    # PR601
    "two types that lose an interface to the trunk": (
        [CLUSTER, add_on(STANDARD), group("a", "m5.large,m6a.2xlarge"), policy()],
        "error PR601",
        ["an m5.large has room for 20"],
    ),
    "security groups for pods are off": (
        [CLUSTER, add_on('ENABLE_POD_ENI = "false"'), group("a", "m5.large"), policy()],
        "",
        [],
    ),
    "two types of one's own that lose an interface to the trunk": (
        [CLUSTER, add_on(STANDARD), own_nodes("m5.xlarge", "m5.large")],
        "error PR601",
        ["an m5.large has room for 20"],
    ),
    "a number that does not fit with the trunk's interface either": (
        [CLUSTER, add_on(STANDARD), NUMBER_THAT_MAY_NOT_WIN % 110, group("a", "m5.large", more=OWN_IMAGE)],
        "",
        [],
    ),
    "a number that fits with the trunk, and may not win": (
        [CLUSTER, add_on(STANDARD), NUMBER_THAT_MAY_NOT_WIN % 20, group("a", "m5.large", more=FROM_TEMPLATE)],
        "warning PR601",
        [],
    ),
    "just as many pods with branch interfaces as are lost": (
        [CLUSTER, add_on(STANDARD), group("a", "m5.large")],
        "",
        [],
        "[assumptions]\npods_with_security_groups = 9\n",
    ),
    "one pod less with a branch interface than are lost": (
        [CLUSTER, add_on(STANDARD), group("a", "m5.large")],
        "error PR601",
        [],
        "[assumptions]\npods_with_security_groups = 8\n",
    ),
    "a version that takes no interface for the trunk": (
        [CLUSTER, add_on(STANDARD).replace("addon_name ", OLDEST), group("a", "m5.large"), policy()],
        "warning PR601",
        ["has room for 20 after an upgrade of the CNI to 1.16.4 or later"],
    ),
    "a version that takes an interface for a trunk which a type cannot have, and a policy that selects all": (
        [CLUSTER, add_on(STANDARD).replace("addon_name ", OLD), group("a", "t3.large"), policy("{}")],
        "error PR601, error PR602",
        ["before CNI 1.20.4 its place is kept free"],
    ),
    # PR602
    "a type with a trunk in a NodePool of another cluster": (
        [
            CLUSTER,
            eks_cluster("other", subnets=SUBNETS),
            add_on(STANDARD),
            group("a", "t3.large"),
            node_pool(of_types("m5.large"), cluster="other"),
        ],
        "warning PR602",
        [],
    ),
    "a type without a trunk where Karpenter may launch others": (
        [CLUSTER, add_on(STANDARD), group("a", "t3.large"), KARPENTER],
        "",
        [],
    ),
    "a type without a trunk where Karpenter launches such types, too": (
        [CLUSTER, add_on(STANDARD), group("a", "t3.large"), KARPENTER, node_pool(of_types("t3.xlarge"))],
        "warning PR602",
        ["no trunk interface: t3.large, t3.xlarge"],
    ),
    "types with a trunk and without one among those that Karpenter may launch": (
        [CLUSTER, add_on(STANDARD), node_pool(of_types("t3.xlarge", "m5.large", "${var.unknown}"))],
        "",
        [],
    ),
    "a type without a trunk, with one of two systems": (
        [CLUSTER, add_on(STANDARD), group("a", "t3.large", more=ONE_OF % "AL2_x86_64")],
        "warning PR602",
        [],
    ),
    "a type without a trunk, and a policy": (
        [CLUSTER, add_on(STANDARD), group("a", "t3.large"), policy()],
        "error PR602",
        ["the pods that this selects never start"],
    ),
    "a type without a trunk, in another cluster": (
        [
            CLUSTER,
            eks_cluster("other", subnets=SUBNETS),
            add_on(STANDARD),
            group("a", "m6a.large", more="").replace("m6a.large", "m6a.xlarge"),
            group("b", "t3.large", cluster="other"),
        ],
        "error PR601",
        [],
    ),
    "types with a trunk in another cluster only": (
        [
            CLUSTER,
            eks_cluster("other", subnets=SUBNETS),
            add_on(STANDARD),
            group("a", "t3.large"),
            group("b", "m5.large", cluster="other"),
        ],
        "warning PR602",
        [],
    ),
    "a type with a trunk for nodes with Windows only": (
        [CLUSTER, add_on(STANDARD), group("a", "t3.large"), group("b", "m5.large", more=WINDOWS)],
        "warning PR602",
        ["no trunk interface: t3.large"],
    ),
    "eight types without a trunk": (
        [
            CLUSTER,
            add_on(STANDARD),
            group("a", "t3.nano,t3.micro,t3.small,t3.medium,t3.large,t3.xlarge,t3.2xlarge,t3a.large"),
        ],
        "warning PR602",
        ["t3.2xlarge, t3a.large", "!other type"],
    ),
    "nine types without a trunk": (
        [
            CLUSTER,
            add_on(STANDARD),
            group("a", "t3.nano,t3.micro,t3.small,t3.medium,t3.large,t3.xlarge,t3.2xlarge,t3a.large,t3a.xlarge"),
        ],
        "warning PR602",
        ["t3.2xlarge, t3a.large and 1 other type"],
    ),
    # PR603
    "strict mode and a policy": (
        [CLUSTER, add_on(POD_GROUPS), group("a", "t3.large"), policy()],
        "error PR602, warning PR603",
        ["strict mode, and DISABLE_TCP_EARLY_DEMUX is not on", "!security groups for pods are turned on here"],
    ),
    "strict mode, early demux and another variable of the init container": (
        [
            CLUSTER,
            add_on(
                POD_GROUPS, more=', init = { env = { DISABLE_TCP_EARLY_DEMUX = "false", ENABLE_V6_EGRESS = "false" } }'
            ),
            policy(),
        ],
        "warning PR603",
        [
            "strict mode needs it on",
            "security groups for pods are turned on here\nnote: 25: pods that this selects are concerned",
        ],
    ),
    "strict mode, a policy, and one that may not be there": (
        [CLUSTER, add_on(POD_GROUPS), policy(name="other", more=PERHAPS), policy()],
        "warning PR603",
        [],
    ),
    "strict mode without early demux, and another variable of the init container": (
        [
            CLUSTER,
            add_on(
                POD_GROUPS, more=', init = { env = { DISABLE_TCP_EARLY_DEMUX = "true", ENABLE_V6_EGRESS = "false" } }'
            ),
            policy(),
        ],
        "",
        [],
    ),
    "no security groups for pods, and a policy": ([CLUSTER, add_on('ENABLE_POD_ENI = "false"'), policy()], "", []),
    "nothing about security groups for pods, and a policy": (
        [CLUSTER, add_on('WARM_IP_TARGET = "2", MINIMUM_IP_TARGET = "16"'), policy()],
        "",
        [],
    ),
    # PR604
    "a role without the policy of the controller": (
        [role(OF_CLUSTERS), add_on(POD_GROUPS)],
        "warning PR604",
        ["has AmazonEKSClusterPolicy, and not AmazonEKSVPCResourceController"],
    ),
    "a role without the policy of the controller, and pods that need it": (
        [role(OF_CLUSTERS), add_on(STANDARD), policy()],
        "error PR604",
        ["the pods that this selects never start"],
    ),
    "a role with the policy of the controller": ([role(f"{OF_CLUSTERS} {OF_CONTROLLER}"), add_on(STANDARD)], "", []),
    "a role without the policy where nothing needs it": (
        [role(OF_CLUSTERS), add_on('ENABLE_POD_ENI = "false"')],
        "",
        [],
    ),
    "a role without the policy where only another cluster has pods that need it": (
        [role(OF_CLUSTERS), eks_cluster("other", subnets=SUBNETS), add_on(POD_GROUPS, cluster="other")],
        "",
        [],
    ),
    "a role without the policy where nothing is said": ([role(OF_CLUSTERS)], "", []),
    # PR605
    "strict mode and IPVS": ([CLUSTER, add_on(POD_GROUPS), proxy('"ipvs"')], "warning PR605", []),
    "strict mode, IPVS and a policy": (
        [CLUSTER, add_on(POD_GROUPS), proxy('"ipvs"'), policy()],
        "error PR605, warning PR603",
        ["pods that this selects are concerned"],
    ),
    "strict mode and iptables": ([CLUSTER, add_on(POD_GROUPS), proxy('"iptables"')], "", []),
    "standard mode and IPVS": ([CLUSTER, add_on(STANDARD), proxy('"ipvs"')], "", []),
    "IPVS where nothing is said of security groups for pods": ([CLUSTER, proxy('"ipvs"')], "", []),
    # PR606
    "two types with fewer branch interfaces than pods, one without any, and a policy that selects all": (
        [
            CLUSTER,
            add_on(STANDARD),
            NUMBER_THAT_MAY_NOT_WIN % 44,
            group("a", "m5.xlarge,m5.large,t3.large", more=OWN_IMAGE),
            policy("{}"),
        ],
        "info PR606",
        ["an m5.large has branch interfaces for 9 of its 42 pods"],
    ),
    "fewer branch interfaces than the lower of two numbers": (
        [
            CLUSTER,
            add_on(STANDARD),
            NUMBER_THAT_MAY_NOT_WIN % 12,
            group("a", "m5.large", more=FROM_TEMPLATE),
            policy("{}"),
        ],
        "info PR606",
        ["an m5.large has branch interfaces for 9 of its 10 pods"],
        "[assumptions]\npods_with_security_groups = 12\n",
    ),
    "as many branch interfaces as pods need, and a policy that selects all": (
        [
            CLUSTER,
            add_on(STANDARD),
            NUMBER_THAT_MAY_NOT_WIN % 20,
            group("a", "m5.large", more=OWN_IMAGE),
            policy("{}"),
        ],
        "",
        [],
        "[assumptions]\npods_with_security_groups = 9\n",
    ),
    "a group with as many branch interfaces as pods beside another": (
        [
            CLUSTER,
            add_on(STANDARD),
            NUMBER_THAT_MAY_NOT_WIN % 20,
            group("a", "m5.large", more=OWN_IMAGE),
            group("b", "m5.2xlarge", more=OWN_IMAGE),
            policy("{}"),
        ],
        "",
        [],
    ),
    "nodes without a trunk, and a policy that selects all": (
        [CLUSTER, add_on(STANDARD), group("a", "t3.large"), policy("{}")],
        "error PR602",
        [],
    ),
    "no security groups for pods, nodes of an unknown type, and a policy that selects all": (
        [
            CLUSTER,
            add_on('ENABLE_POD_ENI = "false"'),
            group("a", "x").replace('["x"]', "[var.unknown]"),
            policy("{}"),
        ],
        "",
        [],
    ),
    "no security groups for pods, and a policy of which nobody knows what it selects": (
        [CLUSTER, add_on('ENABLE_POD_ENI = "false"'), group("a", "m5.large"), policy("${var.unknown}")],
        "",
        [],
    ),
    "EKS Auto Mode beside a group, and a policy that selects all": (
        [
            eks_cluster(subnets=SUBNETS, more="compute_config {\n enabled = true\n}"),
            add_on(STANDARD),
            NUMBER_THAT_MAY_NOT_WIN % 20,
            group("a", "m5.large", more=OWN_IMAGE),
            policy("{}"),
        ],
        "",
        [],
    ),
}
CODES = ("PR503", "PR504", "PR6")


@pytest.mark.parametrize("name", JUDGED)
def test_interfaces(name: str) -> None:
    parts, expected, words, *settings = JUDGED[name]
    outcome = judged("PR", UNKNOWN, *parts, podroom_toml="".join(settings))
    found = sorted(f"{one.severity} {one.code}" for one in outcome.findings if one.code.startswith(CODES))
    assert ", ".join(found) == expected
    assert not {code for one in outcome.undecided for code in one.codes if code.startswith(CODES)}
    says(outcome, *words)


OPEN = {
    "which subnets a tag is for": (
        [
            VPC,
            CLUSTER,
            subnet("a", "10.0.0.0/24", more='tags = { "kubernetes.io/role/cni" = "" }'),
            group("a", "m5.large").replace(f"[{SUBNETS}]", "[var.unknown]"),
        ],
        "PR504",
    ),
    "which subnets nodes are in that lose an interface": (
        [
            VPC,
            CLUSTER,
            add_on("").replace("addon_name ", NEW),
            subnet("a", "10.0.0.0/24", more=KEPT_OUT),
            group("a", "t3.medium").replace(f"[{SUBNETS}]", "[var.unknown]"),
        ],
        "PR504",
    ),
    "how many pods have a group where a policy selects all": (
        [CLUSTER, add_on(STANDARD), group("a", "m5.large"), policy("{}")],
        "PR601",
    ),
    "what the add-on says": (
        [CLUSTER, add_on("").replace("{ env = {  }", "{ env = var.any"), group("a", "t3.large"), policy()],
        "PR503 PR601 PR602 PR603",
    ),
    "whether a type without a trunk is all that Karpenter launches": (
        [CLUSTER, add_on(STANDARD), node_pool(of_types("t3.large", "${var.unknown}"))],
        "PR602",
    ),
    "whether a type can have a trunk": ([CLUSTER, add_on(STANDARD), group("a", "c5a.metal")], "PR601 PR602"),
    "whether a type without a trunk is for Windows": (
        [CLUSTER, add_on(STANDARD), group("a", "t3.large", more=ONE_OF % "WINDOWS_CORE_2022_x86_64")],
        "PR503 PR601 PR602",
    ),
    "settings of the CNI that are elsewhere, and a policy": ([CLUSTER, ELSEWHERE, policy()], "PR602 PR603"),
    "what the add-on says where there is no policy": (
        [CLUSTER, add_on("").replace("{ env = {  }", "{ env = var.any"), group("a", "t3.large")],
        "PR503 PR601 PR602",
    ),
    "whether a policy is there": ([CLUSTER, add_on(POD_GROUPS), policy(more=PERHAPS)], "PR603"),
    "whether a policy selects all": (
        [
            CLUSTER,
            add_on(STANDARD),
            NUMBER_THAT_MAY_NOT_WIN % 20,
            group("a", "m5.large", more=OWN_IMAGE),
            policy("${var.unknown}"),
        ],
        "PR606",
    ),
    "whether there are types with enough branch interfaces": (
        [
            CLUSTER,
            add_on(STANDARD),
            NUMBER_THAT_MAY_NOT_WIN % 20,
            group("a", "m5.large", more=OWN_IMAGE).replace('["m5.large"]', '["m5.large", var.unknown]'),
            policy("{}"),
        ],
        "PR601 PR602 PR606",
    ),
    "whether a type without a trunk is all": (
        [CLUSTER, add_on(STANDARD), group("a", "x").replace('["x"]', '["t3.large", var.unknown]')],
        "PR601 PR602",
    ),
}


@pytest.mark.parametrize("name", OPEN)
def test_what_is_not_known_of_interfaces_is_left_open(name: str) -> None:
    parts, expected = OPEN[name]
    outcome = judged("PR", UNKNOWN, *parts)
    assert {one.code for one in outcome.findings if one.code.startswith(CODES)} <= {"PR606"}
    found = {code for one in outcome.undecided for code in one.codes if code.startswith(CODES)}
    assert " ".join(sorted(found)) == expected
