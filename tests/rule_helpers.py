"""What tests of single rules share: judge a configuration that is put together from parts."""

from __future__ import annotations

from functools import cache
from typing import Any

from podroom.engine import Outcome
from podroom.rule import Example, Finding, Rule
from podroom.testing import Mark, judge_example
from podroom_rules import rules

NUMBER_THAT_MAY_NOT_WIN = """
resource "aws_launch_template" "nodes" {
  user_data = base64encode(<<-EOT
    MIME-Version: 1.0
    Content-Type: multipart/mixed; boundary="B"

    --B
    Content-Type: application/node.eks.aws

    apiVersion: node.eks.aws/v1alpha1
    kind: NodeConfig
    spec:
      kubelet:
        config:
          maxPods: %s
    --B--
  EOT
  )
}
"""
"""A template of a managed node group, with max pods that Amazon EKS may replace."""

FROM_TEMPLATE = """
  ami_type = "AL2023_x86_64_STANDARD"
  launch_template {
    id      = aws_launch_template.nodes.id
    version = aws_launch_template.nodes.latest_version
  }
"""
"""What a node group says to be made of that template."""


def node_pool(requirements: str = "", *, subnets: str = "elsewhere", cluster: str = "main") -> str:
    """Return a NodePool of Karpenter, and its node class; `subnets` are the values of their tag `nodes`."""
    terms = ", ".join(f"{{tags: {{nodes: {one}}}}}" for one in subnets.split())
    return f"""apiVersion: karpenter.k8s.aws/v1
kind: EC2NodeClass
metadata: {{name: default}}
spec:
  amiSelectorTerms: [{{alias: al2023@latest}}]
  subnetSelectorTerms: [{terms}]
  tags: {{karpenter.sh/discovery: {cluster}}}
---
apiVersion: karpenter.sh/v1
kind: NodePool
metadata: {{name: default}}
spec:
  template:
    spec:
      nodeClassRef: {{group: karpenter.k8s.aws, kind: EC2NodeClass, name: default}}
      requirements: [{requirements}]
"""


RULES = rules()


@cache
def judged_example(rule: type[Rule[Any]], kind: str, number: int) -> tuple[list[Mark], list[Mark], Outcome]:
    """Judge a bad or good example of a rule with all rules, once: what it expects, what was found, and the outcome."""
    examples: tuple[Example, ...] = getattr(rule, kind)
    return judge_example(examples[number], RULES)


def judged(family: str, *parts: str, file: str = "main.tf", **more: str) -> Outcome:
    """Judge a file of these parts, and more files, with the rules whose codes begin with `family`.

    A file of a keyword is that with a dot for `_`, such as `podroom_toml`.  Parts that are manifests, as those of
    `node_pool`, make a file of their own beside one of Terraform.
    """
    manifests = [part for part in parts if part.startswith("apiVersion") and file.endswith(".tf")]
    files = {file: "".join(part for part in parts if part not in manifests)}
    files |= {"manifests.yaml": "---\n".join(manifests)} if manifests else {}
    files |= {name.replace("_", "."): text for name, text in more.items()}
    _, _, outcome = judge_example(Example("", files), [rule for rule in RULES if rule.code.startswith(family)])
    assert not outcome.problems
    return outcome


def found(outcome: Outcome) -> set[str]:
    """Return the code and the main subject of each finding."""
    return {f"{finding.code} {finding.address}" for finding in outcome.findings}


def said(finding: Finding) -> str:
    """Return everything that a finding says, a line for each of its parts."""
    assert all(note.message for note in finding.related)
    notes = [f"note: {note.span.first.line}: {note.message}" for note in finding.related]
    parts = [
        finding.label,
        f"effect: {finding.effect}",
        f"fix: {finding.fix}",
        f"assumes: {finding.assumption}",
        *notes,
    ]
    return "\n".join([f"{finding.severity}[{finding.code}] {finding.message}", *parts])


def says(outcome: Outcome, *lines: str) -> None:
    """Assert that findings say each of the lines, or do not say one that begins with `!`."""
    everything = "\n".join(said(finding) for finding in outcome.findings)
    for line in lines:
        if line.startswith("!"):
            assert line[1:] not in everything, everything
        else:
            assert line in everything, everything
