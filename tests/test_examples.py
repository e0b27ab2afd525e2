"""Every scenario under examples/ is judged as its folder says, to the letter."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from checkout import CHECKOUT, EXAMPLE_FOLDERS, podroom

GUILTY = [scenario for scenario in EXAMPLE_FOLDERS if not scenario.endswith("-healthy")]
HEALTHY = [scenario for scenario in EXAMPLE_FOLDERS if scenario.endswith("-healthy")]
CONFIGURATION = {".tf", ".tfvars", ".tftpl", ".yaml"}
SOURCES = sorted(path.name for path in (CHECKOUT / "examples").iterdir())
MARKER = re.compile(r"(?:#|//) expect: (PR\d+(?: PR\d+)*)\s*$")


def marked(scenario: str) -> set[tuple[str, str, int]]:
    """Return (code, path, line) of every marker in the files of a scenario."""
    expected = set()
    for file in sorted((CHECKOUT / scenario).iterdir()):
        if file.suffix not in CONFIGURATION:
            continue
        for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), start=1):
            if match := MARKER.search(line):
                path = f"{scenario}/{file.name}"
                expected |= {(code, path, number) for code in match[1].split()}
    return expected


def plans(*paths: str) -> list[str]:
    """Return the options that give the plans at and below the paths."""
    files = [plan for path in paths for plan in sorted((CHECKOUT / path).rglob("plan.json"))]
    return [part for plan in files for part in ("--plan", plan.relative_to(CHECKOUT).as_posix())]


def found(*paths: str) -> set[tuple[str, str, int]]:
    """Return (code, path, line) of every finding."""
    report = json.loads(podroom("check", "--format", "json", *paths, *plans(*paths)).stdout)
    return {(finding["code"], finding["path"], finding["line"]) for finding in report["findings"]}


@pytest.mark.parametrize("scenario", GUILTY)
def test_what_podroom_prints_for_an_example_is_what_its_folder_says(scenario: str) -> None:
    result = podroom("check", scenario, *plans(scenario))

    expected = (CHECKOUT / scenario / "expected.txt").read_text(encoding="utf-8")
    assert result.output == expected, "run tools/update_examples.py and read what has changed"
    assert result.exit_code == 1


@pytest.mark.parametrize("scenario", HEALTHY)
def test_a_healthy_twin_is_silent_and_leaves_nothing_undecided(scenario: str) -> None:
    result = podroom("check", "--format", "json", scenario, *plans(scenario))

    report = json.loads(result.stdout)
    assert [report[kind] for kind in ("findings", "undecided", "suppressed", "notices", "errors")] == [[]] * 5
    assert result.exit_code == 0


@pytest.mark.parametrize("scenario", GUILTY)
def test_every_guilty_line_of_an_example_is_found_and_no_other(scenario: str) -> None:
    assert marked(scenario), "an incident without a guilty line"
    assert found(scenario) == marked(scenario)


def test_all_examples_at_once_give_the_findings_of_each() -> None:
    assert found("examples") == set().union(*map(marked, GUILTY))


def test_every_incident_has_a_healthy_twin_and_a_readme_that_leads_to_it() -> None:
    assert sorted(f"{scenario}-healthy" for scenario in GUILTY) == HEALTHY
    for scenario in GUILTY:
        name = scenario.rpartition("/")[2]
        assert f"(../{name}-healthy)" in read(scenario)
        assert f"(../{name})" in read(f"{scenario}-healthy")


FINDS = {"groups.json": "PR116", "nodes.json": "PR121"}
VERSIONS = "launch-template-versions.json"
"""What tells the max pods that a group launches, and finds nothing without the group."""
INVENTORIES = sorted(
    (path.relative_to(CHECKOUT).as_posix(), FINDS[path.name])
    for path in CHECKOUT.glob("examples/*/*/inventory/*.json")
    if path.name != VERSIONS
)


@pytest.mark.parametrize(("inventory", "code"), INVENTORIES)
def test_each_inventory_of_an_example_alone_finds_what_it_can(inventory: str, code: str) -> None:
    scenario = inventory.rpartition("/inventory/")[0]
    arguments = ["--inventory", inventory]
    if inventory.endswith("/groups.json"):
        arguments += ["--inventory", f"{scenario}/inventory/{VERSIONS}"]
    alone, beside = (
        json.loads(podroom("check", "--format", "json", scenario, *given).stdout) for given in ([], arguments)
    )

    assert [one["code"] for one in beside["findings"]] == ([] if scenario.endswith("-healthy") else [code])
    assert [alone[kind] for kind in ("findings", "undecided")] == [[], []]
    assert [beside[kind] for kind in ("undecided", "notices", "errors")] == [[], [], []]


def test_the_readme_of_an_incident_names_the_codes_that_are_found() -> None:
    for scenario in GUILTY:
        shown = re.sub(r"^```console\n.*?^```$", "", read(scenario), flags=re.DOTALL | re.MULTILINE)
        codes = set(re.findall(r"\bPR\d+\b", shown))
        assert codes == {code for code, _, _ in marked(scenario)}, scenario


@pytest.mark.parametrize("source", SOURCES)
def test_the_index_lists_every_incident_with_its_codes(source: str) -> None:
    folder = f"examples/{source}"
    index = (CHECKOUT / folder / "README.md").read_text(encoding="utf-8")
    rows = dict(re.findall(r"^\| \[([a-z0-9-]+)\]\(\1\) \| ([^|]+) \|", index, re.MULTILINE))

    assert {f"{folder}/{name}": set(codes.split(", ")) for name, codes in rows.items()} == {
        scenario: {code for code, _, _ in marked(scenario)} for scenario in GUILTY if scenario.startswith(f"{folder}/")
    }


def read(scenario: str) -> str:
    return Path(CHECKOUT / scenario / "README.md").read_text(encoding="utf-8")
