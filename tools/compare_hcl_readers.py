"""Compare the trees that podroom's own parser and python-hcl2 make of the same files.

    python tools/compare_hcl_readers.py DIRECTORY...

reads every `.tf` and `.tfvars` file under the directories with both, prints where the trees first
differ, and ends with 1 if any two do.  Files that one of the two rejects are listed, not compared.
`--limit N` takes N files at random.  docs/hcl-readers.md explains the differences that are known.
"""

from __future__ import annotations

import argparse
import gc
import random
import sys
import time
from collections.abc import Callable
from dataclasses import fields, is_dataclass
from pathlib import Path

from podroom.positions import Document
from podroom.sources.hcl.parser import parse
from podroom.sources.hcl.python_hcl2 import parse_with_python_hcl2
from podroom.sources.hcl.syntax import ParsedFile


def first_difference(ours: object, theirs: object, path: str = "") -> str | None:
    """Say where two trees first differ, in structure, values or places; None if they are equal."""
    if type(ours) is not type(theirs):
        return f"{path}: {ours!r:.300} instead of {theirs!r:.300}"
    if isinstance(ours, list) and isinstance(theirs, list):
        for index, (our_item, their_item) in enumerate(zip(ours, theirs, strict=False)):
            difference = first_difference(our_item, their_item, f"{path}[{index}]")
            if difference:
                return difference
        return None if len(ours) == len(theirs) else f"{path}: {len(ours)} items instead of {len(theirs)}"
    if is_dataclass(ours) and not isinstance(ours, (type, Document)):
        for field in fields(ours):
            difference = first_difference(
                getattr(ours, field.name), getattr(theirs, field.name), f"{path}.{field.name}"
            )
            if difference:
                return difference
        return None
    if isinstance(ours, Document):
        return None
    return None if ours == theirs else f"{path}: {ours!r:.300} instead of {theirs!r:.300}"


def _timed(read: Callable[[Document], ParsedFile], documents: list[Document]) -> tuple[list[ParsedFile], float]:
    started = time.perf_counter()
    parsed = [read(document) for document in documents]
    return parsed, time.perf_counter() - started


def main() -> int:
    """Compare the files that the command line names."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("directories", nargs="+", type=Path, metavar="DIRECTORY")
    parser.add_argument("--limit", type=int, metavar="N")
    options = parser.parse_args()
    gc.disable()  # the trees of all files stay, so that every collection would be for nothing
    paths = {
        path.read_bytes(): path
        for directory in options.directories
        for pattern in ("*.tf", "*.tfvars")
        for path in sorted(directory.rglob(pattern))
        if path.is_file()
    }
    documents = [Document(str(path), text.decode("utf-8")) for text, path in paths.items()]
    if options.limit is not None and options.limit < len(documents):
        documents = random.Random(1).sample(documents, options.limit)
    ours, our_seconds = _timed(parse, documents)
    theirs, their_seconds = _timed(parse_with_python_hcl2, documents)
    different = rejected = both = 0
    for our_file, their_file in zip(ours, theirs, strict=True):
        if our_file.problems and their_file.problems:
            both += 1
        elif our_file.problems or their_file.problems:
            rejected += 1
            who, file = ("podroom", our_file) if our_file.problems else ("python-hcl2", their_file)
            print(f"{file.span(file.problems[0])}: only {who} rejects this: {file.problems[0].message}")
        else:
            difference = first_difference(our_file, their_file)
            if difference:
                different += 1
                print(f"{our_file.document.path}{difference}")
    size = sum(len(document.text) for document in documents) / 1e6
    print(
        f"{len(documents)} files, {size:.1f} million characters: {different} trees differ, {rejected} files are "
        f"rejected by one reader and {both} by both; podroom took {our_seconds:.2f} s, python-hcl2 "
        f"{their_seconds:.2f} s, {their_seconds / our_seconds:.0f} times as long"
    )
    return 1 if different else 0


if __name__ == "__main__":
    sys.exit(main())
