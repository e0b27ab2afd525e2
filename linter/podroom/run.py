"""One run: paths in, an outcome out.  The command line and any other way in call this."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from functools import partial
from itertools import groupby
from typing import TYPE_CHECKING, TypeAlias

from podroom.assembly.loose import LooseParts
from podroom.assembly.workspaces import Described
from podroom.capacity.assessment import Assessment, Assumptions
from podroom.capacity.not_judged import not_judged
from podroom.catalog.instance_types import InstanceCatalog
from podroom.config import Config
from podroom.engine import (
    Engine,
    Outcome,
    Problem,
    Suppressed,
    Undecided,
    Unused,
    Verdict,
    across_variants,
    find_unused,
    settle,
)
from podroom.errors import NothingToJudgeError, UsageError
from podroom.evaluation.project import Assignment, Inputs, Options, load_root
from podroom.model.world import NodeGroup, World
from podroom.positions import Document
from podroom.records import dataclass, field, replace
from podroom.roots import told, worlds_of
from podroom.rule import Finding
from podroom.sources.disk import DISK, Tree
from podroom.sources.file_names import CONFIGURATION_ENDINGS
from podroom.sources.files import STANDARD_INPUT, Files, HclReader, absolute_folder, is_plan
from podroom.sources.hcl.syntax import ParsedFile
from podroom.sources.roots import find_roots, project_folder
from podroom.sources.search import EKSCTL, KUSTOMIZATION, MANIFEST, SCRIPT, YAML, YAML_TEMPLATES, search
from podroom.suppressions import Suppression, read_suppressions
from podroom.values import Unknown

if TYPE_CHECKING:
    from podroom.assembly.eksctl import Understood
    from podroom.assembly.live.inventories import Inventories
    from podroom.assembly.plans import PlansAlone
    from podroom.evaluation.project import ModuleCall, SuppliedModule
    from podroom.evaluation.root import ProjectFiles
    from podroom.evaluation.settled import Settled
    from podroom.sources.affected import Affected
    from podroom.sources.extents import HclExtents
    from podroom.sources.hcl.syntax import SyntaxProblem


Beside: TypeAlias = Callable[
    [Callable[[str], "list[SyntaxProblem]"], Sequence[str]], Callable[[], "Sequence[list[SyntaxProblem]]"]
]


@dataclass(frozen=True, slots=True)
class Settings:
    """With what a root is judged."""

    catalog: InstanceCatalog
    assumptions: Assumptions
    config: Config = field(default_factory=Config)


@dataclass(frozen=True, slots=True)
class Request:
    """What to judge, and with what beside it."""

    paths: Sequence[str]
    reader: HclReader
    given: Sequence[str | Assignment] = ()
    """Variable files by path, and assignments, the strongest last."""
    environment: Mapping[str, str] = field(default_factory=dict)
    """Variables that the environment sets, by name."""
    workspace: str | None = None
    plans: Sequence[str] = ()
    """Plans and states of Terraform by path, each for one of the root modules."""
    inventories: Sequence[str] = ()
    """Files of what the AWS CLI and kubectl printed, by path."""
    catalog: InstanceCatalog = field(default_factory=InstanceCatalog.bundled)
    assumptions: Assumptions = field(default_factory=Assumptions)
    configured: Callable[[str], Settings] | None = None
    """Returns what is configured for the root of a World, if that may be something else than the above."""
    tree: Tree | None = None
    """Where the files are; None is the disk."""
    project: str | None = None
    """The folder that files may not lead out of; None is the repository or folder that holds all paths."""
    before: Callable[[World], tuple[NodeGroup, ...] | None] = lambda _world: None
    """Returns the node groups of a World as they were before the change that is judged."""
    scope: Affected | None = None
    """What of all that is read is to be judged; None is all."""
    progress: Callable[[str, int, int], None] = lambda _what, _done, _total: None
    """Is told what is being done, and how many of how many are done."""
    beside: Beside = lambda work, items: lambda: [work(item) for item in items]
    """Begins to do some work on each of some paths, and returns what waits for its results, in their order."""

    def settings_of(self, root: str) -> Settings:
        """Return with what a root is judged."""
        return self.configured(root) if self.configured else Settings(self.catalog, self.assumptions)


def understand(request: Request) -> tuple[list[World], list[Problem], Files]:
    """Read everything below the paths into one World for each variant of a root module and ClusterConfig of eksctl.

    A path that cannot be judged is a problem beside the Worlds of the others.  Raises `NothingToJudgeError` if
    that holds for all of them, `UsageError` for a variable that no root module declares.
    """
    files = Files(request.project or project_folder(request.paths), request.reader, request.tree or DISK)
    loose = LooseParts(files)
    named = [path for path in request.paths if is_plan(path, files)]
    others = [path for path in request.paths if path not in named]
    listed = {absolute_folder(path) for path in request.inventories}
    wanted = search(others, files, (EKSCTL, MANIFEST, SCRIPT, KUSTOMIZATION))
    found = loose.take([one for one in wanted if not listed or absolute_folder(one.document.path) not in listed])
    roots = find_roots(others, files, {one.path for one in found})
    alone = _plans_alone(named, files, request.reader)
    if not (roots or found or alone):
        raise NothingToJudgeError("; ".join(problem.message for problem in files.problems))
    given = tuple(files.variable_file(one) if isinstance(one, str) else one for one in request.given)
    inputs = Inputs(request.environment, given)
    options = Options(inputs=inputs, workspace=request.workspace, adapters=_stand_in)
    plans = _plans(request, files, roots, {} if alone is None else alone.archives)
    recorded = [] if alone is None else list(alone.modules(options, plans))
    if not (roots or found or recorded):
        raise NothingToJudgeError("; ".join(problem.message for problem in files.problems))
    inventories = _inventories(request)
    silent = [path for path in files.silent if request.scope is None or request.scope.concerns(path)]
    check_syntax = request.beside(files.invalid, silent)
    understood = [
        one
        for root in _in_turn(roots, request)
        for one in worlds_of(root, files, loose, replace(options, settled=plans.get(root)), inventories)
    ]
    if inventories is not None:
        recorded = [inventories.resolve(module, None) for module in recorded]
    understood += [told(Described.of(module), files, loose) for module in recorded]
    in_plan_files = [] if alone is None else alone.parsed
    files.hold([parsed.document for parsed in in_plan_files])
    worlds = [world for world, _ in understood]
    problems = [problem for _, wrong in understood for problem in wrong]
    for parsed in in_plan_files:
        problems += [Problem(one.message, parsed.span(one), parsed.document.path) for one in parsed.problems]
    assigned = [one.name for one in given if isinstance(one, Assignment)]
    if assigned and not files.problems:
        modules = (*(load_root(files, root) for root in roots), *recorded)
        _refuse_undeclared(assigned, {name for module in modules for name in module.declarations.variables})
    documents = [one.document for one in found if one.interest is EKSCTL]
    of_eksctl: set[str] = set()
    if documents:
        from podroom.assembly.eksctl import assemble_eksctl  # noqa: PLC0415 - few projects have such a file

        eksctl = assemble_eksctl(documents)
        problems += [Problem(problem.message, problem.span, problem.span.path) for problem in eksctl.problems]
        of_eksctl = {world.root for world in eksctl.worlds}
        worlds = _with_eksctl(worlds, eksctl)
    worlds = loose.joined(worlds)
    if of_eksctl:
        from podroom.assembly.eksctl import with_cni_order  # noqa: PLC0415 - same

        worlds = [with_cni_order(world) if world.root in of_eksctl else world for world in worlds]
    if inventories is not None:
        worlds = inventories.laid(worlds)
    problems += [Problem(problem.message, problem.span, problem.span.path) for problem in loose.problems]
    for path, invalid in zip(silent, check_syntax(), strict=True):
        files.tell(path, invalid)
    problems += [Problem(problem.message, problem.span, problem.path) for problem in files.problems]
    return worlds, list(dict.fromkeys(problems)), files


def _stand_in(call: ModuleCall) -> SuppliedModule | None:
    """Return what stands in for a module that is not here."""
    from podroom.adapters.registry import stand_in  # noqa: PLC0415 - many root modules call none from elsewhere

    return stand_in(call)


def _in_turn(roots: Sequence[str], request: Request) -> Iterator[str]:
    """Yield the roots one after the other, and say which one is read."""
    for number, root in enumerate(roots):
        request.progress(f"reading {root}", number, len(roots))
        yield root


def _plans(
    request: Request, files: Files, roots: Sequence[str], archives: Mapping[str, ProjectFiles]
) -> Mapping[str, Settled]:
    """Return the plans and states that were named, by the root module that they are of."""
    if not request.plans:
        return {}
    from podroom.assembly.plans import read_plans  # noqa: PLC0415 - most runs have none

    return read_plans(request.plans, files, roots, archives, request.reader)


def _inventories(request: Request) -> Inventories | None:
    """Return what is there as inventories tell, None if there are none."""
    if not request.inventories:
        return None
    from podroom.assembly.live.inventories import Inventories  # noqa: PLC0415 - most runs have none

    return Inventories(request.inventories)


def _plans_alone(paths: Sequence[str], files: Files, reader: HclReader) -> PlansAlone | None:
    """Return the plans and states that are judged by themselves, None if there are none."""
    if not paths:
        return None
    from podroom.assembly.plans import PlansAlone  # noqa: PLC0415 - most runs have none

    return PlansAlone(paths, files, reader)


def _with_eksctl(worlds: Sequence[World], understood: Understood) -> list[World]:
    """Return all Worlds, those of eksctl joined with the others that make their clusters."""
    adding = [world for world in understood.worlds if world.root in understood.in_given_vpc]
    if not adding or not any(world.clusters for world in worlds):
        return [*worlds, *understood.worlds]
    from podroom.assembly.joining import Placed  # noqa: PLC0415 - most projects have one or the other
    from podroom.assembly.same_cluster import join_eksctl  # noqa: PLC0415 - same

    def placed(several: Sequence[World]) -> list[Placed]:
        return [Placed(world, absolute_folder(world.root)) for world in several]

    alone = [world for world in understood.worlds if world.root not in understood.in_given_vpc]
    return [*join_eksctl(placed(worlds), placed(adding)), *alone]


def _refuse_undeclared(variables: Iterable[str], declared: Collection[str]) -> None:
    for name in variables:
        if name not in declared:
            from difflib import get_close_matches  # noqa: PLC0415 - only a misspelt variable needs it

            close = get_close_matches(name, declared, n=1)
            hint = f"; did you mean {close[0]}?" if close else ""
            raise UsageError(f"--var {name}: no configuration that was read declares this variable{hint}")


def check(request: Request, engine: Engine) -> Outcome:
    """Judge everything below the paths, each root as its configuration says.  Raises as `understand` does."""
    understood, problems, files = understand(request)
    scope = request.scope
    if scope is not None:
        understood = [world for world in understood if scope.judges(world.root)]
        problems = [problem for problem in problems if scope.concerns(problem.path)]
    understood = [
        world if (groups := request.before(world)) is None else replace(world, before=groups) for world in understood
    ]
    verdicts = _Verdicts(request, engine)
    worlds: list[World] = []
    for _, variants in groupby(understood, key=lambda world: id(world) if world.variant is None else world.root):
        several = list(variants)
        request.progress(f"judging {several[0].root}", len(worlds), len(understood))
        worlds += verdicts.judge(several)
    suppressions = [
        suppression
        for document, last_line_of in _texts(files)
        for suppression in read_suppressions(document, last_line_of)
        if scope is None or scope.concerns(document.path)
    ]
    kept, still_open, suppressed = settle(verdicts.findings, verdicts.undecided, suppressions, verdicts.taken_back)
    if any(finding.edit is not None for finding in kept):
        from podroom.fixes import keep_safe_edits  # noqa: PLC0415 - most runs find nothing of the kind

        kept = keep_safe_edits(kept, verdicts.judged)
    outcome = Outcome(
        tuple(kept),
        tuple(still_open),
        tuple(suppressed),
        tuple(problems),
        tuple(worlds),
        ran=frozenset(verdicts.ran),
        inputs=frozenset(_inputs(request, worlds, files)),
    )
    known = {rule.code: rule.name for rule in engine.rules}
    unused = [*find_unused(outcome, suppressions, known), *verdicts.idle(outcome)]
    return replace(outcome, unused=tuple(unused))


def _texts(files: Files) -> Iterator[tuple[Document, Callable[[int], int]]]:
    """Yield every text that was read, each with what says where what begins on a line ends."""
    parsed = {id(one.document): one for one in files.parsed if not one.document.path.endswith(".json")}
    for document in files.documents:
        tree = parsed.get(id(document))
        if tree is not None:
            yield document, _HclLines(tree).last
        elif document.path.endswith((*YAML, *YAML_TEMPLATES)):
            yield document, partial(_last_line_in_yaml, document)
        else:
            yield document, lambda line: line


class _HclLines:
    """Says where what begins on the lines of a file ends; few files have a suppression, for which it is asked."""

    def __init__(self, parsed: ParsedFile) -> None:
        self._parsed = parsed
        self._extents: HclExtents | None = None

    def last(self, line: int) -> int:
        if self._extents is None:
            from podroom.sources.extents import HclExtents  # noqa: PLC0415 - only for a file with a suppression

            self._extents = HclExtents(self._parsed)
        return self._extents.last_line(line)


def _last_line_in_yaml(document: Document, line: int) -> int:
    from podroom.sources.extents import last_line_in_yaml  # noqa: PLC0415 - only for a file with a suppression

    return last_line_in_yaml(document, line)


def _inputs(request: Request, worlds: Iterable[World], files: Files) -> Iterator[str]:
    """Yield the files that were read, but for JSON that may be a report of an earlier run."""
    yield from (parsed.document.path for parsed in files.parsed)
    yield from (
        document.path
        for document in files.documents
        if not document.path.endswith(".json") or document.path.endswith(CONFIGURATION_ENDINGS)
    )
    named = (path for path in (*request.plans, *request.inventories) if path != STANDARD_INPUT)
    yield from (*named, *(path for path in request.paths if is_plan(path, files)))
    for path in {request.settings_of(world.root).config.path for world in worlds}:
        if path is not None:
            yield path


class _Verdicts:
    """Judges Worlds one root after the other, each as its configuration says, and keeps what comes out."""

    def __init__(self, request: Request, engine: Engine) -> None:
        self._request = request
        self._engine = engine
        self._configs: dict[int, Config] = {}
        self._used: set[int] = set()
        self.findings: list[Finding] = []
        self.undecided: list[Undecided] = []
        self.taken_back: list[Suppressed] = []
        self.judged: list[tuple[World, Sequence[Finding]]] = []
        """Each World with its own findings that nobody has accepted."""

    @property
    def ran(self) -> set[str]:
        """The codes of the rules that judged everything."""
        rules = self._engine.rules
        return {
            rule.code
            for rule in rules
            if all(config.selection.runs(rule.code, rule.name) for config in self._configs.values())
        }

    def judge(self, variants: Sequence[World]) -> list[World]:
        """Judge a root module or another World, and return it with notices of what no rule judges."""
        settings = self._request.settings_of(variants[0].root)
        config = settings.config
        if id(config) not in self._configs:
            config.check_rules([(rule.code, rule.name) for rule in self._engine.rules])
            self._configs[id(config)] = config
        worlds = [_with_notices(world, settings) for world in variants]
        verdicts = [_verdict(world, settings, self._engine) for world in worlds]
        self.judged += [
            (world, [finding for finding in of_world.findings if config.takes_back(config.judged(finding)) is None])
            for world, of_world in zip(worlds, verdicts, strict=True)
        ]
        verdict = across_variants(verdicts)
        self.undecided += verdict.undecided
        for finding in map(config.judged, verdict.findings):
            entry = config.takes_back(finding)
            if entry is None:
                self.findings.append(finding)
            else:
                self._used.add(id(entry))
                self.taken_back.append(Suppressed(finding, entry.reason, entry.span))
        return worlds

    def idle(self, outcome: Outcome) -> Iterator[Unused]:
        """Yield the entries of configurations that have ended, and those that take back nothing.

        What may lie outside of what was judged, or could not be read or decided, is not called idle.
        """
        scope = self._request.scope
        folders = [absolute_folder(path) for path in self._request.paths] if scope is None or scope.everything else []
        in_part = bool(outcome.problems) or not all(open_.codes for open_ in outcome.undecided)
        undecided = {code for open_ in outcome.undecided for code in open_.codes}
        for config in self._configs.values():
            whole = any(f"{config.paths.top}/".startswith(f"{folder.rstrip('/')}/") for folder in folders)
            for entry in config.accepted:
                suppression = Suppression((entry.rule,), entry.reason, entry.span, 0, 0)
                codes = {rule.code for rule in self._engine.rules if entry.names(rule.code, rule.name)}
                if entry.ended:
                    yield Unused(suppression, f"it has ended on {entry.until}: mend it, or give it another end")
                elif whole and not in_part and id(entry) not in self._used and codes <= outcome.ran - undecided:
                    yield Unused(suppression, f"nothing has a finding {entry.rule} that it takes back")


def _with_notices(world: World, settings: Settings) -> World:
    """Return a World with notices of what no rule judges."""
    notices = tuple(not_judged(Assessment(world, settings.catalog, settings.assumptions)))
    return replace(world, notices=(*world.notices, *notices)) if notices else world


def _verdict(world: World, settings: Settings, engine: Engine) -> Verdict:
    if world == World(world.root, variant=world.variant):
        return Verdict(world.variant, [], [])  # as most roots of a large repository are
    runs = settings.config.selection.runs
    findings, undecided = engine.judge(Assessment(world, settings.catalog, settings.assumptions), runs)
    for gap in world.gaps:
        missing = Unknown(gap.reason, gap.span, () if gap.cause is None else (gap.cause,))
        undecided.append(Undecided((), missing, gap.span, unread=(gap.address,)))
    return Verdict(world.variant, findings, undecided)
