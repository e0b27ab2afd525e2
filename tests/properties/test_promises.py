"""How a configuration is written changes no verdict: order, form and names of things, and what lies beside them."""

from __future__ import annotations

import os
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from checkout import CHECKOUT
from podroom.engine import Outcome
from podroom.testing import judge_folder
from podroom_rules import rules
from rewriting import Files, as_json, is_hcl, other_form, other_names, other_order
from worlds import drawn

pytestmark = pytest.mark.once("every case, written in other ways")

RULES = rules()
FOLDERS = sorted(
    folder
    for pattern in ("examples/*/*", "tests/cases/configurations/*")
    for folder in CHECKOUT.glob(pattern)
    if folder.is_dir()
)
IN_HCL = [folder for folder in FOLDERS if any(is_hcl(path.name) for path in folder.rglob("*"))]
IN_JSON = [folder for folder in IN_HCL if not any(".tofu" in path.name for path in folder.rglob("*"))]
"""Those of which the configuration can be written in JSON."""
UNRELATED = {
    "README.md": "# A project\n",
    "unrelated.tf": 'resource "aws_s3_bucket" "unrelated" {\n  bucket = "unrelated"\n}\n',
    "deploy/unrelated.yaml": "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: unrelated\n",
    "deploy/values.json": '{"replicas": 3}\n',
    "src/main.go": "package main\n",
    "script.sh": "#!/bin/sh\necho unrelated\n",
}


def files_of(folder: Path) -> dict[str, str]:
    found = {}
    for path in sorted(folder.rglob("*")):
        if path.is_file() and path.name not in {"undecided.txt", "says.txt", "expected.txt"}:
            with path.open(encoding="utf-8", newline="") as file:
                found[path.relative_to(folder).as_posix()] = file.read()
    return found


def judged(files: Files, folder: Path) -> Outcome:
    for name, text in files.items():
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8", newline="")
    return judge_folder(folder, RULES)


@cache
def as_it_stands(folder: Path) -> Outcome:
    """Return the outcome of a folder, which several tests compare with."""
    return judge_folder(folder, RULES)


def verdict(outcome: Outcome) -> tuple[Counter[Any], Counter[Any]]:
    """Return what is found of what, and what is open of what."""
    assert not outcome.problems, outcome.problems
    found = Counter((one.code, one.severity, one.confidence, of) for one in outcome.findings for of in one.subjects)
    return found, Counter((code, one) for open_ in outcome.undecided for code, one in open_.judgements)


def same_name(address: str) -> str:
    return address.replace("other_", "")


def differences(before: Outcome, after: Outcome, renamed: Callable[[str], str] = str) -> list[object]:
    changed = []
    for one, other in zip(verdict(before), verdict(after), strict=True):
        counted: Counter[object] = Counter()
        for key, count in other.items():
            counted[tuple(renamed(str(part)) for part in key)] += count  # type: ignore[attr-defined]
        expected: Counter[object] = Counter()
        for key, count in one.items():
            expected[tuple(map(str, key))] += count  # type: ignore[call-overload]
        changed += [*(expected - counted), "became", *(counted - expected)] if expected != counted else []
    return changed


@pytest.mark.parametrize("folder", drawn(IN_HCL, 2), ids=lambda folder: folder.name)
def test_order_form_names_and_unrelated_files_change_no_verdict(folder: Path, tmp_path: Path) -> None:
    files = files_of(folder)
    fixed = {"plan.json", "nodes_override.tf.json", "group.tofu.json"}  # which have the names, too
    renamed = files if fixed & files.keys() else other_names(files)
    ordered = renamed if any(".tofu" in name for name in files) else other_order(renamed)

    after = judged({**UNRELATED, **other_form(ordered)}, tmp_path)

    assert not differences(as_it_stands(folder), after, same_name)


@pytest.mark.parametrize("folder", drawn(IN_JSON, 2), ids=lambda folder: folder.name)
def test_the_same_in_json_has_the_same_verdict(folder: Path, tmp_path: Path) -> None:
    assert not differences(as_it_stands(folder), judged(as_json(files_of(folder)), tmp_path))


SAME_NAME = {
    "cloudposse-modules",
    "pod-security-groups-on-a-type-without-trunk-since-1-20-4",
}
"""Nodes here find their cluster by its name, and two clusters of one name are one cluster to them."""
CALLED = [
    folder
    for folder in FOLDERS
    if {path.suffix for path in folder.iterdir()} == {".tf"} and folder.name not in SAME_NAME
]


@pytest.mark.parametrize("folder", drawn(CALLED, 2), ids=lambda folder: folder.name)
def test_a_module_that_is_called_twice_is_judged_twice_or_left_open(folder: Path, tmp_path: Path) -> None:
    files = files_of(folder)
    found, _ = verdict(as_it_stands(folder))
    called = {f"m/{name}": text for name, text in files.items()}
    called["main.tf"] = "".join(f'module "{name}" {{\n  source = "./m"\n}}\n' for name in ("one", "two"))

    outcome = judged(called, tmp_path)

    twice, _ = verdict(outcome)
    judged_of: Counter[object] = Counter()
    for (*what, address), count in twice.items():
        judged_of[(*what, address.replace("module.one.", "").replace("module.two.", ""))] += count
    unclear = {code for one in outcome.undecided for code in one.codes}
    unread = any("it may belong to several clusters" in one.unknown.reason for one in outcome.undecided)
    for key, count in found.items():
        called_by_name = key[-1].startswith('cluster "')
        assert judged_of[key] >= count * (1 if called_by_name else 2) or key[0] in unclear or unread, (key, twice)


def test_runs_are_the_same_to_the_byte_whatever_the_seed_of_hashes() -> None:
    command = (sys.executable, "-m", "podroom", "check", "--format", "json", "examples", "tests/cases/scenarios")
    path = os.pathsep.join((str(CHECKOUT / "linter"), str(CHECKOUT / "rules")))
    runs = [
        subprocess.run(
            command,
            cwd=CHECKOUT,
            env={**os.environ, "PYTHONPATH": path, "PYTHONHASHSEED": seed},
            capture_output=True,
            check=False,
        )
        for seed in ("1", "2")
    ]

    assert b'"PR101"' in runs[0].stdout
    assert runs[0].stdout == runs[1].stdout
    assert runs[0].stderr == runs[1].stderr
