#!/usr/bin/env python3
"""Write the expected output of examples and of cases for capacity, and what README.md and docs/ show of podroom.

Read what has changed before you commit it: the tests hold podroom to these files.
"""

from __future__ import annotations

import os
import re
import shlex
from pathlib import Path

from click.testing import CliRunner

from podroom.cli.commands import podroom

CHECKOUT = Path(__file__).resolve().parent.parent
EXAMPLES = Path("examples")
SHOWN = "terraform/asg-instance-type-drift"
CAPACITY = Path("tests/cases/capacity")
_CONSOLE = re.compile(r"^```console\n\$ podroom (.*)\n(?:.*\n)*?```$", re.MULTILINE)
_COMMAND = re.compile(r"^\$ podroom (.*)\n", re.MULTILINE)


def update() -> None:
    """Run podroom on each example at the top of the checkout, as the tests do."""
    os.chdir(CHECKOUT)
    for folder in sorted(EXAMPLES.glob("*/*")):
        if folder.is_dir() and not folder.name.endswith("-healthy"):
            (folder / "expected.txt").write_text(judge(folder), encoding="utf-8")
    for expected in sorted(CAPACITY.glob("*/expected.txt")):
        expected.write_text(session(_COMMAND.findall(expected.read_text(encoding="utf-8"))), encoding="utf-8")
    readme = Path("README.md")
    readme.write_text(with_shown(readme.read_text(encoding="utf-8"), judge(EXAMPLES / SHOWN)), encoding="utf-8")
    for document in [readme, *sorted(Path("docs").glob("*.md")), *sorted(EXAMPLES.glob("*/*/README.md"))]:
        document.write_text(with_outputs(document.read_text(encoding="utf-8")), encoding="utf-8")


def judge(folder: Path) -> str:
    """Return what podroom prints."""
    plan = folder / "plan.json"
    plans = ["--plan", plan.as_posix()] if plan.exists() else []
    return CliRunner().invoke(podroom, ["check", folder.as_posix(), *plans], catch_exceptions=False).output


def with_shown(readme: str, output: str) -> str:
    """Return the README with its first block of text replaced."""
    return re.sub(r"(?<=^```text\n).*?(?=^```)", lambda _: output, readme, count=1, flags=re.DOTALL | re.MULTILINE)


def session(commands: list[str]) -> str:
    """Return what a terminal shows of podroom with the arguments of each command."""
    shown = (
        f"$ podroom {command}\n{CliRunner().invoke(podroom, shlex.split(command), catch_exceptions=False).output}"
        for command in commands
    )
    return "\n".join(shown)


def with_outputs(document: str) -> str:
    """Return a document in which each block `$ podroom ...` shows what podroom prints now."""

    def shown(block: re.Match[str]) -> str:
        result = CliRunner().invoke(podroom, shlex.split(block[1]), catch_exceptions=False)
        return f"```console\n$ podroom {block[1]}\n{result.output}```"

    return _CONSOLE.sub(shown, document)


if __name__ == "__main__":
    update()
