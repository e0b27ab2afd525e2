"""A long run says how far it is on a terminal, and can be interrupted without a trace."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NoReturn

import pytest

from checkout import CHECKOUT, EXAMPLES, podroom
from podroom.cli import checking, written_files
from podroom.cli.progress import Progress
from podroom.engine import Engine
from podroom.packs import find_rules
from podroom.run import Request, check
from podroom.sources.hcl.parser import parse


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def shown(stream: io.StringIO, *seconds: float) -> str:
    """Return what is shown of a run that begins at 0 and says something at each of these seconds."""
    times: Iterator[float] = iter((0.0, *seconds))
    with Progress(stream, lambda: next(times)) as progress:
        for number, _ in enumerate(seconds):
            progress("judging a\x1b[31m", number, 9)
    return stream.getvalue()


def test_progress_is_shown_from_the_first_second_on_and_cleared(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm")

    assert shown(Terminal(), 0.1, 0.9) == ""
    assert shown(Terminal(), 0.1, 1.2, 1.25, 1.35) == (
        "\r\x1b[Kpodroom: 1 of 9, judging a\\x1b[31m\r\x1b[Kpodroom: 3 of 9, judging a\\x1b[31m\r\x1b[K"
    )


def test_a_long_line_is_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm")
    stream = Terminal()

    with Progress(stream, iter((0.0, 2.0)).__next__) as progress:
        progress("x" * 200, 0, 1)

    assert max(map(len, stream.getvalue().split("\r\x1b[K"))) == 79


def test_elsewhere_it_is_quiet(monkeypatch: pytest.MonkeyPatch) -> None:
    assert shown(io.StringIO(), 5.0) == ""
    monkeypatch.setenv("TERM", "dumb")
    assert shown(Terminal(), 5.0) == ""
    assert podroom("check", str(EXAMPLES / "stale-max-pods")).stderr == ""


def test_a_run_says_what_it_does() -> None:
    said: list[tuple[str, int, int]] = []
    folders = [str(EXAMPLES / name) for name in ("stale-max-pods", "warm-pool-waste")]

    check(Request(folders, parse, progress=lambda *what: said.append(what)), Engine(find_rules()))

    assert said == [
        *((f"reading {folder}", number, 2) for number, folder in enumerate(folders)),
        *((f"judging {folder}", number, 2) for number, folder in enumerate(folders)),
    ]


def interrupted(*_: object) -> NoReturn:
    raise KeyboardInterrupt


def test_ctrl_c_ends_with_one_sentence_and_the_exit_code_of_shells(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checking, "run_check", interrupted)

    result = podroom("check", str(EXAMPLES))

    assert result.exit_code == 130
    assert (result.stdout, result.stderr) == ("", "podroom: interrupted\n")


@pytest.mark.parametrize(("imported", "arguments"), [("decimal", ["check"]), ("click", ["check", "--exit-zero"])])
def test_ctrl_c_during_the_first_import_does_too(imported: str, arguments: list[str], tmp_path: Path) -> None:
    (tmp_path / f"{imported}.py").write_text("raise KeyboardInterrupt\n", encoding="utf-8")
    path = os.pathsep.join((str(tmp_path), str(CHECKOUT / "linter"), str(CHECKOUT / "rules")))

    done = subprocess.run(
        [sys.executable, "-m", "podroom", *arguments],
        env={**os.environ, "PYTHONPATH": path},
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )

    assert (done.returncode, done.stdout, done.stderr) == (130, "", "podroom: interrupted\n")


def test_ctrl_c_leaves_no_half_written_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    target = tmp_path / "podroom.sarif"
    target.write_text("before", encoding="utf-8")
    monkeypatch.setattr(os, "replace", interrupted)

    result = podroom("check", str(EXAMPLES / "stale-max-pods"), "--output", f"sarif={target}")

    assert result.exit_code == 130
    assert [path.name for path in tmp_path.iterdir()] == ["podroom.sarif"]
    assert target.read_text(encoding="utf-8") == "before"


def test_a_file_is_written_where_a_link_leads_and_keeps_its_permissions(tmp_path: Path) -> None:
    target, link = tmp_path / "target", tmp_path / "link"
    target.write_text("before", encoding="utf-8")
    target.chmod(0o600)
    link.symlink_to(target)

    written_files.write_file(str(link), "é\ud800")

    assert link.is_symlink()
    assert target.read_text(encoding="utf-8") == "é\\ud800"
    assert target.stat().st_mode & 0o777 == 0o600


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="only Linux has a device that is always full")
def test_a_full_disk_is_told_of_with_the_file_that_found_no_room() -> None:
    result = podroom("check", str(EXAMPLES / "stale-max-pods"), "--output", "sarif=/dev/full")

    assert result.exit_code == 2
    assert "No space left on device: '/dev/full'" in result.stderr


def test_what_is_no_regular_file_is_written_as_it_is() -> None:
    reading, writing = os.pipe()
    try:
        written_files.write_file(f"/dev/fd/{writing}", "text")
        assert os.read(reading, 10) == b"text"
    finally:
        os.close(reading)
        os.close(writing)
