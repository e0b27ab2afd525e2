"""Which rules run, how severe they are, and which findings are accepted, as podroom.toml and the command line say."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from checkout import CHECKOUT, EXAMPLES, podroom
from podroom.config.accepted import matches
from podroom.config.locating import find_setting
from podroom.config.selection import Selection
from podroom.positions import Document

GUILTY = "stale-max-pods"  # one PR101, which is an error, in nodes/user-data.tftpl


def project(tmp_path: Path, text: str, *scenarios: str) -> Path:
    """Return a repository with a configuration of podroom and some examples, each in a folder of its name."""
    (tmp_path / ".git").mkdir(parents=True, exist_ok=True)
    (tmp_path / "podroom.toml").write_text(text, encoding="utf-8")
    for scenario in scenarios or (GUILTY,):
        shutil.copytree(CHECKOUT / EXAMPLES / scenario, tmp_path / scenario)
    return tmp_path


def codes(*arguments: object) -> list[str]:
    result = podroom("check", *map(str, arguments), "--format", "json")
    return sorted(finding["code"] for finding in json.loads(result.stdout)["findings"])


@pytest.mark.parametrize(
    ("selection", "runs"),
    [
        (Selection(), True),
        (Selection(select=("PR101",)), True),
        (Selection(select=("pr1",)), True),
        (Selection(select=("stale-max-pods",)), True),
        (Selection(select=("PR2",)), False),
        (Selection(select=("PR2",), extend_select=("PR101",)), True),
        (Selection(select=()), False),
        (Selection(ignore=("PR101",)), False),
        (Selection(ignore=("Stale-Max-Pods",)), False),
        (Selection(ignore=("PR1",)), False),
        (Selection(ignore=("ALL",)), False),
        (Selection(ignore=("PR10", "PR2")), False),
        (Selection(ignore=("PR1",), extend_select=("PR101",)), True),
        (Selection(ignore=("PR101",), extend_select=("PR1",)), False),
        (Selection(ignore=("PR101",), select=("stale-max-pods",)), False),
        (Selection(ignore=("PR2", "stale")), True),
    ],
)
def test_of_what_selects_a_rule_and_what_ignores_it_the_more_precise_counts(selection: Selection, runs: bool) -> None:
    assert selection.runs("PR101", "stale-max-pods") is runs


@pytest.mark.parametrize(
    ("text", "options", "found"),
    [
        ("", (), ["PR101"]),
        ('ignore = ["PR1"]', (), []),
        ('select = ["PR2"]', (), []),
        ('select = ["PR2"]', ("--select", "PR1,PR3"), ["PR101"]),
        ('select = ["PR2"]', ("--extend-select", "stale-max-pods"), ["PR101"]),
        ('ignore = ["PR101"]', ("--ignore", "PR2"), ["PR101"]),
        ("", ("--ignore", "PR2", "--ignore", "PR101"), []),
    ],
)
def test_rules_are_selected_in_the_file_and_the_command_line_counts_more(
    tmp_path: Path, text: str, options: tuple[str, ...], found: list[str]
) -> None:
    assert codes(project(tmp_path, text), *options) == found


def test_a_rule_that_does_not_run_leaves_nothing_undecided(tmp_path: Path) -> None:
    folder = project(tmp_path, "")
    nodes = folder / GUILTY / "nodes.tf"
    nodes.write_text(nodes.read_text(encoding="utf-8").replace('"t3.medium"', "var.missing"), encoding="utf-8")

    def undecided(*options: str) -> set[str]:
        data = json.loads(podroom("check", str(folder), "--format", "json", *options).stdout)
        return {code for one in data["undecided"] for code in one["codes"]}

    assert "PR101" in undecided()
    assert "PR101" not in undecided("--ignore", "PR101")


@pytest.mark.parametrize(
    ("text", "severity", "exit_code"),
    [
        ('severity = {PR101 = "info"}', "info", 0),
        ('severity = {PR1 = "info", stale-max-pods = "warning"}', "warning", 1),
        ('severity = {PR2 = "info"}', "error", 1),
        ('severity = {ALL = "warning"}\nfail_on = "error"', "warning", 0),
        ('fail_on = "error"', "error", 1),
    ],
)
def test_a_severity_can_be_overridden(tmp_path: Path, text: str, severity: str, exit_code: int) -> None:
    result = podroom("check", str(project(tmp_path, text)), "--format", "json")

    assert [finding["severity"] for finding in json.loads(result.stdout)["findings"]] == [severity]
    assert result.exit_code == exit_code


def test_what_makes_a_run_fail_is_configured_and_the_command_line_counts_more(tmp_path: Path) -> None:
    text = 'fail_on = "error"\nmin_confidence = "high"\n'
    folder = str(project(tmp_path, text, "warm-pool-waste", "asg-instance-type-drift"))

    assert podroom("check", folder).exit_code == 0
    assert "less certain not shown" in podroom("check", folder).stdout
    assert podroom("check", folder, "--min-confidence", "low").exit_code == 1
    warning = ("--min-confidence", "low", "--select", "PR203")
    assert podroom("check", folder, *warning).exit_code == 0
    assert podroom("check", folder, *warning, "--fail-on", "warning").exit_code == 1


def test_each_root_is_judged_by_the_nearest_configuration_whether_files_or_folders_are_given(tmp_path: Path) -> None:
    folder = project(tmp_path, 'ignore = ["PR101"]\n', GUILTY, "warm-pool-waste")
    nearer = folder / GUILTY / ".podroom.toml"
    nearer.write_text("[assumptions]\nhost_network_pods = 5\n", encoding="utf-8")
    guilty = folder / GUILTY

    def said(*paths: Path) -> list[tuple[str, str]]:
        data = json.loads(podroom("check", *map(str, paths), "--format", "json").stdout)
        return [(finding["code"], finding["label"]) for finding in data["findings"] if finding["code"] == "PR101"]

    ((code, label),) = said(folder)
    assert (code, label.endswith("+ 5 = 20")) == ("PR101", True)
    assert said(folder) == said(guilty) == said(guilty / "nodes.tf") == said(folder / "warm-pool-waste", guilty)
    nearer.unlink()
    assert said(folder) == said(guilty) == []


def test_a_file_can_be_named_instead(tmp_path: Path) -> None:
    folder = project(tmp_path, 'ignore = ["PR101"]\n')
    other = tmp_path / "other.toml"
    other.write_text('severity = {PR101 = "info"}\n', encoding="utf-8")

    assert codes(folder) == []
    assert codes(folder, "--config", other) == ["PR101"]
    for missing in ("no.toml", "pyproject.toml"):
        (tmp_path / "pyproject.toml").write_text("[tool.podroo]\n", encoding="utf-8")
        result = podroom("check", str(folder), "--config", str(tmp_path / missing))
        assert result.exit_code == 2
        assert missing in result.stderr


@pytest.mark.parametrize(
    ("pattern", "path", "meant"),
    [
        ("*.tf", "main.tf", True),
        ("*.tf", "infra/prod/main.tf", True),
        ("*.tf", "main.tf.json", False),
        ("legacy", "infra/legacy/nodes/main.tf", True),
        ("legacy", "infra/legacy2/main.tf", False),
        ("legacy/", "legacy/main.tf", True),
        ("infra/*", "infra/main.tf", True),
        ("infra/*.tf", "infra/prod/main.tf", False),
        ("infra/**/*.tf", "infra/main.tf", True),
        ("infra/**/*.tf", "infra/a/b/main.tf", True),
        ("infra/**", "infra/a/b/main.tf", True),
        ("infra/**", "infrared/main.tf", False),
        ("./infra/main.tf", "infra/main.tf", True),
        ("main.tf", "other/main.tf", True),
        ("infra/main.tf", "other/infra/main.tf", False),
        ("**", "main.tf", True),
        ("m?in.tf", "main.tf", True),
        ("infra?main.tf", "infra/main.tf", False),
        ("a[1].tf", "a[1].tf", True),
    ],
)
def test_a_pattern_means_files_and_all_that_is_below_folders(pattern: str, path: str, meant: bool) -> None:
    assert matches(pattern, path) is meant


def suppressed(result_of: str) -> list[tuple[str, str]]:
    data = json.loads(result_of)
    return [(one["code"], one["reason"]) for one in data["suppressed"]]


@pytest.mark.parametrize(
    ("pattern", "rules", "taken_back"),
    [
        (GUILTY, "PR101", True),
        ("*.tftpl", "PR1", True),
        (f"{GUILTY}/*.tf", "PR101", False),
        ("**", "PR2", False),
    ],
)
def test_rules_can_be_ignored_for_a_path(tmp_path: Path, pattern: str, rules: str, taken_back: bool) -> None:
    folder = project(tmp_path, f'[per_path_ignores]\n"{pattern}" = ["{rules}"]\n')

    output = podroom("check", str(folder), "--format", "json").stdout

    assert codes(folder) == ([] if taken_back else ["PR101"])
    assert [code for code, _ in suppressed(output)] == (["PR101"] if taken_back else [])


def accepted(folder: Path, *lines: str) -> Path:
    text = "\n".join(['[[accepted]]\nreason = "host network"', *lines])
    (folder / "podroom.toml").write_text(text, encoding="utf-8")
    return folder


@pytest.mark.parametrize(
    ("lines", "taken_back"),
    [
        (['rule = "PR101"'], True),
        (['rule = "stale-max-pods"'], True),
        (['rule = "PR102"'], False),
        (['rule = "PR101"', f'path = "{GUILTY}/**"'], True),
        (['rule = "PR101"', 'path = "other/**"'], False),
        (['rule = "PR101"', 'address = "aws_eks_node_group.*"'], True),
        (['rule = "PR101"', 'address = "aws_eks_node_group.other"'], False),
        (['rule = "PR101"', "until = 9999-12-31"], True),
        (['rule = "PR101"', 'until = "9999-12-31"'], True),
        (['rule = "PR101"', "until = 2020-01-01"], False),
    ],
)
def test_a_finding_is_accepted_with_a_reason(tmp_path: Path, lines: list[str], taken_back: bool) -> None:
    folder = accepted(project(tmp_path, ""), *lines)

    result = podroom("check", str(folder), "--format", "json")
    data = json.loads(result.stdout)

    assert [finding["code"] for finding in data["findings"]] == ([] if taken_back else ["PR101"])
    assert suppressed(result.stdout) == ([("PR101", "host network")] if taken_back else [])
    assert bool(data["unused_suppressions"]) is not taken_back


def test_what_has_ended_or_is_of_no_use_is_said_with_its_place(tmp_path: Path) -> None:
    folder = accepted(
        project(tmp_path, "", GUILTY, "warm-pool-waste"),
        *('rule = "PR101"', "until = 2020-01-01", "[[accepted]]", 'rule = "PR102"', 'reason = "agreed"'),
    )

    whole = podroom("check", str(folder)).stdout
    part = podroom("check", str(folder / "warm-pool-waste")).stdout

    assert f"{folder}/podroom.toml:1:3: it has ended on 2020-01-01" in whole
    assert f"{folder}/podroom.toml:5:3: nothing has a finding PR102" in whole
    assert "it has ended on" in part
    assert "nothing has a finding" not in part, "it may be of use in what was not judged"
    assert "nothing has a finding" not in podroom("check", str(folder), "--ignore", "PR102").stdout, "it did not run"
    assert "nothing has a finding" not in podroom("check", str(folder), "--select", "PR101").stdout, "it did not run"


def test_paths_of_the_configuration_hold_behind_a_link(tmp_path: Path) -> None:
    folder = project(tmp_path / "real", f'per_path_ignores = {{"{GUILTY}/*.tftpl" = ["PR101"]}}\n')
    (tmp_path / "link").symlink_to(folder, target_is_directory=True)

    assert (
        codes(tmp_path / "link", folder)
        == codes(folder)
        == codes(tmp_path / "link")
        == codes(tmp_path / "link" / GUILTY)
        == []
    )


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("selct = []", "podroom.toml:1:1: unknown setting selct; did you mean select?"),
        ("extend-select = []", "podroom.toml:1:1: unknown setting extend-select; did you mean extend_select?"),
        ("# ignore\nignore = [1]", "podroom.toml:2:1: ignore.0: 1 is not of type 'string'"),
        ('ignore = ["PR1001"]', "podroom.toml:1:1: ignore names 'PR1001', which is no rule; did you mean PR101?"),
        ('ignore = ["PR011"]', "'PR011', which is no rule; did you mean PR101?"),
        ('ignore = ["PR999"]', "'PR999', which is no rule; `podroom rules` lists them"),
        ('[per_path_ignores]\n"../a/**" = ["PR1"]', "podroom.toml:2:1: per_path_ignores: '../a/**' begins above"),
        (
            "[instance_types.t3.medium]\ninterfaces = 3",
            """has the table 'medium'; if that is one name, quote it: [instance_types."t3.medium"]""",
        ),
        (
            '[instance_types."m5.large"]\ninterfaces = 0',
            "podroom.toml:2:1: instance type 'm5.large': interfaces must be at least 1, not 0",
        ),
        ("[instance_types.t3]\nmedium = 3", "podroom.toml:2:1: instance type 't3' has the entry 'medium'"),
        ("[instance_types.t3.medium]", "podroom.toml:1:2: instance type 't3' has the table 'medium'"),
        ('# x\n[instance_types."x9.large"]\ninterfaces = 1', "podroom.toml:2:2: instance type 'x9.large' is not in"),
        ('select = ["stale-max-pod"]', "did you mean stale-max-pods?"),
        ('select = ["zzz"]', "'zzz', which is no rule; `podroom rules` lists them"),
        ('fail_on = "fatal"', "podroom.toml:1:1: fail_on: 'fatal' is not one of"),
        ('[severity]\nPR1 = "eror"', "podroom.toml:2:1: severity.PR1: 'eror' is not one of"),
        ('[severity]\nPX = "info"', "podroom.toml:2:1: severity names 'PX'"),
        ('severity = {PR1 = "x"}', "podroom.toml:1:13: severity.PR1"),
        ('[per_path_ignores]\n"a" = ["PX"]', "podroom.toml:2:1: per_path_ignores names 'PX'"),
        ('[[accepted]]\nrule = "PR101"', "podroom.toml:1:3: accepted.0: 'reason' is a required property"),
        ('[[accepted]]\nrule = "PR101"\nreason = " "', "podroom.toml:3:1: accepted.0.reason: it must not be empty"),
        ('[[accepted]]\nrule = "PX"\nreason = "x"', "podroom.toml:1:3: accepted names 'PX'"),
        ('[[accepted]]\nrule = "PR1"\nreason = "x"\nuntl = 1', "podroom.toml:4:1: unknown setting accepted.0.untl"),
        ('[[accepted]]\nrule = "PR1"\nreason = "x"\nuntil = "soon"', "podroom.toml:4:1: accepted: until is 'soon'"),
        ("accepted = 3", "podroom.toml:1:1: accepted: 3 is not of type 'array'"),
        ("[assumptions]\nmany_nods = 1", "podroom.toml:2:1: unknown setting assumptions.many_nods; did you mean"),
    ],
)
def test_a_fault_of_the_configuration_is_said_with_its_place(tmp_path: Path, text: str, sentence: str) -> None:
    result = podroom("check", str(project(tmp_path, text)))

    assert result.exit_code == 2
    assert sentence in result.stderr
    assert result.stderr.count("\n") == 1


def test_a_configuration_that_selects_no_rule_is_said(tmp_path: Path) -> None:
    folder = project(tmp_path, "# none\nselect = []")

    result = podroom("check", str(folder))

    assert result.exit_code == 0
    assert result.stderr == "podroom: no rule runs; `podroom config show` says what is selected and ignored\n"
    assert "no rule runs" in podroom("check", str(folder), "--select", "PR101", "--ignore", "PR101").stderr
    assert podroom("check", str(folder), "--select", "PR101").stderr == ""


def test_what_holds_for_a_path_that_is_not_there_is_not_said() -> None:
    result = podroom("config", "show", "no/such/folder")

    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr == "podroom: no such file or folder: no/such/folder\n"


def test_a_fault_of_the_command_line_names_the_option() -> None:
    result = podroom("check", "examples", "--select", "PR1,PX")

    assert result.exit_code == 2
    assert "--select names 'PX', which is no rule" in result.stderr


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        (("a", "b"), "4:1"),
        (("a", "b.c"), "5:1"),
        (("a", "d", "e"), "6:1"),
        (("list", 1, "b"), "11:1"),
        (("list", 1, "missing"), "10:3"),
        (("a", "inline", "key"), "7:12"),
        (("missing",), None),
    ],
)
def test_a_setting_is_found_in_its_table(path: tuple[str | int, ...], expected: str | None) -> None:
    document = Document(
        "x",
        "b = 0\n# [a]\n[a]\nb = 1\n'b.c' = 2\nd.e = 3\ninline = { key = 1 }\n[[list]]\nb = 1\n[[list]]\nb = 2\n",
    )

    span = find_setting(document, path)

    assert (None if span is None else f"{span.first.line}:{span.first.column}") == expected


def test_podroom_says_where_each_setting_comes_from(tmp_path: Path) -> None:
    folder = accepted(
        project(tmp_path, ""),
        *('rule = "PR101"', "until = 9999-12-31", "[assumptions]", "many_nodes = 7", "[severity]", 'PR1 = "info"'),
    )

    data = json.loads(podroom("config", "show", str(folder), "--ignore", "PR2", "--format", "json").stdout)
    settings = {setting.pop("name"): setting for setting in data["settings"]}

    path = f"{folder}/podroom.toml"
    assert data["path"] == path
    assert settings["ignore"] == {"value": ["PR2"], "from": "command line", "option": "--ignore"}
    assert settings["select"] == {"value": ["ALL"], "from": "default"}
    assert settings["fail_on"] == {"value": "warning", "from": "default"}
    place = {"from": "file", "path": path, "column": 1}
    assert settings["assumptions.many_nodes"] == {"value": 7, "line": 6, **place}
    assert settings["severity.PR1"] == {"value": "info", "line": 8, **place}
    assert settings["accepted[0]"]["value"] == {"rule": "PR101", "reason": "host network", "until": "9999-12-31"}

    text = podroom("config", "show", str(folder / GUILTY / "nodes.tf"), "--fail-on", "error").stdout
    assert "many_nodes = 7" in text
    assert f"# {path}:6:1\n" in text
    assert "# --fail-on\n" in text
    assert "(not set)" in text
    assert podroom("config", "show", str(EXAMPLES)).stdout.startswith("no configuration was found")


def test_the_schema_for_editors_is_the_one_that_is_checked() -> None:
    schema = json.loads(podroom("config", "schema").stdout)

    assert {"select", "ignore", "accepted", "assumptions"} <= set(schema["properties"])
    assert schema["additionalProperties"] is False
