"""PR702 cni-bad-version."""

from __future__ import annotations

from collections.abc import Iterator

from podroom.capacity.assessment import Assessment
from podroom.catalog import documents
from podroom.catalog.cni_versions import KNOWN_FAULTS, recommended_for
from podroom.model.world import Cluster
from podroom.positions import Span
from podroom.rule import Example, Finding, Note, Rule, Severity
from podroom.values import Known, place_of
from podroom_rules.rooms import belongs
from podroom_rules.subjects import of_chosen_version
from podroom_rules.variables import shown_version

_CONFIGURATION = """
resource "aws_eks_cluster" "main" {
  name     = "main"
  version  = "1.29"
  role_arn = "arn:aws:iam::111122223333:role/cluster"
  vpc_config {
    subnet_ids = ["subnet-0aaaaaaaaaaaaaaaa", "subnet-0bbbbbbbbbbbbbbbb"]
  }
}

resource "aws_eks_addon" "vpc_cni" {
  cluster_name  = aws_eks_cluster.main.name
  addon_name    = "vpc-cni"
  addon_version = "%s"%s
}
"""
_DAEMON_SET = """
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
          image: 602401143452.dkr.ecr.eu-west-1.amazonaws.com/amazon-k8s-cni:%s
          env:
            - name: ENABLE_IPv4
              value: "true"
            - name: WARM_ENI_TARGET
              value: "1"
"""


class CniVersionThatFails(Rule[Cluster]):
    """The VPC CNI is pinned to a version that is known to fail.

    Two releases do so on nodes that are nothing special, and each was mended with the next patch:

    - 1.10.0 reads the node's address from version 1 of the metadata service.  Where tokens are required
      (`http_tokens = "required"`) aws-node waits for ever, and the node stays NotReady.  It is an error where a launch
      template of the cluster says so.
    - 1.16.3 enlarges its pool without pause as soon as a node has attached all of its interfaces and would like more
      addresses.  aws-node takes a whole CPU and is in CrashLoopBackOff; ipamd's log fills with

          Skipping ENI allocation as the max ENI limit is already reached

    Remedy: take the next patch release or a newer one.
    """

    code = "PR702"
    name = "cni-bad-version"
    severity = Severity.WARNING
    subject = Cluster
    concerns = staticmethod(of_chosen_version)
    sources = (
        documents.CNI_IMDS,
        "https://github.com/aws/amazon-vpc-cni-k8s/pull/1743",
        documents.CNI_LIVELOCK,
        "https://github.com/aws/amazon-vpc-cni-k8s/pull/2810",
    )
    bad = (
        Example.terraform(
            "a pool that is enlarged without pause", _CONFIGURATION % ("v1.16.3-eksbuild.2", " # expect: PR702")
        ),
        Example(
            "an image that needs version 1 of the metadata service",
            {"aws-node.yaml": _DAEMON_SET % "v1.10.0 # expect: PR702"},
        ),
    )
    good = (
        Example.terraform("the next patch release", _CONFIGURATION % ("v1.16.4-eksbuild.2", "")),
        Example("the next patch release", {"aws-node.yaml": _DAEMON_SET % "v1.10.1"}),
    )

    def judge(self, subject: Cluster, assessment: Assessment) -> Iterator[Finding]:
        """Yield a finding at a version that is known to fail."""
        settings = subject.cni
        installed = assessment.version(settings)
        fault = next((fault for fault in KNOWN_FAULTS if fault.version == installed), None)
        if fault is None:
            return
        mended = shown_version(fault.mended_in)
        tokens = next(_required_tokens(subject, assessment), None) if fault.needs_tokens else None
        known = subject.version.candidates() if isinstance(subject.version, Known) else ()
        wanted = max([fault.mended_in, *(recommended_for(text) or fault.mended_in for text in known)])
        yield self.finding(
            place_of(settings.version.origin, subject.span),
            subject,
            f"version {shown_version(fault.version)} of the VPC CNI fails {fault.when}",
            label=f"mended in {mended}",
            effect=fault.effect,
            fix=f"take v{shown_version(wanted)} or newer",
            related=() if tokens is None else (Note("these nodes require tokens", tokens),),
            severity=None if tokens is None else Severity.ERROR,
            evidence={"installed": shown_version(fault.version), "mended_in": mended},
        )


def _required_tokens(cluster: Cluster, assessment: Assessment) -> Iterator[Span]:
    """Iterate over the places by which nodes of a cluster require tokens of the metadata service."""
    for group in assessment.world.node_groups:
        template = group.launch_template
        tokens = None if template is None or not belongs(group, cluster) else template.metadata_tokens
        if isinstance(tokens, Known) and tokens.value == "required":
            yield place_of(tokens.origin, group.span)
