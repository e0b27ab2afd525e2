"""PR107 multi-card-eni-count."""

from __future__ import annotations

from collections.abc import Iterator

from podroom.capacity.assessment import Assessment, Resolved, collect
from podroom.capacity.kubelet import KubeletLimit
from podroom.catalog import documents
from podroom.model.world import NodeGroup
from podroom.rule import Example, Finding, Rule, Severity
from podroom.values import Undecidable
from podroom_rules.rooms import counts_all_cards, effect_of, has_room, plain_room, reasons
from podroom_rules.wording import assumed_cni, certain, confidence, contested, joined, set_max_pods, type_note

_NODES = """
data "aws_ec2_instance_type" "nodes" {
  instance_type = "%s"
}

locals {
  addresses = data.aws_ec2_instance_type.nodes.maximum_ipv4_addresses_per_interface
  max_pods  = %s
}

resource "aws_launch_template" "nodes" {
  image_id      = "ami-0123456789abcdef0"
  instance_type = data.aws_ec2_instance_type.nodes.instance_type
  user_data = base64encode(<<-EOT
    apiVersion: node.eks.aws/v1alpha1
    kind: NodeConfig
    spec:
      cluster:
        name: main
      kubelet:
        config:
          maxPods: ${local.max_pods}
  EOT
  )
}

resource "aws_autoscaling_group" "nodes" {
  min_size = 1
  max_size = 3
  launch_template {
    id = aws_launch_template.nodes.id
  }
}
"""
_ALL_CARDS = "data.aws_ec2_instance_type.nodes.maximum_network_interfaces * (local.addresses - 1) + 2"


class CountsAllNetworkCards(Rule[NodeGroup]):
    """Max pods is worked out from the interfaces of all network cards, but pods get addresses from one card only.

    Large types for machine learning and for networking have several network cards: a p4d.24xlarge has four with 15
    interfaces each, 60 in all.  `maximum_network_interfaces` of the data source `aws_ec2_instance_type`, and
    `NetworkInfo.MaximumNetworkInterfaces` of EC2, which it hands on, are the 60.  The Amazon VPC CNI gives pods
    addresses of the default card alone: 15.

    The formula of the guide, interfaces x (addresses - 1) + 2, then gives 2942 in place of 737.  The first pods run.
    Those beyond the addresses of the first card hang in ContainerCreating with

        failed to assign an IP address to container

    Remedy: count the interfaces of the default card (`NetworkCards[DefaultNetworkCardIndex].MaximumNetworkInterfaces`,
    which the data source does not have), write the number, or leave it away: nodeadm, bootstrap.sh, Bottlerocket and
    Amazon EKS count the default card by themselves.  `podroom node TYPE` shows both.
    """

    code = "PR107"
    name = "multi-card-eni-count"
    severity = Severity.ERROR
    subject = NodeGroup
    sources = (
        "https://github.com/awslabs/amazon-eks-ami/pull/1930",
        "https://github.com/aws/amazon-vpc-cni-k8s/blob/b52188387/scripts/gen_vpc_ip_limits.go",
        documents.CNI_MAX_PODS_LIST,
        "https://registry.terraform.io/providers/hashicorp/aws/latest/docs/data-sources/ec2_instance_type",
    )
    bad = (
        Example.terraform(
            "2942 pods on a p4d.24xlarge",
            _NODES.replace("= %s\n}", "= %s # expect: PR107\n}") % ("p4d.24xlarge", _ALL_CARDS),
        ),
    )
    good = (
        Example.terraform("a type with one card", _NODES % ("m5.2xlarge", _ALL_CARDS)),
        Example.terraform("no more than there is room for", _NODES % ("p4d.24xlarge", f"min(250, {_ALL_CARDS})")),
    )

    def judge(self, subject: NodeGroup, assessment: Assessment) -> Iterator[Finding]:
        """Yield one finding at the expression, for the type with the least room."""
        if not assessment.applies(subject):
            return
        found, unknown = collect(_miscounts(subject, assessment))
        if found:
            yield self._finding(subject, assessment, found)
        if unknown is not None:
            raise Undecidable(unknown)

    def _finding(
        self, group: NodeGroup, assessment: Assessment, found: list[tuple[Resolved, tuple[KubeletLimit, ...]]]
    ) -> Finding:
        cni = assessment.cni(group)
        resolved, limits = min(found, key=lambda one: assessment.room(one[0].instance, cni, group.span).value)
        limit, instance = limits[0], resolved.instance
        room = assessment.room(instance, cni, group.span)
        settings = assessment.cluster(group).cni
        assert limit.span is not None  # noqa: S101 - it was written, so it has a place
        return self.finding(
            limit.span,
            group,
            f"kubelet is told {limit.figure.value} pods, counted from the {instance.interfaces_all_cards} interfaces of "
            f"all network cards, but {has_room(resolved, cni, room)}",
            label=f"pods use the {instance.interfaces} interfaces of the first card: {room.working}",
            effect=effect_of(resolved, cni),
            fix=f"count {instance.interfaces} interfaces, "
            f"or write {set_max_pods(group, min(room.value, _advised(assessment, resolved, group)), limit.mechanism)}",
            assumption=joined(assumed_cni(settings), contested(limits, limit, room)),
            related=(
                *(type_note(other, f"the instance type is {other.instance.name}") for other, _ in found),
                *reasons(assessment, group, resolved),
            ),
            severity=None if certain(limits, room) else Severity.WARNING,
            confidence=confidence(settings, limits),
            evidence={
                "max_pods": limit.figure.value,
                "room": room.value,
                "interfaces": instance.interfaces,
                "interfaces_all_cards": instance.interfaces_all_cards,
                "instance_type": instance.name,
            },
        )


def _miscounts(group: NodeGroup, assessment: Assessment) -> Iterator[tuple[Resolved, tuple[KubeletLimit, ...]]]:
    for resolved in assessment.instances(group):
        limits = assessment.kubelet(group, resolved.instance)
        if counts_all_cards(limits[0], resolved) and limits[0].figure.value > plain_room(assessment, group, resolved):
            yield resolved, limits


def _advised(assessment: Assessment, resolved: Resolved, group: NodeGroup) -> int:
    return assessment.recommended(resolved.instance, group.span).value
