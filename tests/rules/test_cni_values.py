"""PR305 to PR312: what aws-node, its add-on and its chart take, one cluster for each text."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from capacity_helpers import eks_cluster
from rule_helpers import judged, said

UNKNOWN = """
variable "unknown" {
  type = string
}
variable "number" {
  type = number
}
variable "any" {}
"""
IPV6 = 'kubernetes_network_config {\n ip_family = "ipv6"\n}'
AUTO = "compute_config {\n enabled = true\n}"


@dataclass(frozen=True)
class Row:
    """A configuration of the add-on, and how each rule judges it."""

    expected: str
    configuration: str
    cluster: str = ""
    version: str = ""
    says: str = ""

    def parts(self, name: str) -> str:
        """Return the cluster and the add-on."""
        version = f'addon_version = "v{self.version}-eksbuild.1"' if self.version else ""
        return f"""{eks_cluster(name, subnets='"subnet-0aaaaaaaaaaaaaaaa"', more=self.cluster)}
resource "aws_eks_addon" "{name}" {{
  cluster_name = aws_eks_cluster.{name}.name
  addon_name   = "vpc-cni"
  {version}
  configuration_values = jsonencode({{ {self.configuration} }})
}}
"""


def env(variables: str) -> str:
    """Return variables of the container aws-node."""
    return f"env = {{ {variables} }}"


ROWS = {
    "PR305": [
        Row("error PR305", env("WARM_IP_TARGET = 5"), says='write "5", with the quotes'),
        Row("error PR305", env("WARM_IP_TARGET = var.number"), says="make a string of it"),
        Row(
            "error PR305", env("MAX_ENI = 5"), says="Amazon EKS refuses the configuration of the add-on: MAX_ENI is an"
        ),
        Row("open PR305", env("WARM_IP_TARGET = var.any")),
        Row("", env("WARM_IP_TARGET = var.unknown")),
    ],
    "PR306": [
        Row("", env('AWS_VPC_K8S_CNI_VETHPREFIX = "abcd"')),
        Row("error PR306", env('AWS_VPC_K8S_CNI_VETHPREFIX = "abcde"')),
        Row("error PR306", env('AWS_VPC_K8S_CNI_VETHPREFIX = "eth"')),
        Row("", env('IP_COOLDOWN_PERIOD = "0"')),
        Row("error PR306", env('IP_COOLDOWN_PERIOD = "-1"')),
        Row("error PR306", env('IP_COOLDOWN_PERIOD = "30s"')),
        Row("", env('NETWORK_POLICY_ENFORCING_MODE = "standard"')),
        Row("", env('NETWORK_POLICY_ENFORCING_MODE = "strict"')),
        Row("error PR306", env('NETWORK_POLICY_ENFORCING_MODE = "none"'), says="Amazon EKS refuses"),
        Row("error PR306", env('AWS_VPC_K8S_PLUGIN_LOG_FILE = "stdout"')),
        Row("", env('AWS_VPC_K8S_PLUGIN_LOG_FILE = "stderr"')),
        Row("", env('MAX_ENI = ""')),
        Row("", env('MAX_ENI = "4"')),
        Row("warning PR306", env('MAX_ENI = "four"')),
        Row("", env('ENABLE_POD_ENI = ""')),
        Row("warning PR306", env('ENABLE_POD_ENI = "maybe"'), says='write "true" or "false"'),
        Row("info PR306", env('ENABLE_POD_ENI = "off"')),
        Row("warning PR306", env('ENABLE_POD_ENI = "on"')),
        Row("", env('ENABLE_POD_ENI = var.unknown == "" ? "true" : "false"')),
        Row("open PR306", env('ENABLE_POD_ENI = var.unknown == "" ? "yes" : "no"')),
        Row("open PR306", env('ENABLE_POD_ENI = var.unknown == "" ? "yes" : "false"')),
        Row("", env('AWS_VPC_ENI_MTU = "576"')),
        Row("error PR306", env('AWS_VPC_ENI_MTU = "575"'), says="from 576 to 9001"),
        Row("", env('AWS_VPC_ENI_MTU = "9001"')),
        Row("error PR306", env('AWS_VPC_ENI_MTU = "9002"'), says="from 576 to 9001"),
        Row("error PR306", env('AWS_VPC_ENI_MTU = "jumbo"'), says="from 576 to 9001"),
        Row("", env('AWS_VPC_ENI_MTU = "1280"'), IPV6),
        Row("error PR306", env('AWS_VPC_ENI_MTU = "1279"'), IPV6, says="from 1280 to 9001"),
        Row("", env('AWS_VPC_ENI_MTU = "9001"'), IPV6),
        Row("error PR306", env('AWS_VPC_ENI_MTU = "9002"'), IPV6),
        Row("", env('ADDITIONAL_ENI_TAGS = ""')),
        Row("", env('ADDITIONAL_ENI_TAGS = jsonencode({ team = "a" })')),
        Row("warning PR306", env("ADDITIONAL_ENI_TAGS = jsonencode({ team = 1 })"), says="no JSON object of strings"),
        Row("warning PR306", env('ADDITIONAL_ENI_TAGS = jsonencode({ team = 1, other = "a" })')),
        Row("warning PR306", env('ADDITIONAL_ENI_TAGS = jsonencode(["team"])'), says="no JSON object of strings"),
        Row("warning PR306", env('ADDITIONAL_ENI_TAGS = "team=a"'), says="no JSON object of strings"),
        Row(
            "warning PR306",
            env('ADDITIONAL_ENI_TAGS = jsonencode({ team = "a", "node.k8s.amazonaws.com/a" = "b" })'),
            says="in the key node.k8s.amazonaws.com/a",
        ),
        Row("", env('POD_SECURITY_GROUP_ENFORCING_MODE = "lax"')),
        Row("error PR306", env('POD_SECURITY_GROUP_ENFORCING_MODE = "lax", ENABLE_POD_ENI = "true"')),
    ],
    "PR307": [
        Row("", env('ENABLE_NFTABLES = "true"'), version="1.13.1"),
        Row("info PR307", env('ENABLE_NFTABLES = "true"'), version="1.13.2", says="has no effect"),
        Row("info PR307", env('ENABLE_NFTABLES = "true"'), version="1.15.0", says="has no effect"),
        Row("error PR307", env('ENABLE_NFTABLES = "true"'), version="1.15.1", says="refuses the configuration"),
        Row("error PR307", env('ENABLE_NFTABLES = "true"'), says="refuses the configuration"),
        Row("", env('IP_COOLDOWN_PERIOD = "60"'), version="1.15.0"),
        Row(
            "error PR307",
            env('DISABLE_TCP_EARLY_DEMUX = "true"') + ', init = { env = { DISABLE_TCP_EARLY_DEMUX = "true" } }',
        ),
        Row("error PR307", env('IP_COOLDOWN_PERIOD = "30"'), version="1.14.1"),
        Row("warning PR307", env('HTTPS_PROXY = "proxy.example:3128"'), says="Amazon EKS may refuse"),
    ],
    "PR308": [
        Row("", env('WARM_IP_TARGET = "1"'), IPV6),
        Row("error PR308", env('ENABLE_IPv6 = "true"'), says='set ENABLE_IPv6 = "false"'),
        Row("error PR308", env('ENABLE_IPv4 = "true"'), IPV6, says='set ENABLE_IPv4 = "false"'),
        Row("open PR308", "env = var.any"),
        Row("", env('ENABLE_IPv6 = "true"'), version="1.9.3"),
        Row("", env('WARM_IP_TARGET = "1"'), "kubernetes_network_config {\n ip_family = var.unknown\n}"),
        Row("", env('ENABLE_IPv6 = "true", ENABLE_IPv4 = "false", ENABLE_PREFIX_DELEGATION = "true"')),
    ],
    "PR309": [
        Row("warning PR309", env('DISABLE_NETWORK_RESOURCE_PROVISIONING = "true"')),
        Row("open PR309", "env = var.any"),
        Row("", env('DISABLE_NETWORK_RESOURCE_PROVISIONING = "true"'), IPV6),
    ],
    "PR310": [
        Row(
            "error PR310",
            env('ENABLE_BANDWIDTH_PLUGIN = "true"') + ', enableNetworkPolicy = "true"',
        ),
        Row("", env('ENABLE_BANDWIDTH_PLUGIN = "true"') + ', enableNetworkPolicy = "false"'),
        Row("", env('ENABLE_BANDWIDTH_PLUGIN = "true"') + ", enableNetworkPolicy = []"),
        Row("", env('ENABLE_BANDWIDTH_PLUGIN = "true"') + ', enableWindowsIpam = "true"'),
        Row("open PR310", env('ENABLE_BANDWIDTH_PLUGIN = "true"') + ", enableNetworkPolicy = var.unknown"),
        Row("open PR310", env("ENABLE_BANDWIDTH_PLUGIN = var.unknown") + ', enableNetworkPolicy = "true"'),
        Row("open PR310", "env = var.any"),
    ],
    "PR311": [Row("open PR311", "env = var.any")],
    "PR312": [
        Row("error PR312", 'WARM_IP_TARGET = "1"', says=": WARM_IP_TARGET stands outside env"),
        Row(
            "error PR312",
            'WARM_IP_TARGET = "1", MINIMUM_IP_TARGET = "16"',
            says=": MINIMUM_IP_TARGET and WARM_IP_TARGET stand outside env",
        ),
        Row(
            "error PR312",
            'environment = { MAX_ENI = "1", WARM_IP_TARGET = "1", MINIMUM_IP_TARGET = "16" }',
            says=": MAX_ENI, MINIMUM_IP_TARGET and WARM_IP_TARGET stand below environment and not below env",
        ),
        Row("open PR312", "env = var.any"),
    ],
}


def chart(values: str, version: str = "1.20.4") -> str:
    """Return a release of the chart."""
    return f"""
resource "helm_release" "cni" {{
  name       = "aws-vpc-cni"
  namespace  = "kube-system"
  repository = "https://aws.github.io/eks-charts"
  chart      = "aws-vpc-cni"
  {f'version = "{version}"' if version else ""}
  values     = [yamlencode({{ {values} }})]
}}
"""


def set_env(name: str, variables: str) -> str:
    """Return a script that changes variables of aws-node."""
    command = f"kubectl -n kube-system set env daemonset aws-node {variables}"
    return f"""
resource "null_resource" "{name}" {{
  provisioner "local-exec" {{
    command = "{command}"
  }}
}}
"""


def daemon_set(*variables: str, image: bool = True, of_node: str = "MY_NODE_NAME") -> str:
    """Return the DaemonSet, each variable being a name and a value; without an image it is a patch.

    `of_node` is the variable that has the name of the node.
    """
    pairs = [f'{{ name = "{name}", value = {value} }},' for name, _, value in (one.partition("=") for one in variables)]
    field = 'valueFrom = { fieldRef = { fieldPath = "spec.nodeName" } }'
    return f"""
resource "kubernetes_manifest" "cni" {{
  manifest = {{
    apiVersion = "apps/v1"
    kind       = "DaemonSet"
    metadata   = {{ name = "aws-node", namespace = "kube-system" }}
    spec = {{
      template = {{
        spec = {{
          containers = [{{
            name  = "aws-node"
            {'image = "registry.example/amazon-k8s-cni:v1.20.4"' if image else ""}
            env   = [{" ".join(pairs)} {{ name = "{of_node}", {field} }}]
          }}]
        }}
      }}
    }}
  }}
}}
"""


def config_map(entries: str) -> str:
    """Return the ConfigMap of the CNI."""
    return f"""
resource "kubernetes_config_map_v1_data" "cni" {{
  metadata {{
    name      = "amazon-vpc-cni"
    namespace = "kube-system"
  }}
  data = {{ {entries} }}
}}
"""


def add_on(configuration: str, more: str = "") -> str:
    """Return a cluster with the add-on."""
    return Row("", configuration).parts("main").replace("addon_name ", f"{more}\n  addon_name ")


CLUSTER = eks_cluster(subnets='"subnet-0aaaaaaaaaaaaaaaa"')
OTHER = eks_cluster("other", subnets='"subnet-0aaaaaaaaaaaaaaaa"')
CLUSTER_CONFIG = """apiVersion: eksctl.io/v1alpha5
kind: ClusterConfig
metadata: {name: main, region: eu-west-1}
vpc: {id: vpc-0aaaaaaaaaaaaaaaa}
addons: [{name: vpc-cni}]
"""
READ_ELSEWHERE = """
resource "null_resource" "cni" {
  provisioner "local-exec" {
    command = "cni.sh aws-node vpc-cni"
  }
}
"""
IPV6_CLUSTER = eks_cluster(subnets='"subnet-0aaaaaaaaaaaaaaaa"', more=IPV6)
IN_IPV6 = 'ENABLE_IPv6 = "true", ENABLE_IPv4 = "false", ENABLE_PREFIX_DELEGATION = "true"'
BOTH_IN_IPV6 = env(IN_IPV6) + ', init = { env = { ENABLE_IPv6 = "true" } }'

SOURCES = {
    # PR305
    "a number in a DaemonSet": (
        [CLUSTER, daemon_set('ENABLE_IPv4="true"', "WARM_IP_TARGET=5")],
        "error PR305",
        "Kubernetes refuses the DaemonSet aws-node: WARM_IP_TARGET is an integer",
    ),
    # PR306
    "an empty text of the chart takes a variable away": ([CLUSTER, chart(env('IP_COOLDOWN_PERIOD = ""'))], "", ""),
    # PR307
    "an old chart, and a variable that may have another value than the default": (
        [CLUSTER, chart(env('IP_COOLDOWN_PERIOD = var.unknown == "" ? "30" : "60"'), version="1.14.1")],
        "warning PR307",
        "came with version 1.15.0",
    ),
    "an old chart, and a variable with the default": (
        [CLUSTER, chart(env('IP_COOLDOWN_PERIOD = "30"'), version="1.14.1")],
        "",
        "",
    ),
    # PR308
    "IPv6 by the chart in a cluster of IPv4": (
        [CLUSTER, chart(BOTH_IN_IPV6)],
        "error PR308",
        'fix: set ENABLE_IPv4 = "true" and ENABLE_IPv6 = "false"',
    ),
    "IPv6 by the chart, and no cluster": ([chart(BOTH_IN_IPV6)], "", ""),
    "IPv6 by the add-on, and a script about something else": (
        [
            Row("", env('ENABLE_PREFIX_DELEGATION = "true"'), IPV6).parts("main"),
            set_env("warm", "WARM_IP_TARGET=2"),
        ],
        "",
        "",
    ),
    "the chart beside the add-on in a cluster of IPv6": (
        [
            Row("", env('WARM_PREFIX_TARGET = "1"'), IPV6, "1.20.4").parts("main"),
            chart(env('WARM_PREFIX_TARGET = "1"')),
        ],
        "open PR307, open PR308",
        "",
    ),
    "the chart beside the add-on in a cluster of IPv6, of one version": (
        [
            Row("", env('WARM_PREFIX_TARGET = "1"'), IPV6, "1.20.4").parts("main"),
            chart('image = { tag = "v1.20.4-eksbuild.1" }'),
        ],
        "open PR308",
        "",
    ),
    "a chart of no version after a script, in a cluster of IPv6": (
        [IPV6_CLUSTER, set_env("warm", "WARM_PREFIX_TARGET=2"), chart("", version="")],
        "error PR308",
        "pods get IPv4 addresses in a cluster of IPv6",
    ),
    "IPv6 is off in the init container of the chart": (
        [IPV6_CLUSTER, chart(env(IN_IPV6) + ', init = { env = { ENABLE_IPv6 = "false" } }')],
        "warning PR308",
        "",
    ),
    "IPv6 is not in the init container of the chart, and a script about something else": (
        [IPV6_CLUSTER, chart(env(IN_IPV6)), set_env("warm", "WARM_PREFIX_TARGET=2")],
        "warning PR308",
        "",
    ),
    "IPv6 is not in the init container of a DaemonSet": (
        [
            IPV6_CLUSTER,
            daemon_set('ENABLE_IPv6="true"', 'ENABLE_IPv4="false"', 'ENABLE_PREFIX_DELEGATION="true"'),
        ],
        "warning PR308",
        "",
    ),
    "neither family in a DaemonSet": (
        [CLUSTER, daemon_set('WARM_IP_TARGET="2"')],
        "error PR308",
        "aws-node exits at start: neither IPv4 nor IPv6 is on",
    ),
    "a DaemonSet in which IPv4 is misspelt, and on": (
        [CLUSTER, daemon_set('ENABLE_IPV4S="true"')],
        "error PR307",
        "",
    ),
    "a DaemonSet in which IPv4 is misspelt, and off": (
        [CLUSTER, daemon_set('ENABLE_IPV4S="false"')],
        "error PR307, error PR308",
        "",
    ),
    "neither family in a patch of a DaemonSet": (
        [CLUSTER, daemon_set('WARM_IP_TARGET="2"', image=False)],
        "",
        "",
    ),
    "neither family in a DaemonSet that runs as no aws-node": (
        [CLUSTER, daemon_set('WARM_IP_TARGET="2"', of_node="OTHER_NAME")],
        "",
        "",
    ),
    "a chart that may be of another cluster": (
        [CLUSTER, OTHER, chart(env('WARM_IP_TARGETS = "1"'))],
        "open PR305, open PR306, open PR307, open PR308, open PR310, open PR311",
        "",
    ),
    "settings of the CNI that are read elsewhere": ([CLUSTER, READ_ELSEWHERE], "", ""),
    # PR310
    "the chart sets the mode and has no agent, for which it leaves the mode out": (
        [CLUSTER, chart(env('NETWORK_POLICY_ENFORCING_MODE = "strict"') + ", nodeAgent = { enabled = false }")],
        "",
        "",
    ),
    "the newest chart without an agent": ([CLUSTER, chart("nodeAgent = { enabled = false }", version="")], "", ""),
    "an old chart without an agent": (
        [CLUSTER, chart("nodeAgent = { enabled = false }", version="1.19.3")],
        "error PR310",
        "take version 1.19.4",
    ),
    "the mode, and a chart with an agent": (
        [CLUSTER, chart("nodeAgent = { enabled = true }"), set_env("mode", "NETWORK_POLICY_ENFORCING_MODE=strict")],
        "",
        "",
    ),
    "the mode, and a chart with something else in its place": (
        [CLUSTER, chart("nodeAgent = { enabled = [] }"), set_env("mode", "NETWORK_POLICY_ENFORCING_MODE=strict")],
        "open PR310",
        "",
    ),
    "the mode, and a chart with an agent and another option": (
        [
            CLUSTER,
            chart('nodeAgent = { enabled = true }, enableWindowsIpam = "false"'),
            set_env("mode", "NETWORK_POLICY_ENFORCING_MODE=strict"),
        ],
        "",
        "",
    ),
    "the mode in a patch of a DaemonSet": (
        [CLUSTER, daemon_set('NETWORK_POLICY_ENFORCING_MODE="strict"', image=False)],
        "",
        "",
    ),
    # PR311
    "a contradiction where Auto Mode runs the nodes": (
        [Row("", env('WARM_IP_TARGET = "1"'), AUTO).parts("main"), set_env("warm", "WARM_IP_TARGET=2")],
        "",
        "",
    ),
    "a contradiction about the init container": (
        [
            add_on('init = { env = { DISABLE_TCP_EARLY_DEMUX = "true" } }'),
            set_env("demux", "-c aws-vpc-cni-init DISABLE_TCP_EARLY_DEMUX=false"),
        ],
        "warning PR311",
        'DISABLE_TCP_EARLY_DEMUX is set to "true" by aws_eks_addon.main and "false" by',
    ),
    "a contradiction, and what may be one": (
        [
            add_on(env('MAX_ENI = var.unknown, WARM_IP_TARGET = "1"')),
            set_env("warm", "MAX_ENI=2 WARM_IP_TARGET=2"),
        ],
        "open PR306, open PR311, warning PR311",
        "fix: say it in aws_eks_addon.main alone",
    ),
    "the last of three says what the first does": (
        [
            Row("", env('WARM_IP_TARGET = "1"'), version="1.20.4").parts("main"),
            chart(env('WARM_IP_TARGET = "2"')),
            set_env("warm", "WARM_IP_TARGET=1"),
        ],
        "open PR307, warning PR311",
        'WARM_IP_TARGET is set to "2" by helm_release.cni and "1" by',
    ),
    "a script changes what the chart brings": (
        [CLUSTER, chart(env('WARM_IP_TARGET = "2"')), set_env("prefixes", "ENABLE_PREFIX_DELEGATION=true")],
        "",
        "",
    ),
    "a script sets a variable twice": (
        [CLUSTER, set_env("warm", "WARM_IP_TARGET=1 WARM_IP_TARGET=2")],
        "",
        "",
    ),
    "a script changes what the add-on brings": (
        [add_on(env('WARM_IP_TARGET = "2"')), set_env("prefixes", "ENABLE_PREFIX_DELEGATION=true")],
        "warning PR311",
        "the next update of the add-on fails or resets ENABLE_PREFIX_DELEGATION",
    ),
    "a script changes what the add-on of eksctl brings to a cluster of Terraform": (
        [CLUSTER, CLUSTER_CONFIG, set_env("prefixes", "ENABLE_PREFIX_DELEGATION=true")],
        "warning PR311",
        "into the configuration of addons/vpc-cni",
    ),
    "a script changes what an add-on of which nobody knows the name may bring": (
        [
            add_on("").replace('"vpc-cni"', "var.unknown"),
            set_env("prefixes", "ENABLE_PREFIX_DELEGATION=true"),
        ],
        "open PR305, open PR306, open PR307, open PR308, open PR310, open PR311",
        "",
    ),
    "a name twice in a list, and once more with a text that is not known": (
        [
            CLUSTER,
            daemon_set(
                'ENABLE_IPv4="true"',
                "MAX_ENI=var.unknown",
                'MAX_ENI="2"',
                'WARM_IP_TARGET="1"',
                'WARM_IP_TARGET="2"',
            ),
        ],
        "open PR311, warning PR311",
        'WARM_IP_TARGET is set twice, and the "1" here has no effect',
    ),
    "a ConfigMap beside an add-on that writes it otherwise": (
        [
            add_on('enableNetworkPolicy = "false", branchENICooldown = "30"'),
            config_map('enable-network-policy-controller = "true", branch-eni-cooldown = "30", other = "true"'),
        ],
        "warning PR311",
        'enable-network-policy-controller is "true" here and "false" by aws_eks_addon.main',
    ),
    "a ConfigMap beside an add-on with an option that is a list": (
        [add_on("enableNetworkPolicy = []"), config_map('enable-network-policy-controller = "true"')],
        "warning PR311",
        'enable-network-policy-controller is "true" here and "false" by aws_eks_addon.main',
    ),
    "a ConfigMap beside an add-on that keeps what others write": (
        [
            add_on('branchENICooldown = "30"', 'resolve_conflicts_on_update = "PRESERVE"'),
            config_map('enable-network-policy-controller = "true"'),
        ],
        "",
        "",
    ),
    "a ConfigMap beside an add-on that keeps what others write, and writes it": (
        [
            add_on('enableNetworkPolicy = "false"', 'resolve_conflicts_on_update = "PRESERVE"'),
            config_map('enable-network-policy-controller = "true"'),
        ],
        "warning PR311",
        "",
    ),
    "a ConfigMap beside an add-on, of which one entry is not known": (
        [
            add_on('enableNetworkPolicy = "false"'),
            config_map('branch-eni-cooldown = var.unknown, enable-network-policy-controller = "true"'),
        ],
        "open PR311, warning PR311",
        "",
    ),
    "a ConfigMap beside a chart that writes the default": (
        [CLUSTER, chart(""), config_map('enable-network-policy-controller = "true"')],
        "warning PR311",
        'enable-network-policy-controller is "true" here and "false" by helm_release.cni',
    ),
    "a ConfigMap beside a DaemonSet, which does not write it": (
        [CLUSTER, daemon_set('ENABLE_IPv4="true"'), config_map('enable-network-policy-controller = "true"')],
        "",
        "",
    ),
    "a ConfigMap beside a script, which does not write it": (
        [CLUSTER, set_env("warm", "WARM_IP_TARGET=2"), config_map('enable-network-policy-controller = "true"')],
        "",
        "",
    ),
}
CODES = {"PR305", "PR306", "PR307", "PR308", "PR310", "PR311"}


@pytest.mark.parametrize("name", SOURCES)
def test_sources(name: str) -> None:
    parts, expected, words = SOURCES[name]
    outcome = judged("PR3", UNKNOWN, *parts)
    found = [f"{one.severity} {one.code}" for one in outcome.findings if one.code in CODES]
    found += [f"open {code}" for one in outcome.undecided for code in one.codes if code in CODES]
    assert ", ".join(sorted(found)) == expected
    assert words in "\n".join(map(said, outcome.findings))


def test_a_number_is_made_a_string_where_it_is_written() -> None:
    (finding,) = judged("PR305", Row("", env("WARM_IP_TARGET = 5")).parts("main")).findings
    assert finding.edit is not None
    assert (finding.edit.span.text, finding.edit.text) == ("5", '"5"')


def test_a_chart_without_the_family_of_its_cluster_is_told_at_the_chart() -> None:
    patch = daemon_set("WARM_PREFIX_TARGET=2", image=False)
    outcome = judged("PR308", IPV6_CLUSTER, patch, set_env("a", "WARM_PREFIX_TARGET=2"), chart("", version=""))
    (finding,) = outcome.findings
    assert 'resource "helm_release" "cni"' in finding.span.document.line(finding.span.first.line)


@pytest.mark.parametrize("code", ROWS)
def test_values(code: str) -> None:
    rows = {f"c{number}": row for number, row in enumerate(ROWS[code])}
    outcome = judged(code, UNKNOWN, *(row.parts(name) for name, row in rows.items()))
    found = dict.fromkeys(rows, "")
    for finding in outcome.findings:
        name = finding.address.rpartition(".")[2]
        found[name] += f"{finding.severity} {finding.code}"
        assert rows[name].says in said(finding)
    for undecided in outcome.undecided:
        for _, address in undecided.judgements:
            found[address.rpartition(".")[2]] += f"open {code}"
    assert found == {name: row.expected for name, row in rows.items()}


def test_nothing_is_said_of_aws_node_where_auto_mode_runs_the_nodes() -> None:
    faults = (
        env(
            'ENABLE_POD_ENI = "maybe", WARM_TARGET_IP = "1", ENABLE_IPv6 = "true", ENABLE_BANDWIDTH_PLUGIN = "true", '
            'DISABLE_NETWORK_RESOURCE_PROVISIONING = "true"'
        )
        + ', enableNetworkPolicy = "true", WARM_IP_TARGET = "2"'
    )
    codes = {"PR306", "PR307", "PR308", "PR309", "PR310", "PR312"}
    assert {finding.code for finding in judged("PR3", Row("", faults).parts("main")).findings} >= codes
    assert not judged("PR3", Row("", faults, AUTO).parts("main")).findings
