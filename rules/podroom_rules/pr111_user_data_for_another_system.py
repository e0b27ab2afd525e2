"""PR111 bootstrap-args-wrong-os."""

from __future__ import annotations

from collections.abc import Iterator

from podroom.capacity.assessment import Assessment
from podroom.capacity.kubelet import PROGRAM_OF_FAMILY
from podroom.catalog import documents
from podroom.catalog.ami_families import AmiFamily
from podroom.model.world import Bootstrap, NodeGroup
from podroom.positions import Span
from podroom.rule import Example, Finding, Note, Rule, Severity
from podroom.values import Known

_IMAGE = """
data "aws_ssm_parameter" "image" {
  name = "/aws/service/%s/image_id"
}
"""
_AL2 = "eks/optimized-ami/1.29/amazon-linux-2/recommended"
_AL2023 = "eks/optimized-ami/1.33/amazon-linux-2023/x86_64/standard/recommended"
_BOTTLEROCKET = "bottlerocket/aws-k8s-1.33/x86_64/latest"
_NODES = """
resource "aws_launch_template" "nodes" {
  image_id      = data.aws_ssm_parameter.image.value
  instance_type = "m5.large"
  user_data = base64encode(<<-EOT
%s
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
_MANAGED = """
resource "aws_launch_template" "workers" {
  user_data = base64encode(<<-EOT
%s
  EOT
  )
}

resource "aws_eks_node_group" "workers" {
  cluster_name    = "main"
  node_group_name = "workers"
  node_role_arn   = "arn:aws:iam::111122223333:role/nodes"
  subnet_ids      = ["subnet-0aaaaaaaaaaaaaaaa"]
  instance_types  = ["m5.large"]
  ami_type        = "%s"
  launch_template {
    id      = aws_launch_template.workers.id
    version = aws_launch_template.workers.latest_version
  }
  scaling_config {
    min_size     = 1
    desired_size = 1
    max_size     = 3
  }
}
"""
_CLUSTER = """
resource "aws_eks_cluster" "main" {
  name     = "main"
  role_arn = "arn:aws:iam::111122223333:role/cluster"
  version  = "%s"
  vpc_config {
    subnet_ids = ["subnet-0aaaaaaaaaaaaaaaa", "subnet-0bbbbbbbbbbbbbbbb"]
  }
}
"""
_SCRIPT = """    #!/bin/bash
    /etc/eks/bootstrap.sh main --use-max-pods false --kubelet-extra-args '--max-pods=29'%s"""
_NODE_CONFIG = """    apiVersion: node.eks.aws/v1alpha1
    kind: NodeConfig%s
    spec:
      cluster:
        name: main
      kubelet:
        config:
          maxPods: 29"""
_SETTINGS = """    [settings.kubernetes]
    cluster-name = "main"%s
    max-pods = 29"""
_MULTIPART = """    MIME-Version: 1.0
    Content-Type: multipart/mixed; boundary="//"

    --//
    Content-Type: %s

%s
    --//--"""
_MARK = " # expect: PR111"

_WHAT_HAPPENS = {
    (Bootstrap.BOOTSTRAP_SH, AmiFamily.AL2023): "there, /etc/eks/bootstrap.sh prints an error and exits with 1",
    (Bootstrap.NODEADM, AmiFamily.AL2): "there, nothing reads a NodeConfig",
    (Bootstrap.BOTTLEROCKET, AmiFamily.AL2): "there, nothing reads settings in TOML",
    (Bootstrap.BOTTLEROCKET, AmiFamily.AL2023): "there, nothing reads settings in TOML",
    (Bootstrap.BOOTSTRAP_SH, AmiFamily.BOTTLEROCKET): "there is no shell; user data must be TOML",
    (Bootstrap.NODEADM, AmiFamily.BOTTLEROCKET): "there, user data must be TOML",
}
_DOES = {
    Bootstrap.BOOTSTRAP_SH: "calls bootstrap.sh",
    Bootstrap.NODEADM: "configures nodeadm",
    Bootstrap.BOTTLEROCKET: "holds settings of Bottlerocket",
}
_PART = {
    AmiFamily.AL2: "write it as a script, in a MIME part of type text/x-shellscript",
    AmiFamily.AL2023: "write it as a NodeConfig, in a MIME part of type application/node.eks.aws",
}
_HOW_TO_WRITE = {
    AmiFamily.AL2: "call /etc/eks/bootstrap.sh with the name of the cluster{}",
    AmiFamily.AL2023: "write a NodeConfig (apiVersion: node.eks.aws/v1alpha1) with spec.cluster.name, apiServerEndpoint, "
    "certificateAuthority and cidr{}",
    AmiFamily.BOTTLEROCKET: "write TOML: [settings.kubernetes] with api-server, cluster-certificate and cluster-name{}",
}
_NUMBER = {
    AmiFamily.AL2: ", --use-max-pods false and --kubelet-extra-args '--max-pods={}'",
    AmiFamily.AL2023: ", and spec.kubelet.config.maxPods: {}",
    AmiFamily.BOTTLEROCKET: ", and max-pods = {}",
}


def _chosen_by_eks(user_data: str) -> str:
    """Return a managed group without ami_type, in the cluster that stands beside it."""
    group = (_MANAGED % (user_data, "")).replace('  ami_type        = ""\n', "")
    return group.replace('cluster_name    = "main"', "cluster_name    = aws_eks_cluster.main.name")


class UserDataForAnotherSystem(Rule[NodeGroup]):
    """The user data is for another operating system than the image has.

    Every image has a program of its own that makes a machine a node, and each takes user data in a form of its own:

    - Amazon Linux 2: a script that calls /etc/eks/bootstrap.sh
    - Amazon Linux 2023: a NodeConfig for nodeadm
    - Bottlerocket: settings in TOML

    After a change of the image, often no more than `ami_type`, user data in the old form is left over.  Nothing
    fails at deploy time.  On Amazon Linux 2023, /etc/eks/bootstrap.sh is still there, but it only says

        ERROR: bootstrap.sh has been removed from AL2023-based EKS AMIs.

    in /var/log/cloud-init-output.log and exits with 1.  Amazon Linux 2 skips a NodeConfig (`Unhandled non-multipart
    userdata`), and Bottlerocket does not come up (`Error parsing TOML user data`).

    With an image of one's own, or in a self-managed group, the node then never joins the cluster; a managed group
    fails with NodeCreationFailure: `Instances failed to join the kubernetes cluster`.  Without an AMI id Amazon EKS
    starts the nodes of a managed group by itself; they join, but without what the user data says: max pods, labels,
    taints.

    Silent where user data brings both forms, or tells on the node which one it needs.

    Remedy: write the user data in the form of the image.
    """

    code = "PR111"
    name = "bootstrap-args-wrong-os"
    severity = Severity.ERROR
    subject = NodeGroup
    sources = (
        "https://github.com/awslabs/amazon-eks-ami/blob/81fec2e8/templates/al2023/runtime/rootfs/etc/eks/bootstrap.sh",
        "https://awslabs.github.io/amazon-eks-ami/nodeadm/",
        documents.BOTTLEROCKET_USER_DATA,
        "https://github.com/terraform-aws-modules/terraform-aws-eks/issues/3420",
    )
    bad = (
        Example.terraform(
            "bootstrap.sh on Amazon Linux 2023", _IMAGE % _AL2023 + _NODES % (_SCRIPT % f" {_MARK.strip()}")
        ),
        Example.terraform("a NodeConfig on Amazon Linux 2", _IMAGE % _AL2 + _NODES % (_NODE_CONFIG % _MARK)),
        Example.terraform("a script on Bottlerocket", _IMAGE % _BOTTLEROCKET + _NODES % (_SCRIPT % _MARK)),
        Example.terraform("settings of Bottlerocket elsewhere", _IMAGE % _AL2023 + _NODES % (_SETTINGS % _MARK)),
        Example.terraform(
            "a managed group whose ami_type was changed",
            _MANAGED % (_MULTIPART % ("application/node.eks.aws", _NODE_CONFIG % _MARK), "AL2_x86_64"),
        ),
        Example.terraform(
            "from Kubernetes 1.33 on Amazon EKS has no image of Amazon Linux 2 to choose",
            _CLUSTER % "1.33" + _chosen_by_eks(_MULTIPART % ("text/x-shellscript", _SCRIPT % _MARK)),
        ),
        Example.terraform(
            "before Kubernetes 1.30 Amazon EKS chooses Amazon Linux 2",
            _CLUSTER % "1.29" + _chosen_by_eks(_MULTIPART % ("application/node.eks.aws", _NODE_CONFIG % _MARK)),
        ),
    )
    good = (
        Example.terraform("bootstrap.sh on Amazon Linux 2", _IMAGE % _AL2 + _NODES % (_SCRIPT % "")),
        Example.terraform("a NodeConfig on Amazon Linux 2023", _IMAGE % _AL2023 + _NODES % (_NODE_CONFIG % "")),
        Example.terraform("settings on Bottlerocket", _IMAGE % _BOTTLEROCKET + _NODES % (_SETTINGS % "")),
        Example.terraform(
            "an image that does not tell is taken at the word of the user data",
            _IMAGE % "acme/golden" + _NODES % (_SCRIPT % ""),
        ),
        Example.terraform(
            "the script asks where it runs",
            _MANAGED
            % (
                _MULTIPART
                % (
                    "text/x-shellscript",
                    "    #!/bin/bash\n    if [ ! -x /usr/bin/nodeadm ]; then\n      /etc/eks/bootstrap.sh main\n    fi",
                ),
                "AL2023_x86_64_STANDARD",
            ),
        ),
        Example.terraform(
            "Amazon EKS chooses the image: it has Amazon Linux 2 up to Kubernetes 1.32",
            _CLUSTER % "1.33" + _chosen_by_eks(_MULTIPART % ("application/node.eks.aws", _NODE_CONFIG % "")),
        ),
        Example.terraform(
            "both forms",
            _MANAGED
            % (
                _MULTIPART
                % (
                    "text/x-shellscript",
                    "    #!/bin/bash\n    /etc/eks/bootstrap.sh main\n\n    --//\n"
                    "    Content-Type: application/node.eks.aws\n\n" + (_NODE_CONFIG % ""),
                ),
                "AL2023_x86_64_STANDARD",
            ),
        ),
    )

    def judge(self, subject: NodeGroup, assessment: Assessment) -> Iterator[Finding]:
        """Yield a finding at the first thing that the image does not understand, if it understands nothing."""
        spoken = assessment.user_data(subject).bootstraps
        if not spoken:
            return
        programs = {use.need(): use.origin for use in spoken}
        families = subject.ami_family.candidates()
        understood = [family for family in families if PROGRAM_OF_FAMILY[family] in programs]
        if understood:
            if len(understood) < len(families):
                subject.ami_family.need()  # which of them it is nobody knows
            return
        program, place = next(iter(programs.items()))
        if AmiFamily.WINDOWS not in families and program is not Bootstrap.WINDOWS and isinstance(place, Span):
            yield self._finding(subject, program, place, families)

    def _finding(self, group: NodeGroup, program: Bootstrap, place: Span, families: tuple[AmiFamily, ...]) -> Finding:
        family = min(families, key=lambda one: one is AmiFamily.BOTTLEROCKET)  # the milder case, where there are two
        image = " or ".join(candidate.value for candidate in families)
        joins = not group.own_image.need() and family is not AmiFamily.BOTTLEROCKET
        numbers = [one.value.value for one in group.user_data.fixed if isinstance(one.value, Known)]
        number = _NUMBER[family].format(numbers[-1]) if numbers else ""
        origin = group.ami_family.origin
        return self.finding(
            place,
            group,
            f"this user data {_DOES[program]}, but the image is {image}: "
            + ("nothing of it reaches the node" if joins else "the node never joins the cluster"),
            label=_WHAT_HAPPENS[program, family],
            effect="Amazon EKS starts the node without it: max pods, labels and taints in it are lost."
            if joins
            else "Instances start and stay outside of the cluster; "
            'a managed node group fails with NodeCreationFailure, "Instances failed to join the kubernetes cluster".',
            fix=f"{_PART[family] if joins else _HOW_TO_WRITE[family].format(number)}; "
            f"or use an image of {program.family.value}",
            related=(Note(f"the image is {image}", origin),) if isinstance(origin, Span) else (),
            severity=Severity.WARNING if joins else None,
            evidence={"program": program.value, "image": [candidate.value for candidate in families]},
        )
