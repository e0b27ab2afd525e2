"""PR605 sgp-mode-conflict."""

from __future__ import annotations

from collections.abc import Iterator

from podroom.capacity.assessment import Assessment
from podroom.capacity.cni import is_true
from podroom.catalog import documents
from podroom.model.world import Cluster
from podroom.rule import Example, Finding, Note, Rule, Severity
from podroom.values import place_of
from podroom_rules.subjects import giving_security_groups_by_proxy
from podroom_rules.variables import ADD_ON_CONFIGURATION, declared, enforces_strictly, policies_of

_POD_ENI, _MODE = "ENABLE_POD_ENI", "POD_SECURITY_GROUP_ENFORCING_MODE"
_IPVS = "ipvs"
_KUBE_PROXY = """
resource "aws_eks_addon" "kube_proxy" {
  cluster_name = aws_eks_cluster.main.name
  addon_name   = "kube-proxy"
  configuration_values = jsonencode({
    mode = "%s"%s
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
        ENABLE_POD_ENI: "true"
        POD_SECURITY_GROUP_ENFORCING_MODE: "%s"
  - name: kube-proxy
    configurationValues: |
      mode: "ipvs"%s
"""


class StrictModeInConflict(Rule[Cluster]):
    """Security groups for pods are enforced strictly, and kube-proxy works with IPVS.

    In strict mode, which is the default, the traffic of a pod with its own security groups leaves the node by its branch
    interface and sees nothing of the node's own network.  With iptables that is no matter, because kube-proxy's rules
    are applied before the route is chosen.  IPVS keeps the addresses of Services on an interface of the node: packets to
    them go out into the VPC, where nobody has these addresses.

    The pods start, and time out at the first name that they look up, because that of the cluster's DNS is such an
    address:

        dial tcp: lookup payments.default.svc.cluster.local: i/o timeout

    The CNI's README supports strict mode with iptables only.

    It is an error if the project holds a SecurityGroupPolicy for the cluster.

    Remedy: `POD_SECURITY_GROUP_ENFORCING_MODE = "standard"` (since 1.11), or kube-proxy with iptables.
    """

    code = "PR605"
    name = "sgp-mode-conflict"
    severity = Severity.WARNING
    subject = Cluster
    concerns = staticmethod(giving_security_groups_by_proxy)
    sources = (documents.CNI_README, documents.EKS_SECURITY_GROUPS_FOR_PODS)
    bad = (
        Example.terraform(
            "strict mode by default",
            ADD_ON_CONFIGURATION % 'env = {\n      ENABLE_POD_ENI = "true"\n    }'
            + _KUBE_PROXY % (_IPVS, " # expect: PR605"),
        ),
        Example.eksctl("the same in a ClusterConfig", _EKSCTL % ("strict", " # expect: PR605")),
    )
    good = (
        Example.terraform(
            "strict mode and iptables",
            ADD_ON_CONFIGURATION % 'env = {\n      ENABLE_POD_ENI = "true"\n    }' + _KUBE_PROXY % ("iptables", ""),
        ),
        Example.terraform(
            "IPVS without security groups for pods",
            ADD_ON_CONFIGURATION % 'env = {\n      ENABLE_POD_ENI = "false"\n    }' + _KUBE_PROXY % (_IPVS, ""),
        ),
        Example.eksctl("IPVS and standard mode", _EKSCTL % ("standard", "")),
    )

    def judge(self, subject: Cluster, assessment: Assessment) -> Iterator[Finding]:
        """Yield a finding at the mode of kube-proxy."""
        settings = subject.cni
        mode = subject.kube_proxy_mode
        assert mode is not None  # noqa: S101 - the rule concerns no other cluster
        variable = declared(subject, _POD_ENI)
        if not is_true(variable.value.need()) or mode.need() != _IPVS or not enforces_strictly(settings, assessment):
            return
        policies, _ = policies_of(subject, assessment)
        yield self.finding(
            place_of(mode.origin, variable.span),
            subject,
            "pods with security groups of their own cannot reach Services: kube-proxy works with IPVS",
            label="strict mode is supported with iptables only",
            effect='These pods start, and every name that they look up ends with "i/o timeout".',
            fix=f'set env.{_MODE} = "standard" in the configuration of the VPC CNI, or the mode of kube-proxy to '
            '"iptables"',
            related=(
                Note("security groups for pods are turned on here", variable.span),
                *(Note("pods that this selects are concerned", policy.span) for policy in policies),
            ),
            evidence={"kube_proxy": _IPVS, "mode": "strict"},
            severity=Severity.ERROR if policies else None,
        )
