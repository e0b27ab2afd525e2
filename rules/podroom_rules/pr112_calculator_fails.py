"""PR112 calculator-version-prefix."""

from __future__ import annotations

from collections.abc import Iterator

from podroom.capacity.assessment import Assessment
from podroom.capacity.max_pods import calculator_reads_version
from podroom.catalog import documents
from podroom.catalog.ami_families import AmiFamily
from podroom.model.world import CalculatorCall, CalculatorDownload, NodeGroup
from podroom.positions import Span
from podroom.rule import Confidence, Example, Finding, Note, Rule, Severity
from podroom_rules.subjects import calling_calculator

_NODES = """
data "aws_ssm_parameter" "image" {
  name = "/aws/service/eks/optimized-ami/%s/recommended/image_id"
}

resource "aws_launch_template" "nodes" {
  image_id      = data.aws_ssm_parameter.image.value
  instance_type = "m5.large"
  user_data = base64encode(<<-EOT
    #!/bin/bash
%s
    /etc/eks/bootstrap.sh main --use-max-pods false --kubelet-extra-args "--max-pods=$MAX_PODS"
  EOT
  )
}

resource "aws_autoscaling_group" "nodes" {
  min_size = 1
  max_size = 3
  launch_template {
    id = aws_launch_template.nodes.id
  }
  tag {
    key                 = "kubernetes.io/cluster/main"
    value               = "owned"
    propagate_at_launch = true
  }
}
"""
_AL2 = "1.29/amazon-linux-2"
_MANAGED = """
resource "aws_launch_template" "nodes" {
  user_data = base64encode(<<-EOT
    MIME-Version: 1.0
    Content-Type: multipart/mixed; boundary="//"

    --//
    Content-Type: text/x-shellscript

    #!/bin/bash
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
  instance_types  = ["m5.large"]
  ami_type        = "AL2023_x86_64_STANDARD"
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
_WITHOUT = frozenset((AmiFamily.AL2023, AmiFamily.BOTTLEROCKET))
_NOTHING = (
    "What takes its answer gets no number; kubelet does not start with --max-pods= and nothing or a text behind it."
)


class CalculatorFails(Rule[NodeGroup]):
    """The user data calls max-pods-calculator.sh in a way that gives no number.

    Images of Amazon Linux 2 have a script that works out max pods on the node, /etc/eks/max-pods-calculator.sh.  It
    compares the parts of `--cni-version` as numbers, so it ends with

        v1: unbound variable

    at `v1.18.0`, the form in which Amazon EKS and Terraform write versions of the add-on, and likewise at `latest`.
    Without any version it prints `You must specify a CNI Version to use` where the number is expected.  Images of
    Amazon Linux 2023 and Bottlerocket do not have the script at all, and the main branch of amazon-eks-ami, from which
    guides tell one to fetch it, has had none since 2026-03-04.

    Such a call mostly stands in `$(...)`, and nobody looks at how it ended.  kubelet is then started with a
    `--max-pods` that is no number, says

        invalid argument "" for "--max-pods" flag: strconv.ParseInt: parsing "": invalid syntax

    and exits; the node never becomes Ready.

    Remedy: `--cni-version 1.18.0`; in Terraform, `trimprefix(VERSION, "v")`.  On Amazon Linux 2023 nodeadm works out
    the number by itself; for another one there are `maxPods` and `maxPodsExpression` in a NodeConfig.  What the script
    would say, `podroom max-pods` says without a node.
    """

    code = "PR112"
    name = "calculator-version-prefix"
    severity = Severity.ERROR
    subject = NodeGroup
    concerns = staticmethod(calling_calculator)
    sources = (
        documents.MAX_PODS_CALCULATOR,
        documents.NODEADM_MAX_PODS,
        "https://github.com/awslabs/amazon-eks-ami/pull/2645",
    )
    bad = (
        Example.terraform(
            "the version of the add-on",
            _NODES
            % (
                _AL2,
                (
                    "    MAX_PODS=$(/etc/eks/max-pods-calculator.sh --instance-type-from-imds "
                    "--cni-version v1.18.0-eksbuild.1) # expect: PR112"
                ),
            ),
        ),
        Example.terraform(
            "no version",
            _NODES
            % (_AL2, "    MAX_PODS=$(/etc/eks/max-pods-calculator.sh --instance-type-from-imds) # expect: PR112"),
        ),
        Example.terraform(
            "not there on Amazon Linux 2023",
            _MANAGED
            % (
                "    MAX_PODS=$(/etc/eks/max-pods-calculator.sh --instance-type-from-imds "
                "--cni-version 1.18.0) # expect: PR112"
            ),
        ),
        Example.terraform(
            "fetched from the main branch",
            _NODES
            % (
                _AL2,
                (
                    "    curl -O https://raw.githubusercontent.com/awslabs/amazon-eks-ami/master/files/max-pods-calculator.sh"
                    " # expect: PR112\n"
                    "    MAX_PODS=$(bash max-pods-calculator.sh --instance-type m5.large --cni-version 1.18.0)"
                ),
            ),
        ),
    )
    good = (
        Example.terraform(
            "fetched from a tag",
            _NODES
            % (
                _AL2,
                (
                    f"    curl -O {documents.MAX_PODS_CALCULATOR_DOWNLOAD}\n"
                    "    MAX_PODS=$(bash max-pods-calculator.sh --instance-type m5.large --cni-version 1.18.0)"
                ),
            ),
        ),
        Example.terraform(
            "the bare version, kept in a variable",
            _NODES
            % (
                _AL2,
                (
                    "    CNI=1.18.0\n"
                    "    MAX_PODS=$(/etc/eks/max-pods-calculator.sh --instance-type-from-imds --cni-version $CNI)"
                ),
            ),
        ),
        Example.terraform(
            "the script is fetched first, and asked for where it is",
            _MANAGED
            % """    curl -fsSLo /etc/eks/max-pods-calculator.sh https://example.com/max-pods-calculator.sh
    chmod +x /etc/eks/max-pods-calculator.sh
    MAX_PODS=$(/etc/eks/max-pods-calculator.sh --instance-type-from-imds --cni-version 1.18.0)""",
        ),
        Example.terraform(
            "only where it is there",
            _MANAGED
            % """    if [ -x /etc/eks/max-pods-calculator.sh ]; then
      MAX_PODS=$(/etc/eks/max-pods-calculator.sh --instance-type-from-imds --cni-version 1.18.0)
    fi""",
        ),
    )

    def judge(self, subject: NodeGroup, assessment: Assessment) -> Iterator[Finding]:
        """Yield a finding at each call that cannot give a number."""
        user_data = assessment.user_data(subject)
        for download in user_data.calculator_downloads:
            yield self._gone(subject, download)
        for call in user_data.calculator_calls:
            if call.version is None:
                yield self._no_version(subject, call)
            elif not calculator_reads_version(call.version.need()):
                yield self._version(subject, call, call.version.need())
            elif not call.brought and not call.condition and call.path.startswith("/etc/eks/"):
                yield from self._absent(subject, call, subject.ami_family.candidates())

    def _gone(self, group: NodeGroup, download: CalculatorDownload) -> Finding:
        return self.finding(
            download.span,
            group,
            "max-pods-calculator.sh is fetched from where it is no more",
            label="removed from the main branch on 2026-03-04",
            effect=f'What arrives is "404: Not Found" or nothing. {_NOTHING}',
            fix=f"fetch {documents.MAX_PODS_CALCULATOR_DOWNLOAD}, the last version, or keep a copy of your own",
            confidence=Confidence.MEDIUM,
            evidence={"address": download.address},
        )

    def _no_version(self, group: NodeGroup, call: CalculatorCall) -> Finding:
        return self._finding(
            group,
            call,
            "max-pods-calculator.sh is called without --cni-version",
            'it prints "You must specify a CNI Version to use" in place of a number',
            "add --cni-version with the version of the VPC CNI, without a v: --cni-version 1.18.0",
        )

    def _version(self, group: NodeGroup, call: CalculatorCall, version: str) -> Finding:
        bare = version.removeprefix("v")
        example = bare if calculator_reads_version(bare) else "1.18.0"
        return self._finding(
            group,
            call,
            f"max-pods-calculator.sh cannot read --cni-version {version}",
            f"it compares its parts as numbers: {version.partition('.')[0]}: unbound variable",
            f"write --cni-version {example}" + ('; in Terraform, trimprefix(..., "v")' if bare != version else ""),
        )

    def _absent(self, group: NodeGroup, call: CalculatorCall, families: tuple[AmiFamily, ...]) -> Iterator[Finding]:
        without = [candidate for candidate in families if candidate in _WITHOUT]
        if not without:
            return
        if len(without) < len(families):
            group.ami_family.need()  # which of them it is nobody knows
        origin = group.ami_family.origin
        image = " or ".join(candidate.value for candidate in without)
        yield self._finding(
            group,
            call,
            f"max-pods-calculator.sh is called, which images of {image} do not have",
            f"there is no {call.path}",
            "give the number in a NodeConfig, spec.kubelet.config.maxPods, or as spec.kubelet.maxPodsExpression (AMIs "
            "since v20251007)"
            if AmiFamily.AL2023 in without
            else "give the number as settings.kubernetes.max-pods",
            related=(Note(f"the image is {image}", origin),) if isinstance(origin, Span) else (),
        )

    def _finding(
        self,
        group: NodeGroup,
        call: CalculatorCall,
        message: str,
        label: str,
        fix: str,
        *,
        related: tuple[Note, ...] = (),
    ) -> Finding:
        return self.finding(
            call.span,
            group,
            message,
            label=label,
            effect=_NOTHING,
            fix=fix,
            related=related,
            severity=Severity.WARNING if call.condition else None,
            confidence=Confidence.MEDIUM,
            evidence={"path": call.path},
        )
