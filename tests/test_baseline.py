"""A baseline: what it knows is not told of, what is new is, and what is gone is asked to be taken out."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from checkout import CHECKOUT, EXAMPLES, podroom
from findings_helpers import finding
from podroom.baseline import applied, read_baseline, written
from podroom.engine import Outcome
from podroom.errors import UsageError
from podroom.positions import Document, Paths, Span

GUILTY = "stale-max-pods"
OTHER = "warm-pool-waste"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / ".git").mkdir()
    for scenario in (GUILTY, OTHER):
        shutil.copytree(CHECKOUT / EXAMPLES / scenario, tmp_path / scenario)
    assert podroom("baseline", "create", str(tmp_path), "--baseline", str(tmp_path / "known.json")).exit_code == 0
    return tmp_path


def check(project: Path, *options: str, path: str = ".") -> tuple[int, list[str], list[str]]:
    """Return the exit code, the codes of findings, and what is said of the baseline."""
    known = ("--baseline", str(project / "known.json"))
    result = podroom("check", str(project / path), *known, "--format", "json", *options)
    data = json.loads(result.stdout)
    return (
        result.exit_code,
        [finding["code"] for finding in data["findings"]],
        [unused["reason"] for unused in data["unused_suppressions"]],
    )


def entries(project: Path) -> list[dict[str, object]]:
    found: list[dict[str, object]] = json.loads((project / "known.json").read_text(encoding="utf-8"))["findings"]
    return found


def mend(project: Path) -> None:
    """Mend the example whose max pods is stale."""
    template = next((project / GUILTY).rglob("*.tftpl"))
    text = template.read_text(encoding="utf-8")
    template.write_text(text.replace("maxPods: 110", "maxPods: 17"), encoding="utf-8")


def test_what_it_knows_is_not_told_of(project: Path) -> None:
    assert podroom("check", str(project)).exit_code == 1
    assert check(project) == (0, [], [])
    assert [entry["code"] for entry in entries(project)] == ["PR101", "PR203"]
    assert str(entries(project)[0]["file"]).startswith(f"{GUILTY}/")


def test_lines_may_move_and_the_current_folder_may_be_another(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for file in [*project.rglob("*.tf"), *project.rglob("*.tftpl")]:
        text = file.read_text(encoding="utf-8")
        file.write_text(f"\n\n# moved\n{text}" if file.suffix == ".tf" else f"{text}\n", encoding="utf-8")

    assert check(project) == (0, [], [])
    assert check(project, path=GUILTY) == (0, [], [])
    monkeypatch.chdir(project / GUILTY)
    assert check(project) == (0, [], [])


def test_what_is_new_is_told_of(project: Path) -> None:
    (project / "known.json").write_text(written({}), encoding="utf-8")

    assert check(project) == (1, ["PR101", "PR203"], [])


def test_what_is_gone_is_said_where_all_of_it_was_judged(project: Path) -> None:
    mend(project)

    code, codes, said = check(project)

    assert (code, codes) == (0, [])
    (sentence,) = said
    assert "no longer has this finding PR101; run podroom baseline update" in sentence
    assert check(project, path=OTHER)[2] == [], "it was not judged"
    assert check(project, "--ignore", "PR101")[2] == [], "the rule did not run"
    (project / GUILTY / "broken.tf").write_text("x {\n", encoding="utf-8")
    assert check(project)[2] == [], "it may be in what could not be read"
    shutil.rmtree(project / GUILTY)
    assert len(check(project)[2]) == 1


def test_an_update_takes_out_what_is_gone_and_takes_in_what_is_new_only_if_asked(project: Path) -> None:
    known = ("--baseline", str(project / "known.json"))
    before = (project / "known.json").read_text(encoding="utf-8")
    assert podroom("baseline", "update", str(project), *known).exit_code == 0
    assert (project / "known.json").read_text(encoding="utf-8") == before
    mend(project)
    shutil.copytree(CHECKOUT / EXAMPLES / "asg-instance-type-drift", project / "drift")

    result = podroom("baseline", "update", str(project), *known)

    assert result.stdout.endswith("known.json: 1 finding taken out, no findings taken in\n")
    assert [entry["code"] for entry in entries(project)] == ["PR203"]
    assert check(project) == (1, ["PR102"], [])
    result = podroom("baseline", "update", str(project), *known, "--add")
    assert result.stdout.endswith("known.json: no findings taken out, 1 finding taken in\n")
    assert check(project) == (0, [], [])


def test_one_that_is_there_is_not_written_over_unless_asked(project: Path) -> None:
    create = ("baseline", "create", str(project), "--baseline", str(project / "known.json"))
    mend(project)

    result = podroom(*create)

    assert result.exit_code == 2
    assert "is there already" in result.stderr
    assert len(entries(project)) == 2
    assert podroom(*create, "--force").exit_code == 0
    assert len(entries(project)) == 1


def test_none_is_written_of_what_could_be_read_only_in_part(project: Path) -> None:
    (project / GUILTY / "broken.tf").write_text("x {\n", encoding="utf-8")

    for command in (("create", "--force"), ("update",)):
        result = podroom("baseline", *command, str(project), "--baseline", str(project / "known.json"))
        assert result.exit_code == 2
        assert "no baseline is written" in result.stderr
    assert len(entries(project)) == 2


def test_it_can_be_configured(project: Path) -> None:
    (project / "podroom.toml").write_text('baseline = "known.json"\n', encoding="utf-8")

    assert podroom("check", str(project / GUILTY)).exit_code == 0
    mend(project)
    assert podroom("baseline", "update", str(project)).exit_code == 0
    assert len(entries(project)) == 1


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("{", "known.json:1:2: the baseline is no valid JSON"),
        ("[]", "known.json:1:1: this is no baseline of version 1"),
        ('{"version": "2", "findings": []}', "this is no baseline of version 1"),
        ('{"version": "1", "findings": [3]}', "an entry has a code, an address, a file and perhaps a count, not 3"),
        ('{"version": "1", "findings": [{"code": "PR101", "file": "x"}]}', "an entry has a code"),
        ('{"version": "1", "findings": [{"code": "a", "address": "b", "file": "c", "count": true}]}', "an entry has"),
        ('{"version": "1", "findings": [{"code": "a", "address": "b", "file": "c", "cuont": 2}]}', '"cuont": 2'),
        (None, "`podroom baseline create` writes one"),
    ],
)
def test_one_that_is_not_understood_is_one_sentence(tmp_path: Path, text: str | None, sentence: str) -> None:
    if text is not None:
        (tmp_path / "known.json").write_text(text, encoding="utf-8")

    result = podroom("check", str(EXAMPLES / GUILTY), "--baseline", str(tmp_path / "known.json"))

    assert result.exit_code == 2
    assert sentence.lower() in result.stderr.lower()
    assert result.stderr.count("\n") == 1


PLACES = Document("main.tf", "a = 110\nb = 110\nc = 110\n")
FINDINGS = tuple(finding(Span(PLACES, start, start + 3), subjects=("x",)) for start in (4, 12, 20))


def baseline_of(*findings: object) -> str:
    return written({("PR101", "x", "main.tf"): len(findings)} if findings else {})


@pytest.mark.parametrize("known", range(4))
def test_of_several_of_one_kind_those_that_stand_last_are_new(known: int) -> None:
    baseline = read_baseline(Document("known.json", baseline_of(*FINDINGS[:known])), Paths("/project"))
    outcome = Outcome(findings=FINDINGS[::-1], ran=frozenset({"PR101"}))

    told = applied(outcome, baseline, ["/project"])

    assert told.findings == FINDINGS[: known - 1 if known else None : -1]
    assert len(told.suppressed) == known
    assert told.unused == ()
    fewer = applied(Outcome(findings=FINDINGS[:1], ran=outcome.ran), baseline, ["/project"])
    assert len(fewer.unused) == (known > 1)


def test_its_entries_have_a_line_each_and_are_found_there() -> None:
    counts = {("PR203", "a|b", "x.tf"): 1, ("PR101", 'aws_x.y["é"]', "main.tf"): 2}
    text = written(counts)
    baseline = read_baseline(Document("known.json", text), Paths("/project"))

    assert baseline.counts == counts
    assert len(text.splitlines()) == len(written({}).splitlines()) + len(counts) + 1
    stale = applied(Outcome(ran=frozenset({"PR101", "PR203"})), baseline, ["/"])
    assert [unused.suppression.span.first.line for unused in stale.unused] == [4, 5]
    with pytest.raises(UsageError, match=r"known\.json:1:1"):
        read_baseline(Document("known.json", "3"), Paths())
