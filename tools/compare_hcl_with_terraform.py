"""Compare which files podroom's HCL parser and `terraform fmt` accept.

    python tools/compare_hcl_with_terraform.py DIRECTORY...

looks at every `.tf` and `.tfvars` file under the directories, prints each file on which the two
disagree with what they say, and ends with 1 if there is any.  With `--mutants N` it also compares N
broken variants of these files (pieces deleted, doubled, swapped or cut off, brackets and quotes put
in), made from `--seed`; those that lead to a disagreement are kept under `--keep`.

`--refresh-truth FILE` does something else: it writes what terraform says into `valid` of every entry of
a JSON list of `{"text": ..., "valid": ...}`, such as tests/cases/hcl/snippets.json.

It needs `terraform` on the PATH, which checks syntax only here: nothing is downloaded or initialised.
"""

from __future__ import annotations

import argparse
import gc
import json
import os
import random
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from podroom.positions import Document
from podroom.sources.hcl.parser import parse

FILES_A_RUN = 400
_PLACE = re.compile(r"^\s*on (\S+\.tf) line \d+", re.MULTILINE)
_TITLE = re.compile(r"^(?:│ )?Error: (.*)$", re.MULTILINE)
_TOKEN = re.compile(r"[A-Za-z_][\w-]*|[0-9.]+|\s+|.", re.DOTALL)
_INSERTIONS = (
    *"{}[]()\"'$%~=:,.?!<>|&+-*/#\\\n\r\t;@`",
    *("${", "%{", "${~", "~}", "$${", "%%{", "<<EOT\n", "<<-EOT\n", "EOT\n", "/*", "*/", "//", "...", "=>", "::", "=="),
    *(
        "[*]",
        ".*",
        ".0",
        "for ",
        " in ",
        "if ",
        "%{ if true }",
        "%{ else }",
        "%{ endif }",
        "%{ endfor }",
        "\\u12",
        "\\n",
    ),
    *("\u00e9", "\u201c", "\u00a0", "\u2028", "1e5", "0.5", "null", "true", " x = 1", "x {", "x { y = 1 }"),
)


def rejected_by_terraform(texts: Sequence[bytes]) -> dict[int, str]:
    """Return, by index, Terraform's first complaint about each of the texts that it rejects."""
    rejected: dict[int, str] = {}
    environment = {**os.environ, "TF_CLI_CONFIG_FILE": os.devnull, "CHECKPOINT_DISABLE": "1"}
    for first in range(0, len(texts), FILES_A_RUN):
        with tempfile.TemporaryDirectory() as directory:
            for index, text in enumerate(texts[first : first + FILES_A_RUN], first):
                Path(directory, f"{index}.tf").write_bytes(text)
            command = ["terraform", "fmt", "-check", "-list=false", "-write=false", "-no-color"]
            run = subprocess.run(command, cwd=directory, env=environment, capture_output=True, check=False)
        complaints = run.stderr.decode("utf-8", "replace")
        for complaint in re.split(r"(?=^Error: )", complaints, flags=re.MULTILINE):
            place = _PLACE.search(complaint)
            title = _TITLE.search(complaint)
            if place and title:
                rejected.setdefault(int(Path(place[1]).stem), title[1])
            elif title:
                raise SystemExit(f"terraform said something unexpected:\n{complaint}")
    return rejected


def rejected_by_podroom(texts: Sequence[bytes]) -> dict[int, str]:
    """Return, by index, podroom's first complaint about each of the texts that it rejects."""
    rejected: dict[int, str] = {}
    for index, content in enumerate(texts):
        try:
            text = content.decode("utf-8")
        except UnicodeDecodeError as error:
            rejected[index] = str(error)
            continue
        parsed = parse(Document(f"{index}.tf", text))
        if parsed.problems:
            problem = parsed.problems[0]
            rejected[index] = f"{parsed.span(problem)} {problem.message}"
    return rejected


def mutants(texts: Sequence[str], count: int, seed: int) -> Iterator[str]:
    """Yield `count` variants of the texts, one small change or a few in each."""
    choose = random.Random(seed)
    for _ in range(count):
        text = choose.choice(texts)
        if len(text) > 3000:
            start = choose.randrange(len(text) - 2000)
            text = text[text.rfind("\n", 0, start) + 1 : start + 2000]
        tokens = _TOKEN.findall(text)
        for _ in range(choose.choice((1, 1, 1, 2, 3))):
            tokens = _changed(tokens, choose)
        yield "".join(tokens)


def _changed(tokens: list[str], choose: random.Random) -> list[str]:
    if not tokens:
        return [choose.choice(_INSERTIONS)]
    at = choose.randrange(len(tokens))
    other = choose.randrange(len(tokens))
    change = choose.randrange(7)
    if change == 0:
        return tokens[:at] + tokens[at + 1 :]
    if change == 1:
        return [*tokens[: at + 1], *tokens[at:]]
    if change == 2:
        swapped = tokens[:]
        swapped[at], swapped[other] = tokens[other], tokens[at]
        return swapped
    if change == 3 and choose.random() < 0.3:
        return tokens[:at]
    if change == 4:
        return [*tokens[:at], tokens[other], *tokens[at:]]
    return [*tokens[:at], choose.choice(_INSERTIONS), *tokens[at:]]


def compare(names: Sequence[str], texts: Sequence[bytes]) -> list[int]:
    """Print the disagreements and return their indexes."""
    started = time.perf_counter()
    ours = rejected_by_podroom(texts)
    seconds = time.perf_counter() - started
    theirs = rejected_by_terraform(texts)
    different = sorted(ours.keys() ^ theirs.keys())
    for index in different:
        print(f"{names[index]}\n    terraform: {theirs.get(index, 'valid')}\n    podroom:   {ours.get(index, 'valid')}")
    size = sum(map(len, texts)) / 1e6
    print(
        f"{len(texts)} files, {size:.1f} MB: terraform rejects {len(theirs)}, podroom rejects {len(ours)}, "
        f"{len(different)} disagreements; podroom took {seconds:.2f} s"
    )
    return different


def refresh_truth(path: Path) -> None:
    """Ask terraform which texts of a JSON file are valid, and write that into the file."""
    entries = json.loads(path.read_text("utf-8"))
    rejected = rejected_by_terraform([entry["text"].encode() for entry in entries])
    lines = [json.dumps({"text": entry["text"], "valid": index not in rejected}) for index, entry in enumerate(entries)]
    path.write_text("[\n" + ",\n".join(lines) + "\n]\n", "utf-8")


def main() -> int:
    """Compare the files that the command line names."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("directories", nargs="*", type=Path, metavar="DIRECTORY")
    parser.add_argument("--mutants", type=int, default=0, metavar="N")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--keep", type=Path, help="directory for the mutants that the two disagree on")
    parser.add_argument("--refresh-truth", type=Path, metavar="FILE")
    options = parser.parse_args()
    gc.disable()  # the trees of all files stay, so that every collection would be for nothing
    if options.refresh_truth:
        refresh_truth(options.refresh_truth)
        return 0
    paths = sorted(
        path
        for directory in options.directories
        for pattern in ("*.tf", "*.tfvars")
        for path in directory.rglob(pattern)
        if path.is_file()
    )
    unique = {path.read_bytes(): str(path) for path in paths}
    texts = list(unique)
    different = compare(list(unique.values()), texts)
    if options.mutants:
        readable = [text.decode("utf-8", "replace") for text in texts]
        variants = list(dict.fromkeys(mutants(readable, options.mutants, options.seed)))
        contents = [variant.encode("utf-8", "replace") for variant in variants]
        wrong = compare([f"mutant {index}" for index in range(len(contents))], contents)
        if options.keep:
            options.keep.mkdir(parents=True, exist_ok=True)
            for index in wrong:
                (options.keep / f"{index}.tf").write_bytes(contents[index])
        different += wrong
    return 1 if different else 0


if __name__ == "__main__":
    sys.exit(main())
