"""PR7xx: versions of the VPC CNI, and probes and agents that are of another one."""

from __future__ import annotations

import pytest

from capacity_helpers import eks_cluster
from rule_helpers import judged, says

SUBNETS = '"subnet-0aaaaaaaaaaaaaaaa"'
PORT, SOCKET = ":50051", "unix:///var/run/aws-node/ipamd.sock"
UNKNOWN = 'variable "unknown" {\n  type = string\n}\n'


def cluster(name: str, cni: str, kubernetes: str = '"1.29"') -> str:
    """Return a cluster with a version of Kubernetes and of the CNI."""
    return f"""{eks_cluster(name, subnets=SUBNETS, more=f"version = {kubernetes}")}
resource "aws_eks_addon" "{name}" {{
  cluster_name  = aws_eks_cluster.{name}.name
  addon_name    = "vpc-cni"
  addon_version = "v{cni}-eksbuild.1"
}}
"""


def nodes(name: str, tokens: str, of: str = "main") -> str:
    """Return a node group of a cluster, whose launch template says whether tokens are required."""
    return f"""
resource "aws_launch_template" "{name}" {{
  metadata_options {{
    http_tokens = {tokens}
  }}
}}

resource "aws_eks_node_group" "{name}" {{
  cluster_name    = aws_eks_cluster.{of}.name
  node_group_name = "{name}"
  node_role_arn   = "arn:aws:iam::111122223333:role/nodes"
  subnet_ids      = [{SUBNETS}]
  instance_types  = ["m5.large"]
  launch_template {{
    id      = aws_launch_template.{name}.id
    version = "1"
  }}
  scaling_config {{
    min_size     = 1
    desired_size = 1
    max_size     = 3
  }}
}}
"""


PLAIN = nodes("plain", '"optional"').replace(
    '  launch_template {\n    id      = aws_launch_template.plain.id\n    version = "1"\n  }\n', ""
)

VERSIONS = {
    "a version that fails where tokens are required": (
        [cluster("main", "1.10.0"), nodes("a", '"required"')],
        "error PR702",
        ["these nodes require tokens"],
    ),
    "a version that fails where tokens are required, and they are not": (
        [cluster("main", "1.10.0"), nodes("a", '"optional"'), PLAIN],
        "warning PR702",
        ["!these nodes require tokens"],
    ),
    "a version that fails where tokens are required, which is not known": (
        [cluster("main", "1.10.0"), nodes("a", "var.unknown")],
        "warning PR702",
        [],
    ),
    "a version that fails where tokens are required, as nodes of another cluster want": (
        [cluster("main", "1.10.0"), cluster("other", "1.20.4"), nodes("a", '"required"', of="other")],
        "warning PR702",
        [],
    ),
    "a version that fails with and without tokens": (
        [cluster("main", "1.16.3"), nodes("a", '"required"')],
        "warning PR702",
        ["!these nodes require tokens"],
    ),
    "a version that fails, in an old cluster": (
        [cluster("main", "1.16.3", '"1.20"')],
        "warning PR702",
        ["fix: take v1.16.4 or newer"],
    ),
    "a version that fails, in a newer cluster": (
        [cluster("main", "1.16.3", '"1.33"')],
        "warning PR702",
        ["fix: take v1.17.1 or newer"],
    ),
    "a version that fails, in a cluster of which nobody knows the version": (
        [cluster("main", "1.16.3", "var.unknown")],
        "warning PR702",
        ["fix: take v1.16.4 or newer"],
    ),
    "no version, and nothing that sets up the CNI": ([eks_cluster(subnets=SUBNETS)], "", []),
}


@pytest.mark.parametrize("name", VERSIONS)
def test_versions(name: str) -> None:
    parts, expected, words = VERSIONS[name]
    outcome = judged("PR70", UNKNOWN, *parts)
    assert ", ".join(f"{one.severity} {one.code}" for one in outcome.findings) == expected
    assert not outcome.undecided
    says(outcome, *words)


def daemon_set(version: str, *addresses: str) -> str:
    """Return aws-node with a liveness and perhaps a readiness probe, each with an address."""
    probes = "".join(
        f"""
          {kind}:
            exec:
              command: [/app/grpc-health-probe, "-addr={address}"]"""
        for kind, address in zip(("livenessProbe", "readinessProbe"), addresses, strict=False)
    )
    return f"""
apiVersion: apps/v1
kind: DaemonSet
metadata:
  name: aws-node
  namespace: kube-system
spec:
  template:
    spec:
      containers:
        - name: aws-node
          image: registry.example/amazon-k8s-cni:{version}{probes}
          env:
            - name: ENABLE_IPv4
              value: "true"
            - name: WARM_ENI_TARGET
              value: "1"
"""


def values(version: str, agent: str, more: str = "", policies: str = '"true"') -> str:
    """Return values of the chart with a network policy agent."""
    return f"""
# values of aws-vpc-cni
image:
  tag: v{version}
env:
  WARM_PREFIX_TARGET: "2"
  ENABLE_PREFIX_DELEGATION: "true"
enableNetworkPolicy: {policies}
nodeAgent:
  image:
    tag: {agent}
{more}"""


PROBES = {
    "the port since 1.23": (daemon_set("v1.23.0", PORT), f"its probes ask {PORT}, and ipamd listens on {SOCKET}"),
    "the port until 1.22": (daemon_set("v1.22.9", PORT), ""),
    "the socket since 1.23": (daemon_set("v1.23.0", SOCKET), ""),
    "the socket until 1.22": (daemon_set("v1.22.9", SOCKET), f"its probes ask {SOCKET}, and ipamd listens on {PORT}"),
    "one of two probes": (daemon_set("v1.23.0", SOCKET, PORT), f"its probes ask {PORT}"),
    "both probes": (daemon_set("v1.23.0", PORT, PORT), "does the same"),
    "no probes": (daemon_set("v1.23.0"), ""),
    "no probes, and a version that cannot be read": (daemon_set("newest"), ""),
    "the port, and the image that is there": (
        daemon_set("x", PORT).replace("          image: registry.example/amazon-k8s-cni:x\n", ""),
        "!the version is",
    ),
    "an old agent, and the newest version": (
        values("x", "v1.4.0").replace("image:\n  tag: vx\n", "", 1),
        "v1.4.0 asks ipamd",
    ),
    "an old agent since 1.23": (
        values("1.23.0", "v1.4.0"),
        f"v1.4.0 asks ipamd at {PORT}, and ipamd listens on {SOCKET}",
    ),
    "the first agent with the socket": (values("1.23.0", "v1.4.1"), ""),
    "an old agent until 1.22": (values("1.22.9", "v1.4.0"), ""),
    "a new agent until 1.22": (
        values("1.22.9", "v1.4.1"),
        f"v1.4.1 asks ipamd at {SOCKET}, and ipamd listens on {PORT}",
    ),
    "an old agent without network policies": (values("1.23.0", "v1.4.0", policies='"false"'), ""),
    "an old agent that is off": (values("1.23.0", "v1.4.0", "  enabled: false\n"), ""),
    "an old agent that is on": (values("1.23.0", "v1.4.0", "  enabled: true\n"), "v1.4.0 asks ipamd"),
    "an old agent where nothing turns policies on": (
        values("1.23.0", "v1.4.0").replace('enableNetworkPolicy: "true"\n', ""),
        "",
    ),
}


@pytest.mark.parametrize("name", PROBES)
def test_probes_and_agents(name: str) -> None:
    text, words = PROBES[name]
    outcome = judged("PR703", text, file="aws-node.yaml")
    assert [one.code for one in outcome.findings] == (["PR703"] if words else [])
    assert not outcome.undecided
    says(outcome, words)


def test_an_agent_of_which_nobody_knows_the_version_is_left_open() -> None:
    outcome = judged("PR703", values("1.23.0", "newest"), file="values.yaml")
    assert not outcome.findings
    assert "newest" in outcome.undecided[0].reason


def in_terraform(command: str) -> str:
    """Return the DaemonSet as a resource of Terraform, with a command of a probe."""
    return f"""
variable "unknown" {{
  type = string
}}
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
            image = "registry.example/amazon-k8s-cni:v1.23.1"
            livenessProbe  = {{ exec = {{ command = ["/app/grpc-health-probe", {command}] }} }}
            readinessProbe = {{ exec = {{ command = ["/app/grpc-health-probe", "-addr={PORT}"] }} }}
            env   = [{{ name = "ENABLE_IPv4", value = "true" }}]
          }}]
        }}
      }}
    }}
  }}
}}
"""


@pytest.mark.parametrize(
    ("command", "found", "is_open"),
    [
        (f'"-addr={PORT}"', "livenessProbe", False),
        (f'"-addr={SOCKET}"', "readinessProbe", False),
        ("var.unknown", "readinessProbe", True),
        (f'var.unknown == "" ? "-addr={PORT}" : "-addr={SOCKET}"', "readinessProbe", True),
        (f'var.unknown == "" ? "-addr={PORT}" : "-addr=localhost{PORT}"', "livenessProbe", False),
        (f'var.unknown == "" ? "-addr={SOCKET}" : "-addr={SOCKET} -v"', "readinessProbe", False),
    ],
)
def test_the_first_probe_that_is_certainly_wrong_is_the_place(command: str, found: str, *, is_open: bool) -> None:
    outcome = judged("PR703", in_terraform(command))
    (finding,) = outcome.findings
    assert finding.span.document.line(finding.span.first.line).strip().startswith(found)
    assert bool(outcome.undecided) == is_open
