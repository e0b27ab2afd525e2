#!/usr/bin/env python3
"""Write the page of every rule, docs/rules/CODE.md, the index of them, rules/README.md, and the table for Checkov.

All say what the rules' own files say; the tests hold them to it.
"""

from __future__ import annotations

import json
from itertools import groupby
from pathlib import Path
from typing import Any

from podroom.report.rule_pages import markdown_list, markdown_page
from podroom.rule import Rule
from podroom_rules import rules

CHECKOUT = Path(__file__).resolve().parent.parent
PAGES = Path("docs/rules")
INDEX = Path("rules/README.md")
CHECKOV = Path("rules/podroom_checkov/table.py")
FAMILIES = {
    "PR1": "Max pods and the ways to set it",
    "PR2": "Subnets and the demand for addresses",
    "PR3": "Settings of the VPC CNI",
    "PR4": "Prefix delegation",
    "PR5": "Custom networking",
    "PR6": "Security groups for pods",
    "PR7": "Versions and platforms",
    "PR8": "Karpenter",
    "PR9": "Traps of modules and tools",
}
_HEAD = """# The rules

Written by `tools/update_rules_docs.py` from the rules' own files. `podroom rules` lists them too, and `podroom explain
CODE` prints the page of one. An error: pods will fail or never start. A warning: they will under conditions that the
finding names. A finding may be milder than its rule.
"""

_TABLE_HEAD = '''"""Code, severity, title and first source of every rule, written by tools/update_rules_docs.py."""

from __future__ import annotations

RULES = (
'''


def documents() -> dict[Path, str]:
    """Return the text of each document by its path below the checkout."""
    known = rules()
    parts = [_HEAD]
    for family, members in groupby(known, key=_family):
        parts.append(f"## {FAMILIES[family]}\n\n{markdown_list(list(members), _address)}")
    table = "".join(f"    {_row(rule)},\n" for rule in known)
    return {
        INDEX: "\n".join(parts),
        CHECKOV: f"{_TABLE_HEAD}{table})\n",
        **{PAGES / f"{rule.code}.md": markdown_page(rule) for rule in known},
    }


def update() -> None:
    """Write the documents, and remove pages of rules that are no more."""
    texts = documents()
    (CHECKOUT / PAGES).mkdir(exist_ok=True)
    for path in (CHECKOUT / PAGES).glob("*.md"):
        if path.relative_to(CHECKOUT) not in texts:
            path.unlink()
    for path, text in texts.items():
        (CHECKOUT / path).write_text(text, encoding="utf-8")


def _row(rule: type[Rule[Any]]) -> str:
    values = (rule.code, str(rule.severity), rule.title().rstrip("."), rule.sources[0])
    lines = "".join(f"        {json.dumps(value, ensure_ascii=False)},\n" for value in values)
    return f"(\n{lines}    )"


def _family(rule: type[Rule[Any]]) -> str:
    return rule.code[:3]


def _address(rule: type[Rule[Any]]) -> str:
    return f"../{(PAGES / rule.code).as_posix()}.md"


if __name__ == "__main__":
    update()
