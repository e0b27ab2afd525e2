#!/usr/bin/env python3
"""Write a new rule: `python3 tools/new_rule.py PR123 what-it-finds`.

The file is a whole rule that passes all tests: it finds a node group called replace_me.  Its author replaces every
sentence, the examples and `judge`.  `--into` names the package of another rule pack.
"""

from __future__ import annotations

import argparse
import re
import sys
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parent.parent
OWN_PACK = CHECKOUT / "rules/podroom_rules"
_TEMPLATE = '''"""CODE NAME."""

from __future__ import annotations

from collections.abc import Iterator

from podroom.capacity.assessment import Assessment
from podroom.catalog import documents
from podroom.model.world import NodeGroup
from podroom.rule import Example, Finding, Rule, Severity

_NODE_GROUP = """
resource "aws_eks_node_group" "%s" {%s
  cluster_name    = "main"
  node_group_name = "workers"
  node_role_arn   = "arn:aws:iam::111122223333:role/nodes"
  subnet_ids      = ["subnet-0aaaaaaaaaaaaaaaa"]
  instance_types  = ["m5.large"]
  scaling_config {
    min_size     = 1
    desired_size = 1
    max_size     = 3
  }
}
"""


class CLASS(Rule[NodeGroup]):
    """Say in one sentence what is wrong.

    Say what happens and when it bites, for a platform engineer who never read the source of the VPC CNI.  Say how it
    looks from outside: the event or the log line that people search for stands in a block of its own.

        failed to assign an IP address to container

    Say where the rule is silent, and why.

    Remedy: say what to write instead.
    """

    code = "CODE"
    name = "NAME"
    severity = Severity.WARNING
    subject = NodeGroup
    sources = (documents.CNI_README,)
    bad = (Example.terraform("say what is wrong here", _NODE_GROUP % ("replace_me", " # expect: CODE")),)
    good = (Example.terraform("say what makes it right", _NODE_GROUP % ("workers", "")),)

    def judge(self, subject: NodeGroup, assessment: Assessment) -> Iterator[Finding]:
        """Yield a finding where a node group is called replace_me."""
        if not assessment.applies(subject) or not subject.address.endswith(".replace_me"):
            return
        yield self.finding(
            subject.span,
            subject,
            "say in one sentence what fails",
            label="say why, with the sum",
            effect="Say how it looks from outside.",
            fix="say what to write, with the numbers of this very case",
            evidence={"figures": "by name"},
        )
'''


def rule_text(code: str, name: str) -> str:
    """Return a whole rule that its author has yet to fill in."""
    words = "".join(word.capitalize() for word in name.split("-"))
    return _TEMPLATE.replace("CODE", code).replace("NAME", name).replace("CLASS", words)


def write(code: str, name: str, folder: Path) -> Path:
    """Write the file of a new rule and return its path; raises ValueError if code or name are not to be had."""
    if not re.fullmatch(r"[A-Z]+[1-9][0-9]{2}", code):
        message = f"{code} is no code: capital letters and three digits"
        raise ValueError(message)
    if not re.fullmatch(r"[a-z][a-z0-9]*(-[a-z0-9]+)*", name):
        message = f"{name} is no name: words of small letters, joined by -"
        raise ValueError(message)
    taken = sorted(folder.glob(f"{code.lower()}_*.py"))
    if taken:
        message = f"{code} is taken by {taken[0]}"
        raise ValueError(message)
    path = folder / f"{code.lower()}_{name.replace('-', '_')}.py"
    path.write_text(rule_text(code, name), encoding="utf-8")
    return path


def main() -> None:
    """Write a rule and say what comes next."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("code", help="a code that nobody has, such as PR123")
    parser.add_argument("name", help="what it finds, in words joined by -")
    parser.add_argument("--into", type=Path, default=OWN_PACK, metavar="FOLDER", help="the package of the rule pack")
    arguments = parser.parse_args()
    try:
        path = write(arguments.code, arguments.name, arguments.into)
    except (OSError, ValueError) as error:
        sys.exit(f"new_rule.py: {error}")
    print(f"{path}: replace its sentences, its examples and `judge`.")
    if arguments.into == OWN_PACK:
        print(
            f"Test it with `pytest tests/rules tests/properties/test_knowledge.py -k {arguments.code}`,\n"
            "write its page and list it with `python3 tools/update_rules_docs.py`, and add a line to README.md and "
            "CHANGELOG.md."
        )


if __name__ == "__main__":
    main()
