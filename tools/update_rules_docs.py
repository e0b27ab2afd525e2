#!/usr/bin/env python3
"""Write the page of every rule, docs/rules/CODE.md, the index of them, rules/README.md, and the tables of them.

Of the tables one tells podroom which rules it has before it imports any, the other Checkov.

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
TABLE = Path("rules/podroom_rules/table.py")
TABLES = (CHECKOV, TABLE)
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

_CHECKOV_HEAD = '''"""Code, severity, title and first source of every rule, written by tools/update_rules_docs.py."""

from __future__ import annotations

RULES = (
'''

_TABLE_HEAD = '''"""What tells of every rule before it is imported, written by tools/update_rules_docs.py."""

from __future__ import annotations

from podroom.model.world import {subjects}
from podroom.rule import Rule
from podroom_rules import subjects

RULES = (
'''


def documents() -> dict[Path, str]:
    """Return the text of each document by its path below the checkout."""
    known = rules()
    parts = [_HEAD]
    for family, members in groupby(known, key=_family):
        parts.append(f"## {FAMILIES[family]}\n\n{markdown_list(list(members), _address)}")
    for_checkov = "".join(f"    {_checkov_row(rule)},\n" for rule in known)
    subjects = ", ".join(sorted({rule.subject.__name__ for rule in known}))
    table = "".join(f"    {_row(rule)},\n" for rule in known)
    return {
        INDEX: "\n".join(parts),
        CHECKOV: f"{_CHECKOV_HEAD}{for_checkov})\n",
        TABLE: f"{_TABLE_HEAD.format(subjects=subjects)}{table})\n",
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
    everything = rule.concerns is Rule.concerns
    values = (
        json.dumps(rule.code),
        json.dumps(rule.name),
        rule.subject.__name__,
        "Rule.concerns" if everything else f"subjects.{rule.concerns.__name__}",
        json.dumps(rule.__module__.rpartition(".")[2]),
        json.dumps(rule.__name__),
    )
    return "(\n" + "".join(f"        {value},\n" for value in values) + "    )"


def _checkov_row(rule: type[Rule[Any]]) -> str:
    values = (rule.code, str(rule.severity), rule.title().rstrip("."), rule.sources[0])
    lines = "".join(f"        {json.dumps(value, ensure_ascii=False)},\n" for value in values)
    return f"(\n{lines}    )"


def _family(rule: type[Rule[Any]]) -> str:
    return rule.code[:3]


def _address(rule: type[Rule[Any]]) -> str:
    return f"../{(PAGES / rule.code).as_posix()}.md"


if __name__ == "__main__":
    update()
