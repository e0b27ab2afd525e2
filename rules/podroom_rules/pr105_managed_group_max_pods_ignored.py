"""PR105 mng-max-pods-ignored."""

from __future__ import annotations

from collections.abc import Iterator

from podroom.capacity.assessment import Assessment
from podroom.capacity.kubelet import AMAZON_EKS, KubeletLimit, overridden
from podroom.catalog import documents
from podroom.model.world import FixedMaxPods, GroupKind, MaxPodsExpression, Mechanism, NodeGroup
from podroom.rule import Confidence, Example, Finding, Rule, Severity
from podroom.values import Undecidable
from podroom_rules.rooms import either_is_too_high
from podroom_rules.wording import effect_of_replacement, setting_of, what_wins

_GROUP = """
resource "aws_launch_template" "nodes" {%s
  user_data = base64encode(<<-EOT
    MIME-Version: 1.0
    Content-Type: multipart/mixed; boundary="//"

    --//
    Content-Type: %s

%s
    --//--
  EOT
  )
}

resource "aws_eks_node_group" "workers" {
  cluster_name    = "main"
  node_group_name = "workers"
  node_role_arn   = "arn:aws:iam::111122223333:role/nodes"
  subnet_ids      = ["subnet-0aaaaaaaaaaaaaaaa"]
  instance_types  = ["m5.xlarge"]
  ami_type        = "%s"
  launch_template {
    id      = aws_launch_template.nodes.id
    version = aws_launch_template.nodes.latest_version
  }
  scaling_config {
    min_size     = 1
    desired_size = 1
    max_size     = 3
  }
}
"""
_NODE_CONFIG = """    apiVersion: node.eks.aws/v1alpha1
    kind: NodeConfig
    spec:
      kubelet:
"""


def _al2023(kubelet: str, image: str = "") -> str:
    return _GROUP % (image, "application/node.eks.aws", _NODE_CONFIG + kubelet, "AL2023_x86_64_STANDARD")


def _script(ami_type: str, *lines: str) -> str:
    return _GROUP % ("", "text/x-shellscript", "\n".join(f"    {line}" for line in ("#!/bin/bash", *lines)), ami_type)


class ManagedGroupMaxPodsIgnored(Rule[NodeGroup]):
    """In this managed node group Amazon EKS may set its own max pods over the one in the user data.

    A managed node group whose launch template names no AMI id gets user data from two sides: what the launch template
    says, and what Amazon EKS adds.  Amazon EKS adds a number of max pods of its own: that of the formula, at most 110
    or 250, the least of all instance types of the group.  What becomes of a number in the launch template:

    - `KUBELET_EXTRA_ARGS` in a script (Amazon Linux 2): Amazon EKS calls bootstrap.sh with `--kubelet-extra-args`,
      which replaces the variable.  The number is lost; that is only worth knowing where it is more than a node has
      room for.
    - `maxPodsExpression` in a NodeConfig (Amazon Linux 2023): any number beats an expression, also the one of
      Amazon EKS.  The expression is lost.
    - `kubelet.config.maxPods` in a NodeConfig: the documentation says that the number of Amazon EKS takes precedence;
      others have seen their own win.  Do not count on it.

    Nothing fails at deploy time.  `kubectl get node -o jsonpath='{.status.capacity.pods}'` shows another number than
    the one written down: pods stay Pending with `Too many pods`, or more pods land on a node than were meant to.

    Silent where the number cannot be lost (settings of Bottlerocket, an edit of bootstrap.sh, a file in
    /etc/eks/nodeadm.d, `--max-pods` in `kubelet.flags`) or is the same as that of Amazon EKS; and where one of the
    two is too high for the node, which PR101, PR502 or PR601 tell together with this doubt.

    Remedy: let a script write the number where nodeadm reads it last (AMIs since v20251023):

        mkdir -p /etc/eks/nodeadm.d
        cat > /etc/eks/nodeadm.d/max-pods.yaml <<'EOF'
        apiVersion: node.eks.aws/v1alpha1
        kind: NodeConfig
        spec:
          kubelet:
            config:
              maxPods: 40
        EOF

    or name an AMI id in the launch template, which then has to bring all of the user data.
    """

    code = "PR105"
    name = "mng-max-pods-ignored"
    severity = Severity.WARNING
    subject = NodeGroup
    sources = (
        f"{documents.EKS_MAX_PODS}#max-pods-precedence",
        documents.EKS_MANAGED_NODE_GROUP,
        documents.NODEADM_CONFIG,
        "https://github.com/terraform-aws-modules/terraform-aws-eks/issues/2183",
        "https://github.com/aws-ia/terraform-aws-eks-blueprints/issues/1312",
    )
    bad = (
        Example.terraform(
            "a NodeConfig says 40, Amazon EKS says 58",
            _al2023("        config:\n          maxPods: 40 # expect: PR105"),
        ),
        Example.terraform(
            "an expression never wins over a number",
            _al2023('        maxPodsExpression: "max_pods - 10" # expect: PR105'),
        ),
        Example.terraform(
            "a variable that the call by Amazon EKS does not see",
            _script("AL2_x86_64", 'export KUBELET_EXTRA_ARGS="--max-pods=110" # expect: PR105'),
        ),
        Example.terraform(
            "the same with the image that Amazon EKS chooses for Kubernetes 1.29",
            _script("", 'export KUBELET_EXTRA_ARGS="--max-pods=40" # expect: PR105').replace(
                'ami_type        = ""', 'version         = "1.29"'
            ),
        ),
    )
    good = (
        Example.terraform("the same number", _al2023("        config:\n          maxPods: 58")),
        Example.terraform(
            "the same number in a variable", _script("AL2_x86_64", 'export KUBELET_EXTRA_ARGS="--max-pods=58"')
        ),
        Example.terraform("a flag of kubelet", _al2023('        flags: ["--max-pods=40"]')),
        Example.terraform(
            "with an AMI id of its own Amazon EKS adds nothing",
            _al2023("        config:\n          maxPods: 40", '\n  image_id = "ami-0123456789abcdef0"'),
        ),
        Example.terraform(
            "a drop-in comes after everything else",
            _script(
                "AL2023_x86_64_STANDARD",
                "cat > /etc/eks/nodeadm.d/max-pods.yaml <<'EOF'",
                "apiVersion: node.eks.aws/v1alpha1",
                "kind: NodeConfig",
                "spec: {kubelet: {config: {maxPods: 40}}}",
                "EOF",
            ),
        ),
        Example.terraform(
            "settings of Bottlerocket win over those of Amazon EKS",
            """
resource "aws_launch_template" "nodes" {
  user_data = base64encode("[settings.kubernetes]\\nmax-pods = 40\\n")
}
"""
            + _GROUP[_GROUP.index('resource "aws_eks_node_group"') :] % "BOTTLEROCKET_x86_64",
        ),
        Example.terraform(
            "bootstrap.sh is edited so that it adds the number itself",
            _script(
                "AL2_x86_64",
                "sed -i 's/KUBELET_EXTRA_ARGS=$2/KUBELET_EXTRA_ARGS=\"$2 --max-pods=40\"/' /etc/eks/bootstrap.sh",
            ),
        ),
    )

    def judge(self, subject: NodeGroup, assessment: Assessment) -> Iterator[Finding]:
        """Yield a finding at a number or an expression that Amazon EKS overrides, or may."""
        if subject.kind is not GroupKind.MANAGED or not assessment.applies(subject) or subject.own_image.need():
            return
        if subject.launch_template_missing is not None:
            raise Undecidable(subject.launch_template_missing)
        if not subject.user_data.fixed and not subject.user_data.stray and not subject.user_data.expressions:
            if subject.user_data.gaps:
                raise Undecidable(subject.user_data.gaps[0])
            return
        limits = assessment.kubelet(subject, next(assessment.instances(subject)).instance)
        own, injected = limits[0], limits[-1]
        if own is not injected:
            if not _told_otherwise(subject, assessment, limits):
                yield self._contested(subject, own, injected)
            return
        lost = overridden(subject)
        if injected.authority != AMAZON_EKS or lost is None:
            return
        if isinstance(lost, MaxPodsExpression) or lost.value.need() != injected.figure.value:
            yield self._lost(subject, lost, injected, assessment)

    def _contested(self, group: NodeGroup, own: KubeletLimit, injected: KubeletLimit) -> Finding:
        """Return a finding for a number that may win or not."""
        assert own.span is not None  # noqa: S101 - it was written, so it has a place
        written, number = own.figure.value, injected.figure.value
        return self.finding(
            own.span,
            group,
            f"Amazon EKS gives this managed node group {number} max pods, which may replace the {written} written here",
            label=f"Amazon EKS: {injected.figure.working}",
            effect="The documentation says that the number of Amazon EKS takes precedence. "
            + effect_of_replacement(written, number),
            fix=f"give the {written} in {what_wins(group)}",
            confidence=Confidence.MEDIUM,
            evidence={"max_pods": written, "injected": number, "lost": False},
        )

    def _lost(
        self,
        group: NodeGroup,
        lost: FixedMaxPods | MaxPodsExpression,
        injected: KubeletLimit,
        assessment: Assessment,
    ) -> Finding:
        """Return a finding for what certainly has no say; that is well where it is more than a node has room for."""
        number = injected.figure.value
        written = None if isinstance(lost, MaxPodsExpression) else lost.value.need()
        room = _least_room(group, assessment)
        too_high = written is not None and written > room
        if written is None:
            effect = ""
        elif too_high:
            effect = f" That is well: a node has room for {room}, and pods beyond would get no address."
        else:
            effect = f" {effect_of_replacement(written, number)}"
        why = (
            "a number beats every expression, also that of Amazon EKS"
            if isinstance(lost, MaxPodsExpression)
            else "Amazon EKS calls bootstrap.sh with arguments for kubelet, which replace KUBELET_EXTRA_ARGS"
        )
        return self.finding(
            lost.span,
            group,
            f"kubelet gets the {number} max pods of Amazon EKS and not "
            + ("what the expression gives" if written is None else f"the {written} written here"),
            label=why,
            effect=f"Amazon EKS: {injected.figure.working}.{effect}",
            fix="remove it here" if too_high else f"give the number in {what_wins(group)}; or remove it here",
            severity=Severity.INFO if too_high else None,
            evidence={"max_pods": written, "injected": number, "lost": True, "room": room},
        )


def _least_room(group: NodeGroup, assessment: Assessment) -> int:
    cni = assessment.cni(group)
    types = assessment.instances(group)
    return min(assessment.room(resolved.instance, cni, group.span).value for resolved in types)


def _told_otherwise(group: NodeGroup, assessment: Assessment, limits: tuple[KubeletLimit, ...]) -> bool:
    """Return whether nothing is lost, or a number is so high that another rule tells of both."""
    own, injected = limits
    if own.mechanism is Mechanism.NODEADM_FLAG or setting_of(group, own.mechanism) is not None:
        return True
    if own.figure.value == injected.figure.value:
        return True
    return either_is_too_high(group, limits, assessment)
