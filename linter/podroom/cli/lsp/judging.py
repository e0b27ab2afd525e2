"""What is open in an editor, judged: the root modules that read an open file, whole, as `podroom check` judges them."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from podroom.capacity.assessment import Assessment
from podroom.capacity.forecast import Forecast, forecast
from podroom.cli.reading import Reading
from podroom.cli.unsaved import UnsavedTree
from podroom.engine import AnyRule, Engine, Outcome, Problem
from podroom.errors import NothingToJudgeError, PodroomError
from podroom.positions import Document
from podroom.records import dataclass, replace
from podroom.rule import Confidence
from podroom.run import Settings, check
from podroom.sources.affected import affected
from podroom.sources.files import Files, read_document
from podroom.sources.hcl.parser import parse
from podroom.sources.roots import project_folder


@dataclass(frozen=True, slots=True)
class Judged:
    """A project with some files open: the outcome, and with what each root was judged."""

    outcome: Outcome
    settings_of: Callable[[str], Settings]
    forecasts: list[Forecast]
    """Those of all Worlds, once `capacity` has worked them out."""

    def capacity(self) -> Sequence[Forecast]:
        """Return the forecasts of all Worlds about Amazon EKS."""
        if not self.forecasts:
            self.forecasts.extend(self._worked_out())
        return self.forecasts

    def _worked_out(self) -> Iterator[Forecast]:
        for world in self.outcome.worlds:
            if world.about_eks:
                settings = self.settings_of(world.root)
                yield forecast(Assessment(world, settings.catalog, settings.assumptions))


def judge(project: str, opened: Mapping[str, str], rules: Sequence[type[AnyRule]]) -> Judged:
    """Judge what open files of a project concern; they are given by their real paths with the texts in the editor.

    What is wrong with podroom's own configuration is a problem of the outcome.  Raises `OSError` for a folder that
    cannot be read.
    """
    top = os.path.relpath(project)
    tree = _tree(opened)
    reading = Reading((top,), (), from_environment=False, workspace=None, hcl_parser="podroom")
    configurations = reading.configurations()
    try:
        scope = affected(map(os.path.relpath, opened), top, Files(top, parse, tree))
        if scope is None:
            return Judged(Outcome(), configurations.of, [])
        request = replace(reading.request(configurations), tree=tree, scope=scope)
        config = configurations.nearest(request.paths).config
        outcome = check(request, Engine(rules))
        if config.baseline is not None:
            from podroom.cli.baseline import without_known  # noqa: PLC0415 - only a project with a baseline needs it

            outcome = without_known(outcome, config.baseline, ())
    except NothingToJudgeError:
        return Judged(Outcome(), configurations.of, [])
    except PodroomError as error:
        path = error.span.path if error.span else next(iter(opened))
        return Judged(Outcome(problems=(Problem(error.message, error.span, path),)), configurations.of, [])
    least = config.min_confidence or Confidence.LOW
    certain = tuple(finding for finding in outcome.findings if finding.confidence >= least)
    return Judged(replace(outcome, findings=certain), configurations.of, [])


def project_of(path: str, folders: Iterable[str]) -> str:
    """Return the project of a file: its repository, or the innermost of the editor's folders that holds it."""
    own = project_folder([os.path.dirname(path)])
    if os.path.exists(os.path.join(own, ".git")):
        return own
    holding = [folder for folder in map(os.path.realpath, folders) if path.startswith(os.path.join(folder, ""))]
    return max(holding, key=len, default=own)


def current_text(path: str, opened: Mapping[str, str]) -> str | None:
    """Return what a file says now, None if it cannot be read."""
    document = read_document(path, _tree(opened))
    return document.text if isinstance(document, Document) else None


def _tree(opened: Mapping[str, str]) -> UnsavedTree:
    return UnsavedTree({path: text.encode("utf-8", "surrogatepass") for path, text in opened.items()})
