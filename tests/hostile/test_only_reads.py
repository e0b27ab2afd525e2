"""No command touches the network, starts another program than git, or writes elsewhere than it was asked to."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from checkout import CHECKOUT, EXAMPLES
from podroom import cli
from podroom.report.formats import FORMATS
from podroom_rules import rules

pytestmark = pytest.mark.once("the same calls of the machine whatever the Python")

COMMANDS: dict[str, tuple[tuple[str, ...], ...]] = {
    "baseline": (
        ("baseline", "create", "--baseline", "known.json", "shop"),
        ("baseline", "update", "--baseline", "known.json", "shop"),
    ),
    "capacity": tuple(("capacity", "--format", name, "shop") for name in ("text", "json", "csv", "markdown", "html")),
    "check": (
        *(("check", "--format", name, "shop") for name in FORMATS),
        ("check", "--output", "sarif=report.sarif", "shop"),
        ("check", "--fix", "--diff", "fixed"),
        ("check", "--fix", "fixed"),
        ("check", "--changed", "shop/nodes.tf"),
        ("check", "--baseline", "known.json", "shop"),
        ("check", "missing"),
        ("check", "--exit-zero", str(CHECKOUT / "examples")),
    ),
    "checkov": (("checkov", "dir"), ("checkov", "export", "checks")),
    "config": (("config", "show", "shop"), ("config", "schema")),
    "diff": (("diff", "HEAD", "--path", "shop"),),
    "explain": (("explain", "PR101"),),
    "inventory": (("inventory", "shop"),),
    "max-pods": (("max-pods", "--instance-type", "m5.large"),),
    "node": (("node", "m5.large"),),
    "recommend": tuple(("recommend", "--format", name, "shop") for name in ("text", "json", "markdown")),
    "rules": (("rules",),),
    "show": (("show", "shop"),),
}
EVERY = [command for commands in COMMANDS.values() for command in commands]
MAY_WRITE = {
    ("baseline", "create"): "known.json",
    ("baseline", "update"): "known.json",
    ("check", "--output"): "report.sarif",
    ("check", "--fix"): "fixed/",
    ("checkov", "export"): "checks",
}
WRITES_NOTHING = ("check", "--fix", "--diff", "fixed")
MESSAGES = (
    {"id": 1, "method": "initialize", "params": {"capabilities": {}, "processId": None, "rootUri": None}},
    {"method": "initialized", "params": {}},
    {"id": 2, "method": "shutdown"},
    {"method": "exit"},
)


def audited(folder: Path, commands: list[tuple[str, ...]], said: bytes = b"") -> list[dict[str, Any]]:
    """Run commands in a folder and return what each of them did."""
    told = folder.with_name("told.json")
    told.unlink(missing_ok=True)
    path = os.pathsep.join(str(CHECKOUT / one) for one in ("linter", "rules"))
    done = subprocess.run(
        [sys.executable, "-B", str(Path(__file__).with_name("audited.py")), json.dumps(commands), str(told)],
        input=said,
        cwd=folder,
        env={**os.environ, "PYTHONPATH": path},
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr.decode()
    found: list[dict[str, Any]] = json.loads(told.read_text(encoding="utf-8"))
    return found


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a repository with two configurations that have findings."""
    folder = tmp_path_factory.mktemp("audited").resolve() / "repository"
    shutil.copytree(CHECKOUT / EXAMPLES / "stale-max-pods", folder / "shop")
    (folder / "fixed").mkdir()
    fixable = next(rule for rule in rules() if rule.code == "PR305").bad[0]
    for name, text in fixable.files.items():
        (folder / "fixed" / name).write_text(text, encoding="utf-8")
    identity = ("-c", "user.name=a", "-c", "user.email=a@example.com")
    for arguments in (("init", "-q"), ("add", "."), (*identity, "commit", "-q", "-m", "a")):
        subprocess.run(["git", "-C", str(folder), *arguments], check=True)  # noqa: S607 - wherever git is
    return folder


@pytest.fixture(scope="module")
def told(folder: Path) -> dict[tuple[str, ...], dict[str, Any]]:
    """Return what every command did."""
    return dict(zip(EVERY, audited(folder, EVERY), strict=True))


def test_every_command_is_looked_at() -> None:
    assert set(cli.podroom.list_commands(None)) == {*COMMANDS, "lsp"}  # type: ignore[arg-type]  # it needs no context


@pytest.mark.parametrize("command", EVERY, ids=" ".join)
def test_a_command_only_reads_and_writes_what_it_is_asked_to(
    command: tuple[str, ...], folder: Path, told: dict[tuple[str, ...], dict[str, Any]]
) -> None:
    assert told[command]["crash"] is None
    mine = "" if command == WRITES_NOTHING else MAY_WRITE.get(command[:2], "")
    for kind, what in told[command]["heard"]:
        if kind == "program":
            assert (command[0], Path(what).name) == ("diff", "git")
        else:
            assert kind == "write"
            assert mine, what
            assert what.startswith(str(folder / mine)) or Path(what).parent == (folder / mine).parent


def test_what_is_asked_for_is_heard(folder: Path, told: dict[tuple[str, ...], dict[str, Any]]) -> None:
    for command, where in MAY_WRITE.items():
        heard = [what for one in EVERY if one[:2] == command and one != WRITES_NOTHING for what in told[one]["heard"]]
        assert any(what[0] == "write" and what[1].startswith(str(folder / where)) for what in heard), command
    assert told[("diff", "HEAD", "--path", "shop")]["heard"]


def test_the_language_server_only_reads(folder: Path) -> None:
    pytest.importorskip("pygls", reason="the language server needs the extra podroom[lsp]")
    source = folder / "shop" / "nodes.tf"
    item = {"uri": source.as_uri(), "languageId": "terraform", "version": 1, "text": source.read_text(encoding="utf-8")}
    opened = {"method": "textDocument/didOpen", "params": {"textDocument": item}}
    said = b""
    for message in (*MESSAGES[:2], opened, *MESSAGES[2:]):
        content = json.dumps({"jsonrpc": "2.0", **message}).encode()
        said += b"Content-Length: %d\r\n\r\n%s" % (len(content), content)

    assert audited(folder, [("lsp", "--stdio")], said) == [{"crash": None, "heard": []}]
