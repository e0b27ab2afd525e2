"""PR604 sgp-role-policy."""

from __future__ import annotations

from collections.abc import Iterator

from podroom.capacity.assessment import Assessment
from podroom.catalog import documents
from podroom.model.world import Cluster, ClusterRole, EnvironmentVariable
from podroom.rule import Confidence, Example, Finding, Note, Rule, Severity
from podroom.values import Known
from podroom_rules.subjects import giving_security_groups_by_role
from podroom_rules.variables import declared, policies_of

_VARIABLE = "ENABLE_POD_ENI"
_POLICY = "AmazonEKSVPCResourceController"
_CONFIGURATION = """
resource "aws_iam_role" "cluster" {%s
  name               = "cluster"
  assume_role_policy = "{}"
}

resource "aws_iam_role_policy_attachment" "cluster" {
  for_each   = toset([%s])
  role       = aws_iam_role.cluster.name
  policy_arn = "arn:aws:iam::aws:policy/${each.key}"
}

resource "aws_eks_cluster" "main" {
  name     = "main"
  role_arn = %s
  vpc_config {
    subnet_ids = ["subnet-0aaaaaaaaaaaaaaaa", "subnet-0bbbbbbbbbbbbbbbb"]
  }
}

resource "aws_eks_addon" "vpc_cni" {
  cluster_name = aws_eks_cluster.main.name
  addon_name   = "vpc-cni"
  configuration_values = jsonencode({
    env = {
      ENABLE_POD_ENI = "true"
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
iam:
  vpcResourceControllerPolicy: %s
addons:
  - name: vpc-cni
    configurationValues: |
      env:
        ENABLE_POD_ENI: "true"
"""
_OWN_ROLE = "aws_iam_role.cluster.arn"


class RoleWithoutPolicy(Rule[Cluster]):
    """Security groups for pods are on, and the role of the cluster may not make the interfaces for them.

    Branch interfaces are made by the VPC resource controller, which runs in the control plane and acts with the role of
    the cluster.  It needs the policy AmazonEKSVPCResourceController there; AmazonEKSClusterPolicy alone does not allow
    it.  Without it no node gets a trunk interface, and nothing says so but the absence of a resource: pods that a
    SecurityGroupPolicy selects stay Pending with

        0/3 nodes are available: 3 Insufficient vpc.amazonaws.com/pod-eni.

    terraform-aws-modules/eks attaches the policy by itself (in newer versions unless
    `enable_security_groups_for_pods` is false), and eksctl does so too.

    This rule is silent where the role is not in the project, and leaves it open where policies of your own are attached.
    It is an error if the project holds a SecurityGroupPolicy for the cluster.

    Remedy: attach arn:aws:iam::aws:policy/AmazonEKSVPCResourceController to the role of the cluster.
    """

    code = "PR604"
    name = "sgp-role-policy"
    severity = Severity.WARNING
    subject = Cluster
    concerns = staticmethod(giving_security_groups_by_role)
    sources = (
        documents.EKS_SECURITY_GROUPS_FOR_PODS,
        "https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AmazonEKSVPCResourceController.html",
    )
    bad = (
        Example.terraform(
            "the policy of the cluster alone",
            _CONFIGURATION % (" # expect: PR604", '"AmazonEKSClusterPolicy"', _OWN_ROLE),
        ),
        Example.eksctl("eksctl is told to leave the policy away", _EKSCTL % "false # expect: PR604"),
    )
    good = (
        Example.terraform(
            "both policies",
            _CONFIGURATION % ("", f'"AmazonEKSClusterPolicy", "{_POLICY}"', _OWN_ROLE),
        ),
        Example.terraform(
            "a role that is made elsewhere",
            _CONFIGURATION % ("", '"AmazonEKSClusterPolicy"', '"arn:aws:iam::111122223333:role/other"'),
        ),
        Example.eksctl("eksctl attaches the policy", _EKSCTL % "true"),
    )

    def judge(self, subject: Cluster, assessment: Assessment) -> Iterator[Finding]:
        """Yield a finding at a role that lacks the policy which the resource controller needs."""
        role = subject.role
        assert role is not None  # noqa: S101 - the rule concerns no other cluster
        names = {policy.value for policy in role.policies if isinstance(policy, Known)}
        if _POLICY in names:
            return
        for policy in role.policies:
            policy.need()
        role.policies.need()
        yield self._finding(subject, declared(subject, _VARIABLE), role, sorted(names), assessment)

    def _finding(
        self,
        cluster: Cluster,
        variable: EnvironmentVariable,
        role: ClusterRole,
        names: list[str],
        assessment: Assessment,
    ) -> Finding:
        policies, _ = policies_of(cluster, assessment)
        return self.finding(
            role.span,
            cluster,
            "security groups for pods are on, and the role of the cluster may not make interfaces for them",
            label=f"has {' and '.join(names) or 'no policy'}, and not {_POLICY}",
            effect="No node offers vpc.amazonaws.com/pod-eni: pods that a SecurityGroupPolicy selects stay Pending with "
            '"Insufficient vpc.amazonaws.com/pod-eni".',
            fix="leave vpcResourceControllerPolicy away"
            if role.address == "iam"
            else f"attach arn:aws:iam::aws:policy/{_POLICY} to {role.address}",
            related=(
                Note("security groups for pods are turned on here", variable.span),
                *(Note("the pods that this selects never start", policy.span) for policy in policies),
            ),
            evidence={"role": role.address, "policies": names},
            severity=Severity.ERROR if policies else None,
            confidence=Confidence.MEDIUM,
        )
