"""Rules as pages and as lists, for a terminal, as Markdown and as JSON, version 1 (`schemas/rules-v1.json`).

All of them say what the rule's own file says: its docstring, its examples and its sources.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from podroom.report.markdown import fenced, table
from podroom.report.style import Style
from podroom.rule import Example, Rule

AnyRule = type[Rule[Any]]

FORMAT_VERSION = "1"
_LANGUAGES = {"tf": "hcl", "tofu": "hcl", "tfvars": "hcl", "yaml": "yaml", "yml": "yaml", "json": "json", "sh": "sh"}
_MARK = "# expect: "
_ARROW = "# <-- "


def text_page(rule: AnyRule, style: Style) -> str:
    """Return the page of a rule for a terminal."""
    parts = [
        f"{style.severity(rule.severity, rule.code)} {style.strong(rule.name)} ({rule.severity})",
        style.strong(rule.title()),
        rule.rationale(),
    ]
    for heading, example in _examples(rule):
        shown = [style.strong(f"{heading}: {example.title}")]
        for name, text in _files(example):
            shown += [f"  {style.faint(name)}", "\n".join(f"    {line}".rstrip() for line in text.splitlines())]
        parts.append("\n\n".join(shown))
    parts.append("\n".join([style.strong("Sources"), *(f"  {source}" for source in rule.sources)]))
    parts.append(_how_to_take_back(rule))
    return "\n\n".join(parts) + "\n"


def markdown_page(rule: AnyRule) -> str:
    """Return the page of a rule as a Markdown document."""
    lines = [
        f"# {rule.code} {rule.name}",
        "",
        f"**{rule.title()}**",
        "",
        f"Severity: {rule.severity}",
        "",
        *(_emphasized(line) for line in rule.rationale().splitlines()),
    ]
    for heading, example in _examples(rule):
        lines += ["", f"## {heading}: {example.title}"]
        for name, text in _files(example):
            lines += ["", f"`{name}`", "", *fenced(text, _LANGUAGES.get(name.rpartition(".")[2], ""))]
    lines += ["", "## Sources", "", *(f"- <{source}>" for source in rule.sources), "", _how_to_take_back(rule)]
    return "\n".join(lines) + "\n"


def text_list(rules: Sequence[AnyRule]) -> str:
    """Return a line for each rule."""
    return "".join(f"{rule.code}  {rule.severity!s:<8} {rule.name:<40} {rule.title()}\n" for rule in rules)


def markdown_list(rules: Sequence[AnyRule], page: Callable[[AnyRule], str] | None = None) -> str:
    """Return a table of rules; `page` gives the address of a rule's page, which its code then links to."""
    rows = [
        [
            rule.code if page is None else f"[{rule.code}]({page(rule)})",
            rule.name,
            str(rule.severity),
            rule.title().replace("|", "\\|"),
        ]
        for rule in rules
    ]
    return "\n".join(table(["code", "name", "severity", "what it finds"], rows, numbers_from=4)) + "\n"


def json_list(rules: Sequence[AnyRule], *, version: str) -> str:
    """Return the rules with all that their pages say."""
    document = {
        "version": FORMAT_VERSION,
        "podroom": {"version": version},
        "rules": [
            {
                "code": rule.code,
                "name": rule.name,
                "severity": str(rule.severity),
                "title": rule.title(),
                "explanation": rule.rationale(),
                "sources": list(rule.sources),
                "bad": [_example(example) for example in rule.bad],
                "good": [_example(example) for example in rule.good],
            }
            for rule in rules
        ],
    }
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def _examples(rule: AnyRule) -> Iterator[tuple[str, Example]]:
    for heading, examples in (("Bad", rule.bad), ("Good", rule.good)):
        for example in examples:
            yield heading, example


def _files(example: Example) -> Iterator[tuple[str, str]]:
    """Iterate over the files of an example as they are shown: an arrow at each guilty line."""
    for name, text in example.files.items():
        yield name, text.strip("\n").replace(_MARK, _ARROW)


def _example(example: Example) -> dict[str, Any]:
    return {"title": example.title, "files": dict(_files(example))}


def _emphasized(line: str) -> str:
    start = "Remedy:"
    return f"**{start}**{line[len(start) :]}" if line.startswith(start) else line


def _how_to_take_back(rule: AnyRule) -> str:
    return f"To accept a finding, write `# podroom: ignore[{rule.code}] reason` on its line or the one above."
