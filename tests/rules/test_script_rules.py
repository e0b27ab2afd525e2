"""PR112 and PR114: scripts in user data that call what is not there, and here-documents without an end."""

from __future__ import annotations

import pytest

from capacity_helpers import eks_cluster
from rule_helpers import judged, says

UNKNOWN = 'variable "unknown" {\n  type = string\n}\n'
CLUSTER = eks_cluster(subnets='"subnet-0aaaaaaaaaaaaaaaa"')
CALL = "MAX=$(/etc/eks/max-pods-calculator.sh --instance-type m5.large --cni-version 1.18.0)"
BOOTSTRAP = "/etc/eks/bootstrap.sh main"
EITHER = 'var.unknown == "" ? "{}" : "{}"'


def managed(lines: list[str], ami_type: str = '"AL2023_x86_64_STANDARD"', image: str = "") -> str:
    """Return a managed node group with a script, for an image of Amazon EKS unless `image` names one."""
    script = "\n".join(("#!/bin/bash", *lines))
    part = 'MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary="B"\n\n--B\nContent-Type: text/x-shellscript\n\n'
    text = script if image else f"{part}{script}\n\n--B--"
    escaped = text.replace('"', '\\"').replace("\n", "\\n")
    return f"""
resource "aws_launch_template" "nodes" {{
  {f'image_id = "{image}"' if image else ""}
  user_data = base64encode("{escaped}\\n")
}}

resource "aws_eks_node_group" "nodes" {{
  cluster_name    = "main"
  node_group_name = "nodes"
  node_role_arn   = "arn:aws:iam::111122223333:role/nodes"
  subnet_ids      = ["subnet-0aaaaaaaaaaaaaaaa"]
  instance_types  = ["m5.large"]
  {"" if image else f"ami_type = {ami_type}"}
  launch_template {{
    id      = aws_launch_template.nodes.id
    version = "1"
  }}
  scaling_config {{
    min_size     = 1
    desired_size = 1
    max_size     = 3
  }}
}}
"""


CALLS = {
    "an image that does not have it": ([CALL], '"AL2023_x86_64_STANDARD"', "error", ["images of Amazon Linux 2023 do"]),
    "an image that has it": ([CALL], '"AL2_x86_64"', "", []),
    "a copy of one's own": ([CALL.replace("/etc/eks", "/opt")], '"AL2023_x86_64_STANDARD"', "", []),
    "one of two images does not have it": ([CALL], EITHER.format("AL2_x86_64", "AL2023_x86_64_STANDARD"), "open", []),
    "neither of two images has it": (
        [CALL],
        EITHER.format("AL2023_ARM_64_STANDARD", "BOTTLEROCKET_x86_64"),
        "error",
        ["Bottlerocket"],
    ),
    "a version with a letter": (
        [CALL.replace("1.18.0", "v1.19.2")],
        '"AL2_x86_64"',
        "error",
        ["write --cni-version 1.19.2; in Terraform, trimprefix"],
    ),
    "a word for a version": (
        [CALL.replace("1.18.0", "latest")],
        '"AL2_x86_64"',
        "error",
        ["write --cni-version 1.18.0", "!trimprefix"],
    ),
    "no version": ([CALL.replace(" --cni-version 1.18.0", "")], '"AL2_x86_64"', "error", []),
    "no version, under a condition": (
        ['if [ -n "$A" ]; then', CALL.replace(" --cni-version 1.18.0", ""), "fi"],
        '"AL2_x86_64"',
        "warning",
        [],
    ),
}


@pytest.mark.parametrize("name", CALLS)
def test_calls_of_the_calculator(name: str) -> None:
    lines, ami_type, expected, words = CALLS[name]
    outcome = judged("PR112", UNKNOWN, CLUSTER, managed(lines, ami_type))
    found = [str(one.severity) for one in outcome.findings] + ["open" for _ in outcome.undecided]
    assert " ".join(found) == expected
    says(outcome, *words)


OPEN_ENDED = ["cat > /etc/motd <<EOF", "hello"]
IMAGE = "ami-0123456789abcdef0"


@pytest.mark.parametrize(
    ("lines", "image", "expected"),
    [
        ([*OPEN_ENDED, BOOTSTRAP], "", "warning[PR114]"),
        ([*OPEN_ENDED, BOOTSTRAP], IMAGE, "error[PR114]"),
        ([BOOTSTRAP, *OPEN_ENDED, "reboot"], IMAGE, "warning[PR114]"),
        ([BOOTSTRAP, *OPEN_ENDED, "  EOF", "reboot"], IMAGE, "error[PR114]"),
        ([*OPEN_ENDED, "  EOF", BOOTSTRAP], "", "error[PR114]"),
    ],
)
def test_here_documents(lines: list[str], image: str, expected: str) -> None:
    outcome = judged("PR114", CLUSTER, managed(lines, '"AL2_x86_64"', image))
    says(outcome, expected)
    said = "The node is never told to join" if image and lines[0] != BOOTSTRAP else "The commands among them are never"
    says(outcome, said)
