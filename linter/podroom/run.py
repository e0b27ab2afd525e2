"""One run: paths in, an outcome out.  The command line and any other way in call this."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import field, replace

from podroom.adapters.registry import stand_in
from podroom.assembly.terraform import assemble
from podroom.capacity.assessment import Assessment, Assumptions
from podroom.catalog.instance_types import InstanceCatalog
from podroom.engine import Engine, Outcome, Problem, Undecided, find_unused, read_suppressions, settle
from podroom.errors import InputError, UsageError
from podroom.evaluation.project import Options, load_root
from podroom.model.world import Gap, World
from podroom.records import dataclass
from podroom.rule import Finding
from podroom.sources.files import Files, HclReader, find_roots, project_folder
from podroom.sources.search import EKSCTL, search
from podroom.values import Unknown


@dataclass(frozen=True, slots=True)
class Request:
    """What to judge, and with what beside it."""

    paths: Sequence[str]
    reader: HclReader
    variable_files: Sequence[str] = ()
    variables: Sequence[tuple[str, str]] = ()
    workspace: str | None = None
    catalog: InstanceCatalog = field(default_factory=InstanceCatalog.bundled)
    assumptions: Assumptions = field(default_factory=Assumptions)


def understand(request: Request) -> tuple[list[World], list[Problem], Files]:
    """Read everything below the paths into one World for each root module and each ClusterConfig of eksctl.

    A path that cannot be judged is a problem beside the Worlds of the others.  Raises `InputError` if
    that holds for all of them, `UsageError` for a variable that no root module declares.
    """
    files = Files(project_folder(request.paths), request.reader)
    found = search(request.paths, files, (EKSCTL,))
    roots = find_roots(request.paths, files, {one.path for one in found})
    if not roots and not found:
        raise InputError("; ".join(problem.message for problem in files.problems))
    options = Options(
        variable_files=tuple(files.variable_file(path) for path in request.variable_files),
        variables=dict(request.variables),
        workspace=request.workspace,
        adapters=stand_in,
    )
    worlds: list[World] = []
    problems: list[Problem] = []
    declared: set[str] = set()
    for root in roots:
        module = load_root(files, root, options)
        declared.update(module.declarations.variables)
        world = assemble(module)
        if world.about_eks:
            files.variables(root)  # one that cannot be read is said, even if no variable was looked up
        for part in module.walk() if world.about_eks else ():
            for problem in part.problems:
                if problem.serious:
                    path = problem.span.path if problem.span else root
                    problems.append(Problem(problem.message, problem.span, path))
                elif problem.span is not None:
                    gap = Gap(part.address or "the root module", problem.message, problem.span)
                    world = replace(world, gaps=(*world.gaps, gap))
        worlds.append(world)
    if not files.problems:
        _refuse_undeclared(request.variables, declared)
    documents = [one.document for one in found if one.interest is EKSCTL]
    if documents:
        from podroom.assembly.eksctl import assemble_eksctl  # noqa: PLC0415 - few projects have such a file

        understood = assemble_eksctl(documents)
        worlds += understood.worlds
        problems += [Problem(problem.message, problem.span, problem.span.path) for problem in understood.problems]
    problems += [Problem(problem.message, problem.span, problem.path) for problem in files.problems]
    return worlds, list(dict.fromkeys(problems)), files


def _refuse_undeclared(variables: Sequence[tuple[str, str]], declared: Collection[str]) -> None:
    for name, _ in variables:
        if name not in declared:
            from difflib import get_close_matches  # noqa: PLC0415 - only a misspelt variable needs it

            close = get_close_matches(name, declared, n=1)
            hint = f"; did you mean {close[0]}?" if close else ""
            raise UsageError(f"--var {name}: no configuration that was read declares this variable{hint}")


def check(request: Request, engine: Engine) -> Outcome:
    """Judge everything below the paths.  Raises as `understand` does."""
    worlds, problems, files = understand(request)
    findings: list[Finding] = []
    undecided: list[Undecided] = []
    for world in worlds:
        found, open_ = engine.judge(Assessment(world, request.catalog, request.assumptions))
        findings += found
        undecided += open_
        undecided += [Undecided((), (gap.address,), Unknown(gap.reason, gap.span), gap.span) for gap in world.gaps]
    suppressions = [suppression for document in files.documents for suppression in read_suppressions(document)]
    kept, still_open, suppressed = settle(findings, undecided, suppressions)
    outcome = Outcome(tuple(kept), tuple(still_open), tuple(suppressed), tuple(problems), tuple(worlds))
    return replace(outcome, unused=tuple(find_unused(outcome, suppressions, {rule.code for rule in engine.rules})))
