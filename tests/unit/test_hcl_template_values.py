"""Trimming, indentation and escapes of templates yield the text that Terraform makes of them."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from podroom.positions import Document
from podroom.sources.hcl import syntax
from podroom.sources.hcl.parser import parse_expression
from podroom.sources.hcl.syntax import Expression, TemplatePart

ROOT = Path(__file__).parents[2]
VALUES = ROOT / "tests/cases/hcl/template-values.json"


def rendered(node: Expression | TemplatePart, names: dict[str, str]) -> str:
    """Work a template out in which there are only strings, constants and loops over strings."""
    if isinstance(node, syntax.Literal):
        return str(node.value)
    if isinstance(node, syntax.Reference):
        return names[node.name]
    if isinstance(node, syntax.TemplateText):
        return node.value
    if isinstance(node, syntax.Interpolation):
        return rendered(node.expression, names)
    if isinstance(node, syntax.Template):
        return all_rendered(node.parts, names)
    if isinstance(node, syntax.TemplateIf):
        assert isinstance(node.condition, syntax.Literal)
        return all_rendered(node.then if node.condition.value else node.otherwise, names)
    assert isinstance(node, syntax.TemplateFor)
    assert isinstance(node.collection, syntax.TupleConstructor)
    items = [rendered(item, names) for item in node.collection.items]
    return "".join(all_rendered(node.parts, {**names, node.value_name: item}) for item in items)


def all_rendered(parts: list[TemplatePart], names: dict[str, str]) -> str:
    return "".join(rendered(part, names) for part in parts)


def test_every_template_yields_the_text_that_terraform_makes_of_it() -> None:
    wrong = []
    for case in json.loads(VALUES.read_text("utf-8")):
        expression, problems = parse_expression(Document("a.tf", case["template"]))
        assert problems == []
        if rendered(expression, {}) != case["value"]:
            wrong.append((case["template"], rendered(expression, {}), case["value"]))
    assert wrong == []


@pytest.mark.once("a program of the machine is the oracle")
@pytest.mark.skipif(shutil.which("terraform") is None, reason="terraform is not on the PATH")
def test_terraform_still_yields_what_the_table_of_templates_says(tmp_path: Path) -> None:
    copy = tmp_path / "values.json"
    copy.write_bytes(VALUES.read_bytes())
    subprocess.run([sys.executable, str(ROOT / "tools/refresh_hcl_template_values.py"), str(copy)], check=True)
    assert copy.read_text("utf-8") == VALUES.read_text("utf-8")
