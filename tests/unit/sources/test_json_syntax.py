"""HCL's JSON syntax is read into the tree that the native syntax has, each node at its place."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from evaluation_helpers import plain
from podroom.evaluation.project import load_root
from podroom.positions import Document
from podroom.sources.files import Files
from podroom.sources.hcl import syntax
from podroom.sources.hcl.json_syntax import parse_json, parse_json_variables
from podroom.sources.hcl.parser import parse, parse_expression
from podroom.sources.json_text import DEEPEST

CASES = Path(__file__).parents[2] / "cases/hcl/json-syntax.json"
EXPRESSIONS = Path(__file__).parents[2] / "oracle/data/terraform-expressions/cases.jsonl"


def cases() -> list[dict[str, Any]]:
    return list(json.loads(CASES.read_text("utf-8")))


@pytest.mark.parametrize("case", cases(), ids=lambda case: case["name"])
def test_a_configuration_is_refused_or_has_the_values_that_terraform_gives_it(
    case: dict[str, Any], tmp_path: Path
) -> None:
    (tmp_path / "main.tf.json").write_bytes(case["text"].encode("utf-8"))
    files = Files(str(tmp_path), parse)
    root = load_root(files, str(tmp_path))

    outputs = {name: plain(root.attribute(name)) for name in root.declarations.outputs}

    problems = [*files.problems, *root.problems]
    assert not problems if case["valid"] else problems
    if case["valid"]:
        assert {name: value for name, value in outputs.items() if value is not None} == case["outputs"]


def nodes(node: object) -> Iterator[Any]:
    """Iterate over a tree, texts of templates left out: where they hold escapes they are cut differently."""
    if isinstance(node, list):
        for item in node:
            yield from nodes(item)
    elif hasattr(node, "start") and not isinstance(node, syntax.TemplateText):
        yield node
        for name in type(node).__slots__:
            yield from nodes(getattr(node, name))


def test_every_node_of_an_expression_in_a_string_stands_where_it_is_written() -> None:
    compared = 0
    for line in EXPRESSIONS.read_text("utf-8").splitlines():
        expression = json.loads(line).get("expr")
        if not isinstance(expression, str):
            continue
        native, problems = parse_expression(Document("", expression))
        document = Document("a.tf.json", json.dumps({"locals": {"v": f"${{{expression}}}"}}))
        parsed = parse_json(document)
        assert bool(parsed.problems) == bool(problems), expression
        if problems:
            continue
        template = parsed.body.blocks[0].body.attributes[0].expression
        assert isinstance(template, syntax.Template)
        (interpolation,) = template.parts
        assert isinstance(interpolation, syntax.Interpolation)
        for ours, theirs in zip(nodes(interpolation.expression), nodes(native), strict=True):
            assert type(ours) is type(theirs)
            written = document.text[ours.start : ours.end]
            assert json.loads(f'"{written}"') == expression[theirs.start : theirs.end]
        compared += 1
    assert compared > 700


def test_text_with_escapes_keeps_the_place_of_every_line() -> None:
    document = Document("a.tf.json", r'{"locals": {"v": "#!/bin/bash\nrun --max-pods ${var.n} \"x\"\n"}}')
    template = parse_json(document).body.blocks[0].body.attributes[0].expression
    assert isinstance(template, syntax.Template)

    texts = [part for part in template.parts if isinstance(part, syntax.TemplateText)]

    assert "".join(part.value for part in texts) == '#!/bin/bash\nrun --max-pods  "x"\n'
    for part in texts:
        assert json.loads(f'"{document.text[part.start : part.end]}"') == part.value
    assert any(document.text[part.start : part.end] == part.value == "run --max-pods " for part in texts)


def test_an_object_that_only_a_provider_knows_is_a_value_and_a_block() -> None:
    document = Document(
        "a.tf.json",
        '{"resource": {"t": {"n": {"b": {"x": 1}, "c": [{"y": "${var.y}"}, {"y": 2}], '
        '"tags": {"k": "v"}, "s": "${1}"}}}}',
    )
    (block,) = parse_json(document).body.blocks

    assert [label.value for label in block.labels] == ["t", "n"]
    assert [attribute.name for attribute in block.body.attributes] == ["b", "c", "tags", "s"]
    assert [inner.type for inner in block.body.blocks] == ["b", "c", "c"]
    assert document.text[block.start : block.header_end] == '"n"'
    assert document.text[block.body.blocks[2].start : block.body.blocks[2].end] == '{"y": 2}'


@pytest.mark.parametrize(
    ("text", "message", "guilty"),
    [
        ("", "not valid JSON", ""),
        ("{,}", "not valid JSON", ","),
        ('{"a": "NaN", "b": NaN}', "it has no NaN", "NaN"),
        ("\ufeff{}", "byte order mark", "\ufeff"),
        ('{"locals": 1}', "an object or a list of objects", "1"),
        ('{"output": {"o": "x"}}', "content of a `output` block", '"x"'),
        ('{"resource": {"t": {}}}', "needs a key that is its label", "{}"),
        ('{"output": {"o": {"value": "a ${1 +} b"}}}', "Expected", "}"),
        ('{"output": {"o": {"value": 1, "value": 2}}}', "`value` is already set", '"value"'),
        ('{"output": {"o": {"value": 1e99999999999}}}', "beyond what Terraform reads", "1e99999999999"),
        ("[" * (DEEPEST + 1) + "]" * (DEEPEST + 1), "levels deep", "["),
        ("[" * 100_000 + "]" * 100_000, "levels deep", "["),
    ],
)
def test_what_is_not_valid_is_one_sentence_at_its_place(text: str, message: str, guilty: str) -> None:
    parsed = parse_json(Document("a.tf.json", text))

    (problem,) = parsed.problems
    assert message in problem.message
    assert text[problem.start : problem.end] == guilty


def test_a_variable_file_holds_texts_and_no_templates() -> None:
    parsed = parse_json_variables(Document("a.tfvars.json", '{"//": 1, "a": "${x}", "b": {"k": ["$${y}"]}}'))

    assert parsed.problems == []
    assert [attribute.name for attribute in parsed.body.attributes] == ["a", "b"]
    (first, second) = (attribute.expression for attribute in parsed.body.attributes)
    assert isinstance(first, syntax.Literal)
    assert first.value == "${x}"
    assert [node.value for node in nodes(second) if isinstance(node, syntax.Literal)] == ["k", "$${y}"]


def test_a_variable_file_is_one_object() -> None:
    assert "is an object" in parse_json_variables(Document("a.tfvars.json", "[{}]")).problems[0].message
