#!/usr/bin/env python3
"""Give podroom files that nobody would write, until one makes it fail.

    python tools/fuzz.py TARGET [--seconds 600] [--seed 0] [--without-atheris]
    python tools/fuzz.py --list

With atheris (`pip install atheris`, outside podroom's own environment) the lines and comparisons that are reached
choose what is tried further; without it the same mutations are tried blindly.  What fails is kept in
`fuzz-TARGET-finding`, and the exit code is 1 (77 from atheris); make a test of it.
"""

from __future__ import annotations

import argparse
import random
import signal
import sys
import time
from functools import partial
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fuzz_targets import Target

sys.path[:0] = [str(Path(__file__).resolve().parents[1] / room) for room in ("linter", "rules")]

MOST_SECONDS = 10


def main() -> int:
    """Run one target."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("target", nargs="?")
    parser.add_argument("--list", action="store_true", help="name the targets")
    parser.add_argument("--seconds", type=int, default=600)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--without-atheris", action="store_true")
    given = parser.parse_args()
    if not given.without_atheris and not given.list:
        return _with_atheris(given.target, given.seconds, given.seed)
    from fuzz_targets import TARGETS  # noqa: PLC0415 - atheris must see its imports

    if given.list or given.target not in TARGETS:
        print("\n".join(TARGETS))
        return 0 if given.list else 2
    return _blindly(given.target, given.seconds, given.seed)


def _with_atheris(name: str, seconds: int, seed: int) -> int:
    import atheris  # noqa: PLC0415 - not everybody has it

    with atheris.instrument_imports(include=["podroom", "podroom_rules"]):  # to the end: some are imported late
        from fuzz_targets import TARGETS, mutated  # noqa: PLC0415 - as above

        target = TARGETS[name]
        corpus = target.corpus()
        folder = Path(f".fuzz-{name}")
        folder.mkdir(exist_ok=True)
        for number, data in enumerate(corpus):
            (folder / f"seed-{number}").write_bytes(data)
            target.run(data)  # what it imports takes longer than a run may take

        def mutate(data: bytes, most: int, chance: int) -> bytes:
            if chance % 2:
                return bytes(atheris.Mutate(data, most))
            return mutated(data, corpus, random.Random(chance))[:most]

        options = (f"-max_total_time={seconds}", f"-seed={seed or 1}", "-max_len=40000", "-report_slow_units=600")
        kept = f"-artifact_prefix=fuzz-{name}-finding-"
        atheris.Setup([sys.argv[0], str(folder), *options, kept], partial(_in_time, target), custom_mutator=mutate)
        atheris.Fuzz()
    return 0


def _in_time(target: Target, data: bytes) -> None:
    """Run a target; raises `TimeoutError` if that takes too much of the processor, whatever else runs there."""
    signal.signal(signal.SIGPROF, _too_long)
    signal.setitimer(signal.ITIMER_PROF, MOST_SECONDS)
    target.run(data)
    signal.setitimer(signal.ITIMER_PROF, 0)


def _too_long(_signal: int, _frame: FrameType | None) -> None:
    raise TimeoutError(f"it takes more than {MOST_SECONDS} seconds")


def _blindly(name: str, seconds: int, seed: int) -> int:
    from fuzz_targets import TARGETS, mutated  # noqa: PLC0415 - only one of the ways needs it

    target = TARGETS[name]
    corpus = target.corpus()
    chance = random.Random(seed)
    ends = time.monotonic() + seconds
    tried = 0
    while time.monotonic() < ends:
        data = mutated(chance.choice(corpus), corpus, chance)
        try:
            _in_time(target, data)
        except BaseException:
            Path(f"fuzz-{name}-finding").write_bytes(data)
            print(f"{name}: after {tried:,} files this one fails: fuzz-{name}-finding", file=sys.stderr)
            raise
        tried += 1
    print(f"{name}: {tried:,} files, no finding")
    return 0


if __name__ == "__main__":
    sys.exit(main())
