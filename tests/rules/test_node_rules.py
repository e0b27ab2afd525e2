"""Rules about the nodes of a group: several types, and numbers that just fit or just do not."""

from __future__ import annotations

from textwrap import indent

import pytest

from capacity_helpers import add_on, eks_cluster, node_group
from rule_helpers import judged, says

SUBNETS = '"subnet-0aaaaaaaaaaaaaaaa"'
UNKNOWN = 'variable "unknown" {\n  type = string\n}\n'
CLUSTER = eks_cluster(subnets=SUBNETS)
PREFIXES = CLUSTER + add_on('ENABLE_PREFIX_DELEGATION = "true"')
OLD = 'addon_version = "v%s-eksbuild.1"\n  addon_name '
TAG = """
  tag {
    key                 = "kubernetes.io/cluster/main"
    value               = "owned"
    propagate_at_launch = true
  }
"""


def script(*lines: str) -> str:
    """Return a shell script that calls bootstrap.sh, after other lines."""
    return "\n".join(["#!/bin/bash", *lines, "/etc/eks/bootstrap.sh main"])


def bootstrap(number: int) -> str:
    """Return a call of bootstrap.sh with max pods."""
    return script() + f" --use-max-pods false --kubelet-extra-args --max-pods={number}"


def node_config(kubelet: str) -> str:
    """Return a NodeConfig."""
    return f"apiVersion: node.eks.aws/v1alpha1\nkind: NodeConfig\nspec: {{kubelet: {{{kubelet}}}}}"


def max_pods(number: int) -> str:
    """Return a NodeConfig with max pods."""
    return node_config(f"config: {{maxPods: {number}}}")


def indented(text: str) -> str:
    """Return the lines of user data as they stand in a template."""
    return indent(text, "    ")


def nodes(user_data: str, *types: str, own: str = "", more: str = "") -> str:
    """Return nodes of one's own: of one type or, as overrides, of several, where the template has its `own`."""
    overrides = "".join(f"override {{\n{f'instance_type = {quoted(one)}' if one else ''}\n}}\n" for one in types)
    policy = f"""
  mixed_instances_policy {{
    launch_template {{
      launch_template_specification {{
        launch_template_id = aws_launch_template.nodes.id
      }}
      {overrides}
    }}
  }}
"""
    alone = "  launch_template {\n    id = aws_launch_template.nodes.id\n  }"
    data = f"user_data = base64encode(<<-EOT\n{indented(user_data)}\n  EOT\n  )" if user_data else ""
    return f"""
resource "aws_launch_template" "nodes" {{
  image_id      = "ami-0123456789abcdef0"
  instance_type = {quoted(own or types[0])}
  {data}
}}

resource "aws_autoscaling_group" "nodes" {{
  min_size            = 1
  max_size            = 3
  vpc_zone_identifier = [{SUBNETS}]
  {policy if own or len(types) > 1 else alone}
  {TAG}
  {more}
}}
"""


def managed(user_data: str, *types: str, ami_type: str = "AL2023_x86_64_STANDARD", image: str = "") -> str:
    """Return a managed node group with user data of its own, for an image of Amazon EKS unless `image` names one."""
    kind = "text/x-shellscript" if user_data.startswith("#!") else "application/node.eks.aws"
    part = f'MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary="B"\n\n--B\nContent-Type: {kind}\n\n'
    text = user_data if image or ami_type.startswith("BOTTLEROCKET") else f"{part}{user_data}\n\n--B--"
    return f"""
resource "aws_launch_template" "nodes" {{
  {f'image_id = "{image}"' if image else ""}
  user_data = base64encode(<<-EOT
{indented(text)}
  EOT
  )
}}

resource "aws_eks_node_group" "nodes" {{
  cluster_name    = "main"
  node_group_name = "nodes"
  node_role_arn   = "arn:aws:iam::111122223333:role/nodes"
  subnet_ids      = [{SUBNETS}]
  instance_types  = [{", ".join(map(quoted, types))}]
  {f'ami_type = "{ami_type}"' if not image else ""}
  launch_template {{
    id      = aws_launch_template.nodes.id
    version = aws_launch_template.nodes.latest_version
  }}
  scaling_config {{
    min_size     = 1
    desired_size = 1
    max_size     = 3
  }}
}}
"""


def quoted(name: str) -> str:
    """Return the name of a type, or a reference to it."""
    return name if "." in name and name.startswith(("var.", "data.")) else f'"{name}"'


OWN_NODES = """
apiVersion: eksctl.io/v1alpha5
kind: ClusterConfig
metadata: {name: main, region: eu-west-1}
addons:
  - name: vpc-cni
    configurationValues: '{"env": {"ENABLE_PREFIX_DELEGATION": "true"}}'
nodeGroups:
  - name: nodes
    instancesDistribution: {instanceTypes: [m4.large, m5.large]}
"""


def test_each_type_of_nodes_of_ones_own_has_the_prefixes_that_it_can_have() -> None:
    (finding,) = judged("PR403", OWN_NODES, file="cluster.yaml").findings
    assert "an m4.large runs on Xen" in finding.message


IMAGE = """
data "aws_ssm_parameter" "image" {
  name = "/aws/service/eks/optimized-ami/1.33/amazon-linux-2023/x86_64/standard/recommended/image_id"
}
"""


def on_image(user_data: str) -> str:
    """Return nodes of one's own on `IMAGE`, which is Amazon Linux 2023."""
    return nodes(user_data, "m5.xlarge").replace('"ami-0123456789abcdef0"', "data.aws_ssm_parameter.image.value")


def on_either(*ami_types: str) -> str:
    """Return a managed node group of one of two types of images, whose user data calls bootstrap.sh."""
    either = f'var.unknown == "" ? {" : ".join(map(quoted, ami_types))}'
    return managed(bootstrap(20), "m5.large").replace('"AL2023_x86_64_STANDARD"', either)


POWERSHELL = """<powershell>
& $env:ProgramFiles\\Amazon\\EKS\\Start-EKSBootstrap.ps1 -EKSClusterName main
</powershell>"""
DROP_IN = """#!/bin/bash
mkdir -p /etc/eks/nodeadm.d
cat > /etc/eks/nodeadm.d/max-pods.yaml <<'EOF'
apiVersion: node.eks.aws/v1alpha1
kind: NodeConfig
spec: {kubelet: {config: {maxPods: 40}}}
EOF"""
NODE_CONFIG_PART = "--B\nContent-Type: application/node.eks.aws\n\n"
ONE_CARD = "${min(data.aws_ec2_instance_type.nodes.maximum_network_interfaces * 49 + 2, 737)}"
ALL_CARDS = "${local.all * 49 + 2}"
FACTS = """
data "aws_ec2_instance_type" "nodes" {
  instance_type = "p4d.24xlarge"
}
locals {
  all = data.aws_ec2_instance_type.nodes.maximum_network_interfaces
}
"""

JUDGED = {
    # PR102
    "two overrides that are too small": (
        [CLUSTER, nodes(bootstrap(58), "m7g.large", "m7g.medium", own="m7g.2xlarge")],
        "error PR102",
        [
            "nodes start as m7g.medium with m7g.2xlarge's 58 max pods",
            "m7g.large has room for 29, too few",
            "!m7g.medium has room for 8, too few",
        ],
    ),
    "an override that is too small, and one that follows the template": (
        [CLUSTER, nodes(bootstrap(58), "", "m7g.large", own="m7g.2xlarge")],
        "error PR102",
        [],
    ),
    "an override that has no interface for pods": (
        [
            CLUSTER,
            add_on('AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG = "true", MAX_ENI = "1"'),
            nodes(bootstrap(14), "m7g.large", own="m7g.2xlarge"),
        ],
        "error PR503",
        [],
    ),
    # PR104
    "the default of nodeadm is more than recommended": (
        [CLUSTER, nodes(node_config(""), "c5.4xlarge")],
        "info PR104",
        ["!note: "],
    ),
    # PR105
    "a number in vain that is more than there is room for": (
        [CLUSTER, managed(script('export KUBELET_EXTRA_ARGS="--max-pods=110"'), "m5.xlarge", ami_type="AL2_x86_64")],
        "info PR105",
        ["That is well: a node has room for 58", "fix: remove it here"],
    ),
    "a number in vain that just fits": (
        [
            CLUSTER,
            add_on('MAX_ENI = "2"'),
            managed(script('export KUBELET_EXTRA_ARGS="--max-pods=30"'), "m5.xlarge", ami_type="AL2_x86_64"),
        ],
        "error PR101, warning PR105",
        ["not the 30 written here", "Nodes then run up to 28 pods more"],
    ),
    "a number in vain that is more than the smaller type has room for": (
        [
            CLUSTER,
            managed(
                script('export KUBELET_EXTRA_ARGS="--max-pods=40"'), "m5.xlarge", "m5.large", ami_type="AL2_x86_64"
            ),
        ],
        "info PR105, warning PR106",
        ["That is well: a node has room for 29"],
    ),
    "a number in vain that is less than the larger type has room for": (
        [
            CLUSTER,
            managed(max_pods(20), "m5.xlarge", "t3.medium"),
        ],
        "warning PR101",
        [],
    ),
    "an expression in vain": (
        [CLUSTER, managed(node_config('maxPodsExpression: "max_pods - 10"'), "m5.xlarge")],
        "warning PR105",
        ["and not what the expression gives", "!That is well"],
    ),
    "an expression beside a drop-in, which wins over Amazon EKS too": (
        [CLUSTER, managed(f"{DROP_IN}\n\n{NODE_CONFIG_PART}" + node_config('maxPodsExpression: "5"'), "m5.xlarge")],
        "info PR109",
        [],
    ),
    "the number that Amazon EKS gives, too": (
        [CLUSTER, managed(script('export KUBELET_EXTRA_ARGS="--max-pods=58"'), "m5.xlarge", ami_type="AL2_x86_64")],
        "",
        [],
    ),
    # PR107
    "just as many as there is room for, counted from all cards": (
        [CLUSTER, FACTS, nodes(node_config("config: {maxPods: ${min(local.all, 1) * 250}}"), "p4d.24xlarge")],
        "",
        [],
    ),
    "the very number of all cards, for two types": (
        [CLUSTER, nodes(max_pods(1962), "g6e.48xlarge", "trn1.32xlarge")],
        "error PR107",
        ["kubelet is told 1962 pods", "but a trn1.32xlarge has room for 247"],
    ),
    "counted from all cards, where Amazon EKS may give a number that fits": (
        [CLUSTER, FACTS, managed(node_config(f"config: {{maxPods: {ALL_CARDS}}}"), "p4d.24xlarge")],
        "warning PR107",
        ["kubelet is told 2942 pods, counted from the 60 interfaces of all network cards"],
    ),
    # PR109
    "memory for fewer pods on two types": (
        [PREFIXES, nodes(max_pods(110), "m5.large", "t3.medium")],
        "info PR109",
        ["a t3.medium reserves memory for 17 pods and may run 110", "an m5.large reserves memory for 29 pods"],
    ),
    "memory for fewer pods, and another number that may win": (
        [PREFIXES, managed(max_pods(60), "m5.large")],
        "warning PR105",
        [],
    ),
    "memory for fewer pods by bootstrap.sh": (
        [PREFIXES, nodes(bootstrap(110), "m5.large")],
        "info PR109",
        ["fix: add --kube-reserved with memory="],
    ),
    "memory for fewer pods by nodeadm": (
        [PREFIXES, nodes(max_pods(110), "m5.large")],
        "info PR109",
        ['fix: write it as maxPodsExpression: "110"'],
    ),
    # PR111
    "an image of Amazon EKS for another system reads nothing of a script": (
        [CLUSTER, managed(bootstrap(40), "m5.xlarge")],
        "warning PR111",
        ["nothing of it reaches the node"],
    ),
    # PR115
    "a number in quotes for Bottlerocket": (
        [CLUSTER, nodes('[settings.kubernetes]\ncluster-name = "main"\nmax-pods = "58"', "m5.xlarge")],
        "error PR115",
        ["max pods of Bottlerocket is a number, not a text", "write max-pods = 58, without quotes"],
    ),
    # PR401
    "prefixes, and an expression that fails": (
        [PREFIXES, nodes(node_config('maxPodsExpression: "1 / 0"'), "m5.large")],
        "warning PR108",
        [],
    ),
    "prefixes, and a type that runs on Xen": ([PREFIXES, nodes(node_config(""), "t2.large")], "warning PR403", []),
    "prefixes, and a default that is above what AWS recommends": (
        [PREFIXES, nodes(node_config(""), "m5.24xlarge")],
        "info PR104",
        [],
    ),
    "custom networking, and an expression that fails": (
        [
            CLUSTER,
            add_on('AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG = "true"'),
            nodes(node_config('maxPodsExpression: "1 / 0"'), "m5.large"),
        ],
        "error PR108",
        [],
    ),
    "security groups for pods, and an expression that fails": (
        [
            CLUSTER,
            add_on('ENABLE_POD_ENI = "true"'),
            nodes(node_config('maxPodsExpression: "1 / 0"'), "m5.large"),
        ],
        "error PR108",
        [],
    ),
    # PR402
    "prefixes are off after the nodes": (
        [
            CLUSTER,
            add_on('ENABLE_PREFIX_DELEGATION = "false"'),
            node_group("nodes", types="m5.xlarge", subnets=SUBNETS),
        ],
        "",
        [],
    ),
    "prefixes after the nodes, which have a number of their own": (
        [PREFIXES, managed(max_pods(110), "m5.xlarge")],
        "",
        [],
    ),
    # PR403
    "two types on Xen": (
        [PREFIXES, managed(node_config(""), "t2.large", "m4.large")],
        "info PR106, warning PR403, warning PR403",
        [],
    ),
    "a large type on Xen beside one on Nitro": (
        [PREFIXES, managed(node_config(""), "i3.16xlarge", "m5.16xlarge")],
        "warning PR403",
        ["an i3.16xlarge runs on Xen"],
    ),
    "types on Xen and Nitro with a number": (
        [PREFIXES, managed(max_pods(35), "t3.large", "t2.large")],
        "warning PR403",
        [],
    ),
    "types on Xen and Nitro of one's own nodes": (
        [PREFIXES, nodes(max_pods(35), "t3.large", "t2.large")],
        "warning PR403",
        [],
    ),
    "types on Xen and Nitro with an image of one's own": (
        [PREFIXES, managed(max_pods(35), "t3.large", "t2.large", image="ami-0123456789abcdef0")],
        "warning PR403",
        [],
    ),
    "types on Xen and Nitro of one's own nodes, without a number": (
        [PREFIXES, nodes(node_config(""), "t3.large", "t2.large")],
        "warning PR401, warning PR403",
        [],
    ),
    "types on Xen and Nitro with an image of one's own, without a number": (
        [PREFIXES, managed(node_config(""), "t3.large", "t2.large", image="ami-0123456789abcdef0")],
        "warning PR401, warning PR403",
        [],
    ),
    "a type on Xen with one of two numbers that is too high": (
        [PREFIXES, managed(max_pods(50), "t2.large")],
        "warning PR101",
        [],
    ),
    "a type on Xen and a version that knows no prefixes": (
        [
            CLUSTER,
            add_on('ENABLE_PREFIX_DELEGATION = "true"').replace(
                "addon_name ", 'addon_version = "v1.8.0-eksbuild.1"\n  addon_name '
            ),
            nodes(max_pods(35), "t2.large"),
        ],
        "",
        [],
    ),
    "a type on Xen and the first version that knows prefixes": (
        [
            CLUSTER,
            add_on('ENABLE_PREFIX_DELEGATION = "true"').replace(
                "addon_name ", 'addon_version = "v1.9.0-eksbuild.1"\n  addon_name '
            ),
            nodes(max_pods(35), "t2.large"),
        ],
        "warning PR403",
        [],
    ),
    # PR101
    "a number for prefixes that this version of the CNI does not have is not the fault of MAX_ENI": (
        [
            CLUSTER,
            add_on('ENABLE_PREFIX_DELEGATION = "true", MAX_ENI = "2"').replace("addon_name ", OLD % "1.8.0"),
            managed("#!/bin/bash", "m5.large"),
        ],
        "warning PR402",
        [],
    ),
    # PR108
    "an expression that fails for two types": (
        [CLUSTER, nodes(node_config('maxPodsExpression: "1 / 0"'), "m5.large", "m5.xlarge", own="m5.large")],
        "warning PR108",
        ["gives an m5.large 29", "!gives an m5.xlarge"],
    ),
    # PR107
    "as many pods as one network card has room for": (
        [CLUSTER, FACTS, nodes(bootstrap(1).replace("=1", "=" + ONE_CARD), "p4d.24xlarge")],
        "warning PR104",
        [],
    ),
    # PR111
    "of two systems, neither of which understands it, one starts the node all the same": (
        [CLUSTER, on_either("AL2023_x86_64_STANDARD", "BOTTLEROCKET_x86_64")],
        "warning PR105, warning PR111",
        ["the image is Amazon Linux 2023 or Bottlerocket: nothing of it reaches the node"],
    ),
    "of the same two systems the other one first": (
        [CLUSTER, on_either("BOTTLEROCKET_x86_64", "AL2023_x86_64_STANDARD")],
        "warning PR105, warning PR111",
        ["the image is Bottlerocket or Amazon Linux 2023: nothing of it reaches the node"],
    ),
    "PowerShell on Linux": ([CLUSTER, IMAGE, on_image(POWERSHELL)], "", []),
    "an image of one's own for another system": (
        [
            CLUSTER,
            managed("[settings.kubernetes]\nmax-pods = 58", "m5.xlarge", image="ami-0123456789abcdef0"),
        ],
        "",
        [],
    ),
}
CODES = ("PR1", "PR401", "PR402", "PR403", "PR5", "PR6")


@pytest.mark.parametrize("name", JUDGED)
def test_nodes(name: str) -> None:
    parts, expected, words = JUDGED[name]
    outcome = judged("PR", UNKNOWN, *parts)
    found = sorted(f"{one.severity} {one.code}" for one in outcome.findings if one.code.startswith(CODES))
    assert ", ".join(found) == expected
    assert not [
        one.reason for one in outcome.undecided if any(code.startswith(CODES) for code in set(one.codes) - {"PR501"})
    ]
    says(outcome, *words)


@pytest.mark.parametrize(("expression", "codes"), [("max_pods", ["PR101"]), ("max_pods - 1", []), ("1 / 0", ["PR108"])])
def test_fewer_pods_on_the_network_of_the_host(expression: str, codes: list[str]) -> None:
    text = CLUSTER + nodes(node_config(f'maxPodsExpression: "{expression}"'), "m5.xlarge")
    outcome = judged("PR1", text, podroom_toml="[assumptions]\nhost_network_pods = 1\n")
    assert [one.code for one in outcome.findings] == codes


CUSTOM_NETWORKING = CLUSTER + add_on('AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG = "true"')


@pytest.mark.parametrize(("cluster", "codes"), [(CLUSTER, ["PR110"]), (CUSTOM_NETWORKING, [])])
def test_a_number_is_too_large_by_the_missing_pods_alone(cluster: str, codes: list[str]) -> None:
    text = cluster + node_group("nodes", types="t3.micro", subnets=SUBNETS)
    outcome = judged("PR110", text, podroom_toml="[assumptions]\nhost_network_pods = 1\n")
    assert [one.code for one in outcome.findings] == codes


FEATURES = {
    "custom networking, and two types with room of their own": (
        [CUSTOM_NETWORKING, nodes(node_config("{}"), "m5.xlarge", "m5.large")],
        "error PR502",
        ["an m5.large has room for 20"],
    ),
    "custom networking, and a number that does not fit without it either": (
        [CUSTOM_NETWORKING, nodes(max_pods(110), "m5.large")],
        "",
        [],
    ),
    "custom networking, and a number that fits and may not win": (
        [CUSTOM_NETWORKING, managed(max_pods(15), "m5.large")],
        "warning PR502",
        [],
    ),
    "custom networking, and an expression that fails": (
        [CUSTOM_NETWORKING, nodes(node_config('maxPodsExpression: "x"'), "m5.large")],
        "",
        [],
    ),
    "prefixes, and two types of which one has none": (
        [PREFIXES, nodes(node_config("{}"), "m4.large", "m5.large")],
        "warning PR403",
        ["an m4.large runs on Xen and has room for 20 pods"],
    ),
}


@pytest.mark.parametrize("name", FEATURES)
def test_features(name: str) -> None:
    parts, expected, words = FEATURES[name]
    outcome = judged("PR", *parts)
    found = [f"{one.severity} {one.code}" for one in outcome.findings if one.code in {"PR403", "PR502"}]
    assert ", ".join(found) == expected
    says(outcome, *words)


@pytest.mark.parametrize(
    ("user_data", "is_open"),
    [
        (f"{bootstrap(40)}\n\n{NODE_CONFIG_PART}{max_pods(40)}", False),
        (bootstrap(40), True),
        (max_pods(40), True),
    ],
)
def test_user_data_for_either_system_fits_either_image(user_data: str, *, is_open: bool) -> None:
    either = 'ami_type = var.unknown == "" ? "AL2_x86_64" : "AL2023_x86_64_STANDARD"'
    group = managed(user_data, "m5.xlarge").replace('ami_type = "AL2023_x86_64_STANDARD"', either)
    outcome = judged("PR111", UNKNOWN, CLUSTER, group)
    assert not outcome.findings
    assert bool(outcome.undecided) == is_open


EKSCTL = """
apiVersion: eksctl.io/v1alpha5
kind: ClusterConfig
metadata: {name: main, region: eu-west-1}
managedNodeGroups:
  - name: nodes
    instanceTypes: [m5.xlarge, %s]
    maxPodsPerNode: 20%s
"""


FLAG = """
    overrideBootstrapCommand: |
      apiVersion: node.eks.aws/v1alpha1
      kind: NodeConfig
      spec: {kubelet: {flags: ["--max-pods=25"]}}
"""


@pytest.mark.parametrize(
    ("other", "more", "codes"),
    [
        ("m5.large", "", ["PR904"]),
        ("t3.medium", "", []),
        ("m5.large", FLAG, []),
        ("m5.large", "\n    ami: ami-0123456789abcdef0\n    amiFamily: AmazonLinux2023", []),
    ],
)
def test_a_number_of_eksctl_that_may_be_replaced_is_told_where_it_fits(other: str, more: str, codes: list[str]) -> None:
    outcome = judged("PR904", EKSCTL % (other, more), file="cluster.yaml")
    assert [one.code for one in outcome.findings] == codes
    assert not outcome.undecided


@pytest.mark.parametrize(("number", "words"), [("40", "40"), ("${var.unknown}", "!40")])
def test_a_number_for_another_system_is_carried_over(number: str, words: str) -> None:
    outcome = judged("PR111", UNKNOWN, CLUSTER, IMAGE, on_image(bootstrap(40).replace("40", number)))
    (finding,) = outcome.findings
    assert (words.removeprefix("!") in str(finding.fix)) == (not words.startswith("!"))


DYNAMIC = nodes(bootstrap(58), "m7g.large", own="m7g.2xlarge").replace(
    'override {\ninstance_type = "m7g.large"\n}',
    'dynamic "override" {\nfor_each = var.types\ncontent {\ninstance_type = override.value\n}\n}',
)


def test_overrides_that_are_not_known_leave_open_whether_they_fit() -> None:
    outcome = judged("PR102", 'variable "types" {\n  type = list(string)\n}\n', CLUSTER, DYNAMIC)
    assert [one.reason.partition(" (")[0] for one in outcome.undecided] == [
        "which there are is not known: var.types has no value"
    ]


@pytest.mark.parametrize(
    ("text", "open_rules", "silent_rules"),
    [
        (nodes("${var.unknown}", "m5.large"), "PR101", "PR102 PR105 PR110"),
        (managed("${var.unknown}", "m5.large"), "PR101 PR105", "PR102 PR110"),
        (managed("#!/bin/bash", "var.unknown"), "PR106", "PR102 PR105 PR110"),
        (managed(max_pods(20), "m5.large", ami_type="${var.unknown}"), "PR101", "PR115"),
        (
            managed("${var.unknown}", "m5.large", image="${data.aws_ssm_parameter.image.value}"),
            "PR101",
            "PR102 PR105 PR110",
        ),
    ],
)
def test_what_user_data_says_is_open_for_rules_that_could_find_something(
    text: str, open_rules: str, silent_rules: str
) -> None:
    outcome = judged("PR1", UNKNOWN, CLUSTER, IMAGE, text)
    assert not outcome.findings
    undecided = {code for one in outcome.undecided for code in one.codes}
    assert undecided >= set(open_rules.split())
    assert undecided.isdisjoint(silent_rules.split())


@pytest.mark.parametrize(("host_network_pods", "codes"), [(53, ["PR103"]), (54, [])])
def test_what_kubelet_falls_back_to_may_just_fit(host_network_pods: int, codes: list[str]) -> None:
    text = CLUSTER + nodes(script() + " --use-max-pods false", "m5.xlarge")
    outcome = judged("PR103", text, podroom_toml=f"[assumptions]\nhost_network_pods = {host_network_pods}\n")
    assert [one.code for one in outcome.findings] == codes
