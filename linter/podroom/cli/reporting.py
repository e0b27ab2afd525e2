"""What the commands that report findings share: in which formats, where to, and what counts as a failure."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from typing import TypeAlias

from podroom import __version__
from podroom.catalog.instance_types import InstanceCatalog
from podroom.cli.output import EXIT_FAILED, EXIT_FINDINGS, style, write
from podroom.cli.places import paths_below
from podroom.cli.written_files import write_file
from podroom.config import Config
from podroom.engine import Outcome, Problem
from podroom.errors import PodroomError, UsageError
from podroom.positions import Paths
from podroom.records import dataclass, replace
from podroom.report.formats import render
from podroom.report.frame import Frame
from podroom.report.style import Style
from podroom.rule import Confidence, RuleEntry, Severity

Renderer: TypeAlias = Callable[[str, Outcome, Frame], str]
"""Takes the name of a format, an outcome and what stands around it; returns the text."""

SEVERITIES = {str(severity): severity for severity in sorted(Severity, reverse=True)}
CONFIDENCES = {str(confidence): confidence for confidence in Confidence}


@dataclass(frozen=True, slots=True)
class Reporting:
    """How to report, as the command line says it."""

    output_format: str = "text"
    outputs: tuple[tuple[str, str], ...] = ()
    """Formats, each with the file to write."""
    fail_on: Severity | None = None
    """None leaves it to the configuration; so does the next."""
    min_confidence: Confidence | None = None
    exit_zero: bool = False

    def configured(self, config: Config) -> Reporting:
        """Return how to report where the command line leaves it to the configuration."""
        return replace(
            self,
            fail_on=self.fail_on or config.fail_on,
            min_confidence=self.min_confidence or config.min_confidence,
        )

    @property
    def threshold(self) -> Severity:
        """The lowest severity that makes the run fail."""
        return self.fail_on or Severity.WARNING

    def certain(self, outcome: Outcome) -> Outcome:
        """Return an outcome without the findings that are less certain than was asked for."""
        kept = tuple(
            finding for finding in outcome.findings if finding.confidence >= (self.min_confidence or Confidence.LOW)
        )
        return replace(outcome, findings=kept, below_confidence=len(outcome.findings) - len(kept))

    def report(self, outcome: Outcome, rules: Iterable[RuleEntry], color: str, render: Renderer = render) -> None:
        """Write an outcome to standard output and into the files that were asked for, as `render` does.

        Raises `UsageError`, before anything is written, if one of the files was read.
        """
        _check_inputs(self.outputs, outcome.inputs)
        told = {finding.code for finding in outcome.findings}
        frame = Frame(
            version=__version__,
            catalog_date=InstanceCatalog.bundled().date,
            rules={rule.code: rule.load() for rule in rules if rule.code in told},
            fail_on=self.threshold,
            paths=_paths() if {self.output_format, *(name for name, _ in self.outputs)} - {"text", "json"} else Paths(),
        )
        for name, path in self.outputs:
            write_file(path, render(name, outcome, replace(frame, style=Style(colour=color == "always"))))
        said = render(self.output_format, outcome, replace(frame, style=style(color)))
        write(said, is_commands=self.output_format == "github")

    def report_error(self, error: PodroomError, path: str, color: str) -> None:
        """Say in the formats for programs that nothing could be done; people are told on standard error."""
        place = error.span.path if error.span else path
        outcome = Outcome(problems=(Problem(error.message, error.span, place),), inputs=frozenset({place}))
        programs = tuple((name, path) for name, path in self.outputs if name != "text")
        if self.output_format != "text":
            replace(self, outputs=programs).report(outcome, (), color)
        else:
            _check_inputs(programs, outcome.inputs)
            for name, file in programs:
                frame = Frame(__version__, InstanceCatalog.bundled().date, paths=_paths())
                write_file(file, render(name, outcome, frame))

    def exit_code(self, outcome: Outcome) -> int:
        """Return 2 if something could not be read, 1 if there are findings as severe as was asked for, 0 otherwise."""
        if outcome.problems:
            return EXIT_FAILED
        failed = not self.exit_zero and any(finding.severity >= self.threshold for finding in outcome.findings)
        return EXIT_FINDINGS if failed else 0


def _check_inputs(outputs: Iterable[tuple[str, str]], inputs: Iterable[str]) -> None:
    """Raise `UsageError` if a file is to be written that was read."""
    targets = {os.path.realpath(path): path for _, path in outputs}
    for path in inputs if targets else ():
        target = targets.get(os.path.realpath(path))
        if target is not None:
            raise UsageError(f"--output would write over {target}, which was read; name another file")


def _paths() -> Paths:
    """Return the current folder and the repository that it lies in."""
    current = folder = os.path.realpath(os.getcwd())
    while not os.path.exists(os.path.join(folder, ".git")):
        parent = os.path.dirname(folder)
        if parent == folder:
            folder = ""
            break
        folder = parent
    return paths_below(folder, current)
