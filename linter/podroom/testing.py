"""What a rule pack's tests need: run examples and compare them with their `# expect:` marks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

from podroom.capacity.assessment import Assumptions
from podroom.config import read_config
from podroom.engine import Engine, Outcome
from podroom.patterns import pattern
from podroom.positions import Document
from podroom.rule import Example, Rule
from podroom.run import Request, check
from podroom.sources.hcl.parser import parse

_SHORTEST_RATIONALE = 200
_EXPECTATION = pattern(r"#\s*expect:\s*([A-Z0-9, ]+)")


class Mark(NamedTuple):
    """A code at a line of a file, as found or as expected."""

    file: str
    line: int
    code: str


def page_faults(rule: type[Rule[Any]]) -> list[str]:
    """Return what the page of a rule lacks; empty if it says all that a reader needs."""
    rationale = rule.rationale()
    marked = f"# expect: {rule.code}"
    wanted = {
        "the code is capital letters and three digits": pattern(r"[A-Z]+[1-9][0-9]{2}").fullmatch(rule.code),
        "the name is words of small letters, joined by -": pattern(r"[a-z0-9]+(?:-[a-z0-9]+)*").fullmatch(rule.name),
        "the first line of the docstring is a sentence": rule.title().endswith("."),
        "the docstring explains what happens, when it bites and how it looks": len(rationale) > _SHORTEST_RATIONALE,
        'the docstring says what to do, after "Remedy:"': "Remedy:" in rationale,
        "there are sources": rule.sources,
        "each source is an address": all(source.startswith("https://") for source in rule.sources),
        "a bad example marks its guilty line": any(
            marked in text for example in rule.bad for text in example.files.values()
        ),
        "there is a good example": rule.good,
        "the module begins with the code": rule.__module__.rpartition(".")[2].startswith(f"{rule.code.lower()}_"),
    }
    return [what for what, there in wanted.items() if not there]


def expected_marks(files: Mapping[str, str]) -> list[Mark]:
    """Return what `# expect: PR101, PR102` comments ask for, in order."""
    return sorted(
        Mark(name, number, code.strip())
        for name, text in files.items()
        for number, line in enumerate(text.splitlines(), 1)
        for match in _EXPECTATION.finditer(line)
        for code in match[1].split(",")
        if code.strip()
    )


def found_marks(outcome: Outcome, root: Path) -> list[Mark]:
    """Return the findings of an outcome as marks, file names relative to `root`."""
    top = root.resolve()
    return sorted(
        Mark(Path(finding.span.path).resolve().relative_to(top).as_posix(), finding.span.first.line, finding.code)
        for finding in outcome.findings
    )


def judge_folder(folder: Path, rules: Iterable[type[Rule[Any]]]) -> Outcome:
    """Judge one folder with the given rules, and with its plan.json, inventory.json and podroom.toml, if any."""
    written = folder / "podroom.toml"
    config = read_config(Document(str(written), written.read_text(encoding="utf-8"))) if written.exists() else None
    assumptions = Assumptions() if config is None else config.assumptions
    plans, inventories = (
        [str(folder / name)] if (folder / name).exists() else [] for name in ("plan.json", "inventory.json")
    )
    request = Request((str(folder),), parse, plans=plans, inventories=inventories, assumptions=assumptions)
    return check(request, Engine(rules))


def judge_example(example: Example, rules: Iterable[type[Rule[Any]]]) -> tuple[list[Mark], list[Mark], Outcome]:
    """Judge an example; return what it expects, what was found, and the whole outcome."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        for path, text in example.files.items():
            target = folder / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(text, encoding="utf-8")
        outcome = judge_folder(folder, rules)
        return expected_marks(example.files), found_marks(outcome, folder), outcome
