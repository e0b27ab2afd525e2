"""What OpenTofu writes: plans and states of another provider host, `.tofu` files in a plan file, encrypted files."""

from __future__ import annotations

import gzip
import json
import re
from pathlib import Path

import pytest

from checkout import podroom
from plan_helpers import EKS21
from test_plan_files import FILES, archive

PROVIDER = re.compile(r'(\\?")[a-z.]+(/hashicorp/[a-z]+\\?")')
VERSION = re.compile(r'("terraform_version": ?)"[0-9.]+"')


def as_opentofu(text: str) -> str:
    """Return a plan or state as OpenTofu writes it: providers of another host, its own version, keys of its own."""
    changed, providers = PROVIDER.subn(r"\1providers.opentofu.example\2", text)
    changed, versions = VERSION.subn(r'\1"1.10.7"', changed)
    assert providers > 100
    assert versions
    return json.dumps({**json.loads(changed), "tofu_only": {"a": [1]}})


@pytest.mark.parametrize(("name", "beside"), [("drift", True), ("drift", False), ("state", False)])
def test_a_plan_or_state_of_opentofu_says_what_one_of_terraform_says(
    tmp_path: Path, name: str, *, beside: bool
) -> None:
    path = tmp_path / "recorded.json"
    text = gzip.decompress((EKS21 / f"{name}.json.gz").read_bytes()).decode()
    arguments = (str(EKS21), "--plan", str(path)) if beside else (str(path),)
    told = []
    for content in (text, as_opentofu(text)):
        path.write_text(json.dumps(json.loads(content)), encoding="utf-8")
        found = json.loads(podroom("check", "--format", "json", *arguments).stdout)
        told.append([(one["codes"], one["subjects"], one["reason"]) for one in found["undecided"]])
        told.append([(one["code"], one["address"], one["message"]) for one in found["findings"]])
    assert told[1]
    assert told[:2] == told[2:]


def test_the_files_of_opentofu_in_a_plan_file_count_before_those_of_terraform(tmp_path: Path) -> None:
    root = FILES["tfconfig/m-/main.tf"]
    other = root.replace(b"m5.large", b"m5.4xlarge")
    assert other != root
    shown = []
    for more in ({"tfconfig/m-/main.tf": other}, {"tfconfig/m-/main.tf": root, "tfconfig/m-/main.tofu": other}):
        path = tmp_path / "tfplan"
        path.write_bytes(archive({**FILES, **more}))
        result = podroom("show", "--format", "json", str(path))
        assert result.exit_code == 0
        shown.append(result.stdout)
    assert "m5.4xlarge" in shown[0]
    assert shown[1] == shown[0].replace("tfplan/main.tf", "tfplan/main.tofu")


@pytest.mark.parametrize("beside", [True, False])
def test_an_encrypted_file_of_opentofu_is_refused_in_one_sentence(tmp_path: Path, *, beside: bool) -> None:
    path = tmp_path / "plan.json"
    meta = {"key_provider.pbkdf2.main": "eyJzYWx0IjoiIn0="}
    path.write_text(json.dumps({"meta": meta, "encrypted_data": "AAAA", "encryption_version": "v0"}), encoding="utf-8")
    result = podroom("check", *((str(EKS21), "--plan", str(path)) if beside else (str(path),)))
    assert result.exit_code == 2
    assert result.stderr.count("\n") == 1
    assert "is encrypted, as OpenTofu does it" in result.stderr
