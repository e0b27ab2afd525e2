"""PR401 pd-without-max-pods."""

from __future__ import annotations

from collections.abc import Iterator

from podroom.capacity.assessment import Assessment
from podroom.capacity.max_pods import recommended_cap
from podroom.capacity.working import MissingFactError
from podroom.catalog import documents
from podroom.model.world import NodeGroup
from podroom.rule import Example, Finding, Note, Rule, Severity
from podroom.values import Undecidable, Unknown
from podroom_rules.ignored import max_pods_in_vain
from podroom_rules.subjects import with_prefixes
from podroom_rules.variables import declared
from podroom_rules.wording import article, group_place, set_max_pods, type_note

_CONFIGURATION = """
resource "aws_eks_addon" "vpc_cni" {
  cluster_name = "main"
  addon_name   = "vpc-cni"
  configuration_values = jsonencode({
    env = {
      ENABLE_PREFIX_DELEGATION = "true"%s
    }
  })
}

resource "aws_launch_template" "nodes" {
  image_id      = "ami-0123456789abcdef0"
  instance_type = "m5.large"
  user_data = base64encode(<<-EOT
    apiVersion: node.eks.aws/v1alpha1
    kind: NodeConfig
    spec:
      cluster:
        name: main%s
  EOT
  )
}

resource "aws_autoscaling_group" "nodes" {
  min_size = 1
  max_size = 3
  tag {
    key                 = "kubernetes.io/cluster/main"
    value               = "owned"
    propagate_at_launch = true
  }
  launch_template {
    id = aws_launch_template.nodes.id
  }
}
"""


class PrefixDelegationWithoutMaxPods(Rule[NodeGroup]):
    """Prefix delegation is on, but max pods stays at the number for single addresses.

    With `ENABLE_PREFIX_DELEGATION` a node has 16 addresses in every slot, and the reason to turn it on is to run more
    pods on a node.  But kubelet learns nothing of it: nodeadm, bootstrap.sh and Bottlerocket work out max pods from
    single addresses, whatever the CNI does.  Only a managed node group without an AMI of its own is told by Amazon
    EKS.  The nodes then run as few pods as before and take whole /28 blocks of the subnet for them.

    Nothing hangs; pods stay Pending with "Too many pods".

    Remedy: set max pods to 110 (250 for more than 30 vCPUs), the numbers that AWS recommends.
    """

    code = "PR401"
    name = "pd-without-max-pods"
    severity = Severity.WARNING
    subject = NodeGroup
    concerns = staticmethod(with_prefixes)
    sources = (documents.NODEADM_MAX_PODS, documents.AL2_BOOTSTRAP, documents.EKS_MAX_PODS)
    bad = (
        Example.terraform(
            "29 pods on an m5.large that has addresses for 434", _CONFIGURATION % (" # expect: PR401", "")
        ),
    )
    good = (
        Example.terraform(
            "max pods is raised, and memory is reserved for as many",
            _CONFIGURATION % ("", '\n      kubelet:\n        maxPodsExpression: "110"'),
        ),
    )

    def judge(self, subject: NodeGroup, assessment: Assessment) -> Iterator[Finding]:
        """Yield a finding at ENABLE_PREFIX_DELEGATION for a type whose max pods nobody raised."""
        cni = assessment.cni(subject)
        if not subject.own_image.need():
            return  # Amazon EKS counts prefixes, or PR402; nodes of one's own count as having an image of their own
        if max_pods_in_vain(subject, assessment):
            return  # PR901
        variable = declared(assessment.cluster(subject), "ENABLE_PREFIX_DELEGATION")
        for resolved in assessment.instances(subject):
            instance = resolved.instance
            limit = assessment.kubelet(subject, instance)[0]
            if limit.fixed or limit.failure is not None:
                continue
            try:
                cap = recommended_cap(instance)
            except MissingFactError as error:
                raise Undecidable(Unknown(error.message, resolved.span)) from error
            room = assessment.room(instance, cni, subject.span)
            target = min(cap.value, room.value)
            if limit.figure.value >= target:
                continue
            yield self.finding(
                variable.span,
                subject,
                f"prefix delegation is on, but kubelet stays at {limit.figure.value} pods "
                f"where {article(instance.name)} could run {target}",
                label=f"{limit.authority} does not know of it: {limit.figure.working}",
                effect='Pods stay Pending with "Too many pods", and every node takes /28 blocks all the same.',
                fix=f"set {set_max_pods(subject, target)}",
                related=(
                    type_note(resolved, f"room for {room.value}: {room.working}; recommended {cap.working}"),
                    Note("max pods is not set here", group_place(subject)),
                ),
                evidence={
                    "max_pods": limit.figure.value,
                    "possible": target,
                    "room": room.value,
                    "instance_type": instance.name,
                },
            )
