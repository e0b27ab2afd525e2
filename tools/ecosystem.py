#!/usr/bin/env python3
"""Run podroom over public repositories and say what has changed in what it makes of them.

    python tools/ecosystem.py                       # all of tests/ecosystem/repositories.toml, fetched where needed
    python tools/ecosystem.py cloudposse antonputra # those whose name contains a word
    python tools/ecosystem.py --mirror DIR          # taken out of bare mirrors, as far as they are there
    python tools/ecosystem.py --update              # take what comes out for what is expected; read it before

Each repository is taken at its pinned commit and kept in a cache, `podroom-ecosystem` below $XDG_CACHE_HOME or ~/.cache
unless --cache says otherwise.  Nothing of it is executed.  One that cannot be had is named and left out.  Printed is
Markdown: what changed since tests/ecosystem/outcomes.json was written, and how much is decided.  The exit code is 0 if
nothing changed, 1 if something did, podroom crashed or took more than a minute, and 2 if no repository could be had.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from command import NothingToDo, run_tool
from ecosystem_report import changes, share_table, with_shares
from ecosystem_sources import NotHadError, Repository, checked_out, read_repositories

CHECKOUT = Path(__file__).resolve().parent.parent
LIST = CHECKOUT / "tests" / "ecosystem" / "repositories.toml"
OUTCOMES = CHECKOUT / "tests" / "ecosystem" / "outcomes.json"
NOTES = CHECKOUT / "docs" / "field-notes.md"
_JUDGE = Path(__file__).with_name("ecosystem_outcomes.py")
_MOST_SECONDS = 60


def main() -> int:
    """Run podroom over the repositories that are asked for, and print what changed."""
    arguments = _arguments()
    known = json.loads(OUTCOMES.read_text(encoding="utf-8")) if OUTCOMES.exists() else {}
    listed = read_repositories(LIST)
    wanted = [one for one in listed if not arguments.names or any(name in one.name for name in arguments.names)]
    trees = dict(_had(wanted, arguments))
    if not trees:
        raise NothingToDo(f"{LIST}: none of {len(wanted)} repositories could be had")
    found = {name: _judged(name, tree) for name, tree in trees.items()}
    crashed = {name: outcome["crash"] for name, outcome in found.items() if "crash" in outcome}
    told = changes({name: known[name] for name in found if name in known}, found)
    print(told or f"Nothing changed in {len(found)} repositories.")
    print()
    print(share_table(found))
    if arguments.update:
        names = {one.name for one in listed}
        _write({name: outcome for name, outcome in {**known, **found}.items() if name in names})
        return 1 if crashed else 0
    return 1 if told or crashed else 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", metavar="WORD", help="only repositories whose name contains one of these")
    parser.add_argument("--cache", type=Path, default=_default_cache(), help="where the files are kept")
    parser.add_argument("--mirror", type=Path, help="a folder with git directories to take repositories out of")
    parser.add_argument("--offline", action="store_true", help="fetch nothing")
    parser.add_argument("--update", action="store_true", help="write outcomes.json, and the table in the field notes")
    return parser.parse_args()


def _default_cache() -> Path:
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "podroom-ecosystem"


def _had(repositories: Sequence[Repository], arguments: argparse.Namespace) -> Iterator[tuple[str, Path]]:
    """Yield the name and the files of each repository that can be had, and say of the others why not."""
    for one in repositories:
        try:
            yield one.name, checked_out(one, arguments.cache, arguments.mirror, offline=arguments.offline)
        except NotHadError as error:
            print(f"skipped: {one.name} at {one.commit[:12]}: {error}", file=sys.stderr)


def _judged(name: str, tree: Path) -> Mapping[str, Any]:
    """Return what podroom makes of a tree, in a process of its own; or how it ended, if it crashed."""
    command = [sys.executable, str(_JUDGE), str(tree)]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=_MOST_SECONDS, check=False)
    except subprocess.TimeoutExpired:
        return {"crash": f"not done after {_MOST_SECONDS} s"}
    if done.returncode:
        print(f"{name}:\n{done.stderr}", file=sys.stderr)
        return {"crash": (done.stderr.strip().splitlines() or [f"exit code {done.returncode}"])[-1]}
    outcome: Mapping[str, Any] = json.loads(done.stdout)
    return outcome


def _write(outcomes: Mapping[str, Mapping[str, Any]]) -> None:
    ordered = {name: outcomes[name] for name in sorted(outcomes, key=str.lower)}
    OUTCOMES.write_text(json.dumps(ordered, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    NOTES.write_text(with_shares(NOTES.read_text(encoding="utf-8"), ordered), encoding="utf-8")


if __name__ == "__main__":
    sys.exit(run_tool(main))
