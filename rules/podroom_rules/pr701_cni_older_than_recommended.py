"""PR701 cni-too-old."""

from __future__ import annotations

from collections.abc import Iterator

from podroom.capacity.assessment import Assessment
from podroom.catalog import documents
from podroom.catalog.cni_versions import KNOWN_FAULTS, recommended_for
from podroom.model.world import Cluster
from podroom.positions import Span
from podroom.rule import Example, Finding, Note, Rule, Severity
from podroom.values import place_of
from podroom_rules.subjects import of_overseen_version
from podroom_rules.variables import shown_version

_CONFIGURATION = """
resource "aws_eks_cluster" "main" {
  name     = "main"
  version  = "1.32"
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
_EKSCTL = """
apiVersion: eksctl.io/v1alpha5
kind: ClusterConfig
metadata:
  name: main
  region: eu-west-1
  version: "1.31"
addons:
  - name: vpc-cni
    version: %s
managedNodeGroups:
  - name: general
    instanceType: m5.large
"""


class CniOlderThanRecommended(Rule[Cluster]):
    """The VPC CNI is older than its makers recommend for this version of Kubernetes.

    A version that is pinned once stays when the cluster goes on: nothing updates it.  The CNI's README names the oldest
    version that is recommended for each Kubernetes release, 1.17.1 for 1.32 and 1.33.  What is older may work and is
    tested with these releases no more; and Amazon EKS offers only some of the older versions of the add-on for a new
    release, so that the next apply may end with

        InvalidParameterException: Addon version specified is not supported

    Variables that the version does not know yet are PR307, versions that are known to fail PR702.

    Remedy: go to a recommended version, one minor version at a time, and without pin if nothing asks for one.
    """

    code = "PR701"
    name = "cni-too-old"
    severity = Severity.INFO
    subject = Cluster
    concerns = staticmethod(of_overseen_version)
    sources = (documents.CNI_README, documents.EKS_CNI_VERSIONS)
    bad = (
        Example.terraform(
            "a version that the cluster has outrun", _CONFIGURATION % ("v1.15.1-eksbuild.1", " # expect: PR701")
        ),
        Example.eksctl("the same in a ClusterConfig", _EKSCTL % "v1.12.6-eksbuild.2 # expect: PR701"),
    )
    good = (
        Example.terraform("the oldest that is recommended", _CONFIGURATION % ("v1.17.1-eksbuild.1", "")),
        Example.terraform(
            "no pin",
            _CONFIGURATION.replace('\n  addon_version = "%s"%s', ""),
        ),
        Example.eksctl("a version that is recommended", _EKSCTL % "v1.19.2-eksbuild.1"),
    )

    def judge(self, subject: Cluster, assessment: Assessment) -> Iterator[Finding]:
        """Yield a finding at the version of the CNI."""
        settings = subject.cni
        installed = assessment.version(settings)
        assert installed is not None  # noqa: S101 - the rule concerns no other cluster
        if any(fault.version == installed for fault in KNOWN_FAULTS):
            return  # PR702 tells what is worse
        text = subject.version.need()
        oldest = recommended_for(text)
        if oldest is None or installed >= oldest:
            return
        version = subject.version.origin
        yield self.finding(
            place_of(settings.version.origin, subject.span),
            subject,
            f"for Kubernetes {text} version {shown_version(oldest)} of the VPC CNI or newer is recommended",
            label=f"older than {shown_version(oldest)}",
            effect="It may work, and is not tested with this release; Amazon EKS may not offer it for the next one.",
            fix=f"take v{shown_version(oldest)} or newer, one minor version at a time",
            related=(Note(f"the cluster is of {text}", version),) if isinstance(version, Span) else (),
            evidence={"installed": shown_version(installed), "oldest": shown_version(oldest), "kubernetes": text},
        )
