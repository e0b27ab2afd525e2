"""PR404 pd-no-warm-target."""

from __future__ import annotations

from collections.abc import Iterator

from podroom.capacity.assessment import Assessment
from podroom.catalog import documents
from podroom.model.world import Cluster, CniSettings
from podroom.rule import Example, Finding, Note, Rule, Severity
from podroom_rules.subjects import crashing
from podroom_rules.variables import declared

_PREFIX_DELEGATION = "ENABLE_PREFIX_DELEGATION"
_PREFIX = "WARM_PREFIX_TARGET"
_TARGETS = (_PREFIX, "WARM_IP_TARGET", "MINIMUM_IP_TARGET")
_CONFIGURATION = """
resource "aws_eks_cluster" "main" {
  name     = "main"
  role_arn = "arn:aws:iam::111122223333:role/cluster"
  vpc_config {
    subnet_ids = ["subnet-0aaaaaaaaaaaaaaaa", "subnet-0bbbbbbbbbbbbbbbb"]
  }
}

resource "aws_eks_addon" "vpc_cni" {
  cluster_name = aws_eks_cluster.main.name
  addon_name   = "vpc-cni"
  configuration_values = jsonencode({
    env = {
      ENABLE_PREFIX_DELEGATION = "true"
      %s
    }
  })
}
"""
_EKSCTL = """
apiVersion: eksctl.io/v1alpha5
kind: ClusterConfig
metadata:
  name: main
  region: eu-west-1
addons:
  - name: vpc-cni
    configurationValues: |
      env:
        ENABLE_PREFIX_DELEGATION: "true"
        WARM_PREFIX_TARGET: %s
"""
_DAEMON_SET = """
apiVersion: apps/v1
kind: DaemonSet
metadata:
  name: aws-node
  namespace: kube-system
spec:
  selector:
    matchLabels:
      k8s-app: aws-node
  template:
    metadata:
      labels:
        k8s-app: aws-node
    spec:
      containers:
        - name: aws-node
          image: 602401143452.dkr.ecr.eu-west-1.amazonaws.com/amazon-k8s-cni:v1.20.4
          env:
            - name: ENABLE_IPv4
              value: "true"
            - name: ENABLE_PREFIX_DELEGATION%s
              value: "true"%s
"""
_WARM_PREFIX = '\n            - name: WARM_PREFIX_TARGET\n              value: "1"'


class PrefixDelegationWithoutTarget(Rule[Cluster]):
    """Prefix delegation is on and no warm target is above 0, so that aws-node exits at start.

    With `ENABLE_PREFIX_DELEGATION` aws-node wants one of `WARM_PREFIX_TARGET`, `WARM_IP_TARGET` and
    `MINIMUM_IP_TARGET` to be above 0.  Otherwise it stops before it does anything, and logs

        Setting WARM_PREFIX_TARGET = 0 is not supported while WARM_IP_TARGET/MINIMUM_IP_TARGET is not set.

    `WARM_PREFIX_TARGET` is "1" in the manifest, the Helm chart and the add-on, but 0 where a DaemonSet of your own
    leaves it out.  Somebody sets it to "0" to save addresses, and aws-node is in CrashLoopBackOff on every node that
    starts from then on: the node stays NotReady, "cni plugin not initialized".  Nodes that run go on until their
    aws-node restarts, which an update of the add-on does to all of them.

    Remedy: `WARM_PREFIX_TARGET = "1"`; to hold fewer addresses, leave it and set `WARM_IP_TARGET` with
    `MINIMUM_IP_TARGET`, which count addresses but take them in whole prefixes.
    """

    code = "PR404"
    name = "pd-no-warm-target"
    severity = Severity.ERROR
    subject = Cluster
    concerns = staticmethod(crashing)
    sources = (documents.CNI_ENTRYPOINT, documents.CNI_PREFIX_TARGETS)
    bad = (
        Example.terraform("no prefix is kept warm", _CONFIGURATION % 'WARM_PREFIX_TARGET = "0" # expect: PR404'),
        Example.eksctl("the same in a ClusterConfig", _EKSCTL % '"0" # expect: PR404'),
        Example(
            "a DaemonSet that leaves the target out, whose default is 0",
            {"aws-node.yaml": _DAEMON_SET % (" # expect: PR404", "")},
        ),
    )
    good = (
        Example.terraform("the add-on keeps one prefix warm by itself", _CONFIGURATION % ""),
        Example.terraform(
            "addresses are counted instead",
            _CONFIGURATION % 'WARM_PREFIX_TARGET = "0"\n      WARM_IP_TARGET = "2"\n      MINIMUM_IP_TARGET = "16"',
        ),
        Example.terraform(
            "without prefixes nothing is checked",
            _CONFIGURATION.replace('"true"', '"false"') % 'WARM_PREFIX_TARGET = "0"',
        ),
        Example.eksctl("the same in a ClusterConfig", _EKSCTL % '"1"'),
        Example("a DaemonSet that sets the target", {"aws-node.yaml": _DAEMON_SET % ("", _WARM_PREFIX)}),
    )

    def judge(self, subject: Cluster, assessment: Assessment) -> Iterator[Finding]:  # noqa: ARG002 - needs no sums
        """Yield a finding at WARM_PREFIX_TARGET or, if nobody sets it, where prefix delegation is turned on."""
        settings = subject.cni
        delegation = declared(subject, _PREFIX_DELEGATION)
        written = settings.find(_PREFIX)
        place = delegation if written is None else written
        yield self.finding(
            place.span,
            subject,
            "aws-node exits at start: prefix delegation is on, and no warm target is above 0",
            label=", ".join(f"{name} is {_shown(settings, name)}" for name in _TARGETS),
            effect='aws-node is in CrashLoopBackOff with "Setting WARM_PREFIX_TARGET = 0 is not supported", and nodes '
            'stay NotReady with "cni plugin not initialized".',
            fix=f'set {_PREFIX} = "1"',
            related=() if written is None else (Note("prefix delegation is turned on here", delegation.span),),
            evidence={"targets": [f"{name}={_shown(settings, name)}" for name in _TARGETS]},
        )


def _shown(settings: CniSettings, name: str) -> str:
    variable = settings.find(name)
    return "not set" if variable is None else f'"{variable.value.need()}"'
