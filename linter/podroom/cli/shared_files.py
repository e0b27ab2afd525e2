"""Which fixes are left alone because something reads their file that the run has not judged."""

from __future__ import annotations

import os

from podroom.cli.reading import Reading
from podroom.engine import Outcome
from podroom.records import dataclass, replace
from podroom.sources.affected import Readers, readers
from podroom.sources.disk import Tree
from podroom.sources.files import Files
from podroom.sources.hcl.parser import parse
from podroom.sources.roots import project_folder


def keep_judged_edits(outcome: Outcome, reading: Reading, tree: Tree) -> tuple[Outcome, tuple[str, ...]]:
    """Return an outcome without edits of files that others read or that lie elsewhere, and a sentence for each file."""
    given = reading.paths or (".",)
    top = project_folder(given)
    paths = {finding.edit.span.path for finding in outcome.findings if finding.edit is not None}
    real = {path: os.path.realpath(path) for path in sorted(paths)}
    found = readers(real.values(), top, Files(top, parse, tree))
    run = _Run(outcome, reading, tuple(map(_folder, given)))
    reasons = {path: run.unjudged(real[path], found[real[path]]) for path in real}
    left = {path: why for path, why in reasons.items() if why is not None}
    kept = tuple(
        replace(finding, edit=None) if finding.edit is not None and finding.edit.span.path in left else finding
        for finding in outcome.findings
    )
    shown = os.path.relpath(top)
    command = f"run podroom check {shown} --fix" if shown != "." else "run podroom check --fix"
    sentences = (f"{path} is not fixed: {why}; {command}" for path, why in left.items())
    return replace(outcome, findings=kept), tuple(sentences)


@dataclass(frozen=True, slots=True)
class _Run:
    outcome: Outcome
    reading: Reading
    given: tuple[str, ...]
    """The real folders that were given."""

    def unjudged(self, path: str, reads: Readers) -> str | None:
        """Return why a file, by its real path, is not to be changed, None if it may be."""
        judged = {os.path.realpath(world.root) for world in self.outcome.worlds}
        broken = {os.path.dirname(os.path.realpath(problem.path)) for problem in self.outcome.problems}
        for root in sorted(reads.roots):
            shown, real = os.path.relpath(root), os.path.realpath(root)
            if real not in judged:
                return f"{shown} reads it too and was not judged"
            if real in broken:
                return f"{shown} reads it and could not be read whole"
        if not any(path.startswith(os.path.join(folder, "")) for folder in self.given):
            return "it lies outside of what was given"
        narrowed = self._narrowed(reads) if reads.roots else None
        return None if narrowed is None else f"{os.path.relpath(min(reads.roots))} was judged only with {narrowed}"

    def _narrowed(self, reads: Readers) -> str | None:
        """Return what of the command line keeps other values of variables out of the judgement."""
        given = dict(reversed(self.reading.given))
        if "var" in given:
            return f"--var {given['var']}"
        if self.reading.workspace is not None:
            return f"--workspace {self.reading.workspace}"
        if self.reading.plans:
            return f"--plan {self.reading.plans[0]}"
        named = {os.path.realpath(text) for option, text in self.reading.given if option == "var_file"}
        return f"--var-file {given['var_file']}" if named and reads.variable_files - named else None


def _folder(path: str) -> str:
    real = os.path.realpath(path)
    return real if os.path.isdir(real) else os.path.dirname(real)
