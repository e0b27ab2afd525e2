"""Writing fixes into files, or showing what would be written."""

from __future__ import annotations

from collections.abc import Sequence

from podroom.cli.written_files import write_bytes
from podroom.engine import Outcome
from podroom.fixes import FixedText, fixed_texts
from podroom.records import dataclass


@dataclass(frozen=True, slots=True)
class Fixing:
    """What became of the fixes: the files that were written, and sentences on those that were not."""

    written: tuple[FixedText, ...] = ()
    refused: tuple[str, ...] = ()

    def __str__(self) -> str:
        """Return one line for people: how many findings, and in which files."""
        findings = sum(len(one.findings) for one in self.written)
        files = ", ".join(one.document.path for one in self.written)
        return (
            f"{findings} {'finding' if findings == 1 else 'findings'} fixed in {files}" if files else "nothing to fix"
        )


def write_fixes(outcome: Outcome) -> Fixing:
    """Write the fixes of all findings into their files, each file whole; one that has changed since is left alone."""
    written, refused = [], []
    for fixed in fixed_texts(outcome.findings):
        path = fixed.document.path
        with open(path, "rb") as file:
            found = file.read()
        if found == fixed.document.text.encode():
            write_bytes(path, fixed.text.encode())
            written.append(fixed)
        elif found.startswith((b"\xff\xfe", b"\xfe\xff")):
            refused.append(f"{path} is not fixed: it is written in UTF-16")
        else:
            refused.append(f"{path} is not fixed: it has changed since it was read; run podroom again")
    return Fixing(tuple(written), tuple(refused))


def render_diff(fixed: Sequence[FixedText]) -> str:
    """Return what fixes would change, in the unified format that `git apply` and `patch` read."""
    from difflib import unified_diff  # noqa: PLC0415 - only this needs it

    lines: list[str] = []
    for one in fixed:
        old, new = (text.splitlines(keepends=True) for text in (one.document.text, one.text))
        path = one.document.path.lstrip("/")
        lines += unified_diff(old, new, f"a/{path}", f"b/{path}")
    return "".join(line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for line in lines)
