"""`podroom rules` and `podroom explain` say what the rules' own files say, in every format."""

from __future__ import annotations

import json
from typing import Any

import jsonschema
import pytest

import update_rules_docs
from checkout import CHECKOUT, podroom
from podroom.report.rule_pages import markdown_list, markdown_page, text_page
from podroom.report.style import Style
from podroom.rule import Example, Rule
from podroom_rules import rules

SCHEMA: dict[str, Any] = json.loads(
    (CHECKOUT / "linter/podroom/report/schemas/rules-v1.json").read_text(encoding="utf-8")
)
RULES = rules()


def test_rules_in_json_are_what_the_schema_describes_and_nothing_else() -> None:
    strict = json.loads(json.dumps(SCHEMA))
    for described in (
        strict,
        strict["properties"]["podroom"],
        strict["properties"]["rules"]["items"],
        strict["$defs"]["example"],
    ):
        described["unevaluatedProperties"] = False
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    document = json.loads(podroom("rules", "--format", "json").stdout)

    jsonschema.Draft202012Validator(strict).validate(document)
    assert [(one["code"], one["title"], one["explanation"]) for one in document["rules"]] == [
        (rule.code, rule.title(), rule.rationale()) for rule in RULES
    ]
    assert [len(one["bad"]) + len(one["good"]) for one in document["rules"]] == [
        len(rule.bad) + len(rule.good) for rule in RULES
    ]


def test_rules_in_markdown_are_a_table_of_all_rules() -> None:
    lines = podroom("rules", "--format", "markdown").stdout.splitlines()

    assert lines[1] == "| --- | --- | --- | --- |"
    assert [line.split(" | ")[0] for line in lines[2:]] == [f"| {rule.code}" for rule in RULES]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_a_page_in_markdown_holds_every_example_as_code(rule: type[Rule]) -> None:
    page = podroom("explain", "--format", "markdown", rule.code).stdout
    examples: tuple[Example, ...] = rule.bad + rule.good
    texts = [text for example in examples for text in example.files.values()]

    assert page.startswith(f"# {rule.code} {rule.name}\n\n**{rule.title()}**\n")
    assert "\n**Remedy:** " in page
    assert sum(line.startswith("```") for line in page.splitlines()) == 2 * len(texts)
    for text in texts:
        assert text.strip("\n").replace("# expect:", "# <--") in page
    assert all(f"\n- <{source}>\n" in page for source in rule.sources)


class Odd(Rule[Any]):
    """Pipes | in the title.

    What it says.

    Remedy: none.
    """

    code = "XX101"
    name = "odd"
    severity = RULES[0].severity
    sources = ("https://example.com",)
    bad = (Example("fences", {"a.tf": "x = <<EOT\n```\nEOT # expect: XX101\n", "b.txt": "\n\n"}),)
    good = ()


def test_what_would_break_a_table_or_a_block_of_code_does_not() -> None:
    assert markdown_list([Odd], lambda rule: f"{rule.code}.md").splitlines()[2] == (
        f"| [XX101](XX101.md) | odd | {Odd.severity} | Pipes \\| in the title. |"
    )
    assert "\n````hcl\nx = <<EOT\n```\nEOT # <-- XX101\n````\n\n`b.txt`\n\n```\n```\n" in markdown_page(Odd)


def test_a_page_for_a_terminal_names_the_files_and_marks_the_guilty_line() -> None:
    page = text_page(Odd, Style())

    assert "\n\nBad: fences\n\n  a.tf\n\n    x = <<EOT\n    ```\n    EOT # <-- XX101\n\n  b.txt\n" in page
    assert page.endswith("`# podroom: ignore[XX101] reason` on its line or the one above.\n")
    assert "\x1b[" in text_page(Odd, Style(colour=True))


def test_the_pages_and_the_index_say_what_the_rules_say() -> None:
    texts = update_rules_docs.documents()
    written = {path.relative_to(CHECKOUT) for path in (CHECKOUT / update_rules_docs.PAGES).iterdir()}

    assert written == set(texts) - {update_rules_docs.INDEX, *update_rules_docs.TABLES}, (
        "run tools/update_rules_docs.py"
    )
    for path, text in texts.items():
        assert (CHECKOUT / path).read_text(encoding="utf-8") == text, "run tools/update_rules_docs.py"
