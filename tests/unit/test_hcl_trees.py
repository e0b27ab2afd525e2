"""What tree each form of expression becomes, in a short notation."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from podroom.positions import Document
from podroom.sources.hcl import syntax
from podroom.sources.hcl.parser import parse, parse_expression, parse_template
from podroom.sources.hcl.syntax import Body, Expression, TemplatePart

CASES = Path(__file__).parents[1] / "cases/hcl"

NOTATION: dict[type, Callable[[Any], str]] = {
    syntax.Literal: lambda node: repr(node.value),
    syntax.Reference: lambda node: node.name,
    syntax.GetAttribute: lambda node: f"{noted(node.source)}.{node.name}",
    syntax.GetIndex: lambda node: f"{noted(node.source)}{'.' if node.legacy else ''}[{noted(node.key)}]",
    syntax.SplatItem: lambda _: "@",
    syntax.Splat: lambda node: f"splat{'-legacy' if node.legacy else ''}({noted(node.source)}, {noted(node.each)})",
    syntax.Call: lambda node: f"{node.name}({listed(node.arguments)}{' ...' if node.expand else ''})",
    syntax.Conditional: lambda node: f"if({listed([node.condition, node.then, node.otherwise])})",
    syntax.Binary: lambda node: f"<{noted(node.left)} {node.operator} {noted(node.right)}>",
    syntax.Unary: lambda node: f"<{node.operator}{noted(node.operand)}>",
    syntax.Parentheses: lambda node: f"({noted(node.inner)})",
    syntax.TupleConstructor: lambda node: f"[{listed(node.items)}]",
    syntax.ObjectItem: lambda node: f"{noted(node.key)}: {noted(node.value)}",
    syntax.ObjectConstructor: lambda node: f"{{{listed(node.items)}}}",
    syntax.For: lambda node: (
        f"for({node.key_name}, {node.value_name}; {noted(node.collection)}; "
        f"{noted(node.key) if node.key else None} => {noted(node.value)}{' ...' if node.group else ''}; "
        f"{noted(node.condition) if node.condition else None})"
    ),
    syntax.Template: lambda node: f"{'heredoc' if node.heredoc else 'template'}({listed(node.parts)})",
    syntax.TemplateText: lambda node: repr(node.value),
    syntax.Interpolation: lambda node: f"${{{noted(node.expression)}}}",
    syntax.TemplateIf: lambda node: f"%if({noted(node.condition)}; {listed(node.then)}; {listed(node.otherwise)})",
    syntax.TemplateFor: lambda node: (
        f"%for({node.key_name}, {node.value_name}; {noted(node.collection)}; {listed(node.parts)})"
    ),
}


def noted(node: object) -> str:
    return NOTATION[type(node)](node)


def listed(nodes: list[Any]) -> str:
    return ", ".join(noted(node) for node in nodes)


EXPRESSIONS = {
    "1": "1",
    "010": "10",
    "1e3": "1000",
    "1.50": "Decimal('1.5')",
    "12.5e+1": "125",
    "1E-2": "Decimal('0.01')",
    "1.e5": "100000",
    "0e9999999999": "0",
    "-1": "<-1>",
    "!!a": "<!<!a>>",
    "-a.b[0]": "<-a.b[0]>",
    "true": "True",
    "null": "None",
    '""': "''",
    '"a"': "'a'",
    r'"\n\r\t\"\\ \u00e9 \U0001F600"': "'\\n\\r\\t\"\\\\ é 😀'",
    '"$${a} %%{a} $ % $$ $$${a}"': "'${a} %{a} $ % $$ $${a}'",
    '"%%%{if a}b"': "'%%{if a}b'",
    '"%${a}$%{if b}c%{endif}"': "template('%', ${a}, '$', %if(b; 'c'; ))",
    "a + b * c": "<a + <b * c>>",
    "a * b + c": "<<a * b> + c>",
    "a - b - c": "<<a - b> - c>",
    "a || b && c == d < e + f * !g": "<a || <b && <c == <d < <e + <f * <!g>>>>>>>",
    "a == b != c": "<<a == b> != c>",
    "a-b": "a-b",
    "a -b": "<a - b>",
    "a % {}": "<a % {}>",
    "a ? b : c ? d : e": "if(a, b, if(c, d, e))",
    "a ? b ? c : d : e": "if(a, if(b, c, d), e)",
    "a && b ? c + d : e": "if(<a && b>, <c + d>, e)",
    "(a + b) * c": "<(<a + b>) * c>",
    "a.b.c": "a.b.c",
    "a . b": "a.b",
    "a.0.b": "a.[0].b",
    'a[0]["b"][c.d]': "a[0]['b'][c.d]",
    "a[-1]": "a[<-1>]",
    "a[*]": "splat(a, @)",
    "a[*].b[0].c": "splat(a, @.b[0].c)",
    "a[*].b[*].c": "splat(a, splat(@.b, @.c))",
    "a[*].b.*.c": "splat(a, splat-legacy(@.b, @.c))",
    "a.*": "splat-legacy(a, @)",
    "a.*.b.c": "splat-legacy(a, @.b.c)",
    "a.*.b[0].c": "splat-legacy(a, @.b)[0].c",
    "a.*.b.0.c": "splat-legacy(a, @.b.[0].c)",
    "a[*][0]": "splat(a, @[0])",
    "f()": "f()",
    "f(a, 1,)": "f(a, 1)",
    "f(a, b...)": "f(a, b ...)",
    "f(a)[0].b": "f(a)[0].b",
    "provider::aws::f(a)": "provider::aws::f(a)",
    "core::max(1)": "core::max(1)",
    "true(1)": "true(1)",
    "f /* c */ (1)": "f(1)",
    "[]": "[]",
    "[a, [b], c,]": "[a, [b], c]",
    "{}": "{}",
    '{ a = 1, "b" : 2, (c) = 3 }': "{a: 1, 'b': 2, (c): 3}",
    "{\n a = 1\n\n true = 2\n}": "{a: 1, true: 2}",
    "{ a.b = 1, f(x) = 2, -1 = 3 }": "{a.b: 1, f(x): 2, <-1>: 3}",
    "{ a ? b : c = 1 }": "{if(a, b, c): 1}",
    "[for x in y : x]": "for(None, x; y; None => x; None)",
    "[for k, x in y : x if k]": "for(k, x; y; None => x; k)",
    "{ for k, x in y : k => x... if x.a && b }": "for(k, x; y; k => x ...; <x.a && b>)",
    "{ for x in a ? b : c : x => x ? 1 : 2 }": "for(None, x; if(a, b, c); x => if(x, 1, 2); None)",
    "[forest, forx.in]": "[forest, forx.in]",
    '"${a}"': "template(${a})",
    '"${a}b${c}"': "template(${a}, 'b', ${c})",
    '"a ${b ~} c"': "template('a ', ${b}, 'c')",
    '"a ${~ b} c"': "template('a', ${b}, ' c')",
    '"${a ~} "': "template(${a}, '')",
    '"\\n ${~ a ~} \\n\\t b"': "template('', ${a}, 'b')",
    '"${"x${a}"}"': "template(${template('x', ${a})})",
    '"${{ a = 1 }.a}"': "template(${{a: 1}.a})",
    '"%{if a}b%{else}c%{endif}d"': "template(%if(a; 'b'; 'c'), 'd')",
    '"%{if a}%{endif}"': "template(%if(a; ; ))",
    '"%{for k, x in y}${x}%{if k}!%{endif}%{endfor}"': "template(%for(k, x; y; ${x}, %if(k; '!'; )))",
    '"a %{~ if b ~} c %{~ endif ~} d"': "template('a', %if(b; 'c'; ), 'd')",
    "<<EOT\na\n  ${b} c\nEOT\n": "heredoc('a\\n', '  ', ${b}, ' c\\n')",
    "<<EOT\nEOT\n": "heredoc()",
    '<<EOT\n$${a} \\n "q" $\nEOT\n': "heredoc('${a} \\\\n \"q\" $\\n')",
    "<<-EOT\n    a\n      b\n\n    EOT\n": "heredoc('a\\n', '  b\\n', '\\n')",
    "<<-EOT\n  a\n   \n    b\n  EOT\n": "heredoc('a\\n', '   \\n', '  b\\n')",
    "<<-EOT\n  a\n${b}\n  EOT\n": "heredoc('  a\\n', ${b}, '\\n')",
    "<<-EOT\n    %{ if a ~}\n    b\n    %{ endif ~}\n    c\n    EOT\n": (
        "heredoc('', %if(a; '', '    b\\n', ''; ), '', '    c\\n')"
    ),
    "<<EOT\na\n  ${~ b ~}\n  c\n${~ d}\nEOT\n": "heredoc('a\\n', '', ${b}, '', '  c', ${d}, '\\n')",
    "<<EOT\r\na\r\nEOT\r\n": "heredoc('a\\r\\n')",
    "f(<<A\na\nA\n, <<B\nb\nB\n)": "f(heredoc('a\\n'), heredoc('b\\n'))",
    "a # one\n + /* two */ b // three\n": "<a + b>",
}


@pytest.mark.parametrize("text", EXPRESSIONS)
def test_an_expression_becomes_its_tree(text: str) -> None:
    expression, problems = parse_expression(Document("a.tf", text))
    assert problems == []
    assert noted(expression) == EXPRESSIONS[text]


def test_the_exponent_decides_between_int_and_decimal() -> None:
    for text, value in {"1e400": Decimal("1e400"), "1e2": 100, "2.50e1": 25, "9" * 5000: Decimal("9" * 5000)}.items():
        expression, problems = parse_expression(Document("a.tf", text))
        assert problems == []
        assert isinstance(expression, syntax.Literal)
        assert (type(expression.value), expression.value) == (type(value), value)


def test_a_part_of_a_document_is_parsed_with_the_places_of_the_whole() -> None:
    document = Document("a.tf", "a = b + c # d")
    expression, problems = parse_expression(document, 4, 9)
    assert (problems, noted(expression), expression.start, expression.end) == ([], "<b + c>", 4, 9)
    expression, problems = parse_expression(document, 4, 7)
    assert isinstance(expression, syntax.Invalid)
    assert [problem.start for problem in problems] == [7]
    expression, problems = parse_expression(Document("a.tf", "a b"))
    assert (type(expression), problems[0].start) == (syntax.Invalid, 2)


def test_a_template_file_is_read_as_one_template() -> None:
    document = Document("a.tftpl", '#!/bin/bash\n%{ for x in xs ~}\necho ${x}\n%{ endfor ~}\n$${HOME} \\n "q"')
    template, problems = parse_template(document)
    assert problems == []
    assert noted(template) == (
        "template('#!/bin/bash\\n', %for(None, x; xs; '', 'echo ', ${x}, '\\n'), '', '${HOME} \\\\n \"q\"')"
    )
    assert (template.start, template.end) == (0, len(document.text))
    template, problems = parse_template(Document("a.tftpl", "a\n${b"))
    assert (template.parts, [problem.start for problem in problems]) == ([], [2])


def outline(body: Body) -> list[Any]:
    attributes = [(attribute.name, noted(attribute.expression)) for attribute in body.attributes]
    blocks = [(block.type, *(label.value for label in block.labels), outline(block.body)) for block in body.blocks]
    return [*attributes, *blocks]


def test_bodies_keep_attributes_blocks_and_labels_in_order() -> None:
    file = parse(Document("bodies.tf", (CASES / "bodies.tf").read_text("utf-8")))
    assert file.problems == []
    assert outline(file.body) == [
        ("top", "1"),
        ("for", "1"),
        ("last-one", "'x'"),
        ("empty", []),
        ("empty_lines", []),
        ("one_line", [("a", "1")]),
        ("bare", "label", []),
        (
            *("mixed", "quoted", "bare", "again"),
            [
                ("a", "1"),
                ("b", "2"),
                ("nested", "x", [("deeper", [("deepest", [("a", "[1, 2]")])])]),
                ("nested", "y", []),
            ],
        ),
        ("escaped", 'with "quotes" and \u00e9', []),
        ("in", [("if", "2"), ("null", "3")]),
    ]


def test_places_cover_exactly_what_was_written() -> None:
    text = 'a "b" c {\n  d = e.f[0] + "${g} h" # i\n}\n'
    file = parse(Document("a.tf", text))
    (block,) = file.body.blocks
    (attribute,) = block.body.attributes

    def written(
        node: Expression | TemplatePart | syntax.Attribute | syntax.Block | syntax.Label | syntax.Comment,
    ) -> str:
        return file.span(node).text

    assert written(block) == text.rstrip("\n")
    assert text[block.start : block.header_end] == 'a "b" c'
    assert [written(label) for label in block.labels] == ['"b"', "c"]
    assert text[block.body.start : block.body.end] == '\n  d = e.f[0] + "${g} h" # i\n'
    assert written(attribute) == 'd = e.f[0] + "${g} h"'
    assert [written(comment) for comment in file.comments] == ["# i"]
    sum_ = attribute.expression
    assert isinstance(sum_, syntax.Binary)
    assert (written(sum_.left), written(sum_.right)) == ("e.f[0]", '"${g} h"')
    assert isinstance(sum_.left, syntax.GetIndex)
    assert (written(sum_.left.source), written(sum_.left.key)) == ("e.f", "0")
    assert isinstance(sum_.right, syntax.Template)
    assert [written(part) for part in sum_.right.parts] == ["${g}", " h"]


def test_a_line_of_a_heredoc_stands_where_its_text_stands() -> None:
    text = "a = <<-EOT\n    one\n      ${b ~}  two\n    EOT\n"
    file = parse(Document("a.tf", text))
    template = file.body.attributes[0].expression
    assert isinstance(template, syntax.Template)
    for part in template.parts:
        if isinstance(part, syntax.TemplateText):
            assert text[part.start : part.end] == part.value
    assert file.span(template).text == text.removeprefix("a = ").rstrip("\n")
    assert noted(template) == "heredoc('one\\n', '  ', ${b}, 'two\\n')"


def test_every_kind_of_comment_is_kept_wherever_it_stands() -> None:
    text = '# 1\n/* 2 */ a = [ // 3\n 1, # 4\n /* 5\n */ 2 /* 6 */ ] # 7\nb {} // 8\r\nc "d" /* 9 */ {\n # 10\n}\n# 11'
    file = parse(Document("a.tf", text))
    assert file.problems == []
    assert [file.span(comment).text for comment in file.comments] == [
        *("# 1", "/* 2 */", "// 3", "# 4", "/* 5\n */", "/* 6 */", "# 7", "// 8", "/* 9 */", "# 10", "# 11")
    ]


def test_the_case_of_every_expression_has_no_problem() -> None:
    for name in ("expressions.tf", "cluster.tf"):
        assert parse(Document(name, (CASES / name).read_text("utf-8"))).problems == []
