"""Which root module a plan or a state of Terraform belongs to, and several of them for one root module."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from podroom.assembly.live.settled import LiveSettled
from podroom.errors import InputError, UsageError
from podroom.evaluation.project import Module, Options, ProjectFiles, declared_blocks, load_root
from podroom.evaluation.recorded_modules import RecordedModule, RecordedTree
from podroom.evaluation.root import Project
from podroom.model.world import Notice, World
from podroom.positions import Document, Span
from podroom.records import replace
from podroom.sources.files import ZIP, Files, HclReader, folder_of, read_large, without_collector
from podroom.sources.plan_alone import by_itself
from podroom.sources.plan_places import PlanPlaces
from podroom.sources.plan_values import FORGOTTEN, NOT_READ, Drift, RecordedValue
from podroom.sources.recorded import Calls, Key, Recorded
from podroom.sources.terraform_json import LARGEST, read_terraform_json, text_of

if TYPE_CHECKING:
    from podroom.evaluation.settled import Settled
    from podroom.sources.hcl.syntax import ParsedFile
    from podroom.sources.plan_file import PlanFile

_MAKE_NODES = frozenset(
    {"aws_autoscaling_group", "aws_eks_node_group", "aws_launch_configuration", "aws_launch_template"}
)
NODES_AND_CLUSTERS = ("aws_eks_cluster", "aws_eks_node_group", "aws_autoscaling_group")
"""What is told where a plan removes it."""
_DOUBLED = ("create", "delete")
_MOST_NAMED = 5


def read_plans(
    paths: Sequence[str],
    files: ProjectFiles,
    roots: Sequence[str],
    archives: Mapping[str, ProjectFiles],
    reader: HclReader,
) -> dict[str, Settled]:
    """Return what plans and states say, by the folder of the root module that they are of.

    That is the root module that declares most of the blocks in them; of several the one in whose folder they lie.
    `archives` are plan files, each of them the root module of its own name.
    Raises `InputError` for a file that is none of them, and `UsageError` if there is no such root module, or not one
    alone.
    """
    found: dict[str, list[Recorded]] = {}
    roots = [*roots, *archives]
    blocks = {root: declared_blocks(archives.get(root, files), root) for root in roots}
    for path in paths:
        recorded = _recorded(path, reader)
        common = {root: len(names & recorded.declared) for root, names in blocks.items()}
        best = [root for root in roots if common[root] and common[root] == max(common.values())]
        if not best:
            raise UsageError(f"{recorded.source} has nothing in common with any root module that was read")
        here = folder_of(path)
        if len(best) > 1 and here in best:
            best = [here]
        if len(best) > 1:
            named = " and ".join(sorted(best)[:2])
            raise UsageError(f"{recorded.source} may be of {named}: name the folder that it is of")
        found.setdefault(best[0], []).append(recorded)
    return {
        root: several[0] if len(several) == 1 else _beside_each_other(root, several) for root, several in found.items()
    }


def _beside_each_other(root: str, several: Sequence[Recorded]) -> Settled:
    """Return a plan and a state of one root module as one; of two plans, or two states, only one can be the last."""
    for of_plan, kind in ((True, "plans"), (False, "states")):
        same = [one.source for one in several if one.of_plan == of_plan]
        if len(same) > 1:
            raise UsageError(f"{same[0]} and {same[1]} are both {kind} of {root}: give the one that counts")
    return _Several(several)


def _recorded(path: str, reader: HclReader) -> Recorded:
    """Return what a plan or state says that lies beside a configuration; of its text nothing is kept twice."""
    shown, data = read_large(path, LARGEST)
    if data.startswith(ZIP):
        from podroom.sources.plan_file import PlanFile  # noqa: PLC0415 - most are JSON

        archive = PlanFile(shown, data, reader)
        declared = declared_blocks(archive, shown)
        for parsed in archive.parsed:
            for problem in parsed.problems:
                raise InputError(f"{parsed.span(problem)} is not read: {problem.message}")
        return archive.state(declared)
    text = text_of(shown, data)
    del data
    with without_collector():
        return read_terraform_json(shown, text)


class PlansAlone:
    """Plans and states that are named as paths, each of them judged by itself."""

    def __init__(self, paths: Sequence[str], files: Files, reader: HclReader) -> None:
        """Read the files; one that cannot be read is a problem of `files`."""
        self._files = files
        self._recorded: list[tuple[Recorded, PlanPlaces]] = []
        self.archives: dict[str, PlanFile] = {}
        """The plan files of `terraform plan -out`, by what they are called: also the root modules in them."""
        for path in paths:
            try:
                self._read(path, reader)
            except InputError as error:
                files.note(path, error.message)

    def _read(self, path: str, reader: HclReader) -> None:
        shown, data = read_large(path, LARGEST)
        if data.startswith(ZIP):
            from podroom.sources.plan_file import PlanFile  # noqa: PLC0415 - most are JSON

            archive = PlanFile(shown, data, reader)
            archive.state()  # a broken one is said here
            self.archives[shown] = archive
            return
        text = text_of(shown, data)
        del data
        with without_collector():
            recorded = by_itself(read_terraform_json(shown, text, alone=True))
        self._recorded.append((recorded, PlanPlaces(shown, text, (*recorded.instances, *recorded.removed))))

    def modules(self, options: Options, plans: Mapping[str, Settled]) -> Iterator[Module]:
        """Yield the root modules; `plans` are those that lie beside, by the root module that they are of."""
        for shown, archive in self.archives.items():
            module = load_root(archive, shown, options)
            settled = plans.get(shown)
            if settled is None:
                variables = dict.fromkeys(module.declarations.variables, NOT_READ)
                settled = archive.state().with_variables(variables)
            yield load_root(archive, shown, replace(options, settled=settled))
        for recorded, places in self._recorded:
            yield _module_of(recorded, places, self._files, Options(workspace=options.workspace))

    @property
    def parsed(self) -> list[ParsedFile]:
        """Return the configuration in plan files that was read so far."""
        return [parsed for archive in self.archives.values() for parsed in archive.parsed]


def _module_of(recorded: Recorded, places: PlanPlaces, files: ProjectFiles, options: Options) -> Module:
    project = Project(files, replace(options, settled=recorded, alone=True), recorded.source)
    return RecordedModule(project, RecordedTree(recorded, places))


def module_in_state(root: Module) -> Module | None:
    """Return the root module as a state beside the configuration has it, None where there is no state."""
    recorded = _plan_of(root.project.options.settled)
    if recorded is None or recorded.plans or root.project.options.alone:
        return None
    places = PlanPlaces(recorded.source, "", recorded.instances)
    return _module_of(by_itself(recorded), places, root.project.files, Options())


def module_before(root: Module) -> tuple[Module, tuple[str, ...]] | None:
    """Return the root module as it is before a plan, and what the plan makes anew before the old one is gone.

    None if the plan changes nothing that makes nodes.
    """
    recorded = _plan_of(root.project.options.settled)
    if recorded is None or not recorded.plans:
        return None
    before = recorded.before()
    changed = [recorded.instances.get(address) or one for address, one in recorded.earlier.items()]
    if before is None or not any(one is not None and one.type in _MAKE_NODES for one in changed):
        return None
    places = root.places if isinstance(root, RecordedModule) else PlanPlaces(recorded.source, "", before.instances)
    doubled = tuple(one.address for one in recorded.instances.values() if one.actions == _DOUBLED)
    return _module_of(by_itself(before), places, root.project.files, Options()), doubled


def only_refreshes(settled: Settled) -> bool:
    """Return whether a plan takes over what it found and changes nothing."""
    recorded = _plan_of(settled)
    return recorded is not None and recorded.refreshes


def plan_notices(settled: Settled, world: World, removed: Mapping[str, Span]) -> tuple[Notice, ...]:
    """Return what is to be known of a plan beside its values.

    That it failed, which clusters and groups it deletes (`removed`, each with its place) or forgets, and groups that
    it found deleted.
    """
    recorded = _plan_of(settled)
    if recorded is None:
        return ()
    notices = [*_removals(recorded, removed, world)]
    notices += [
        Notice(f"{group.address} was deleted outside Terraform, as {recorded.source} found", group.span)
        for group in world.node_groups
        if group.address in recorded.deleted
    ]
    spans = [*(one.span for one in world.clusters), *(one.span for one in world.node_groups)]
    if recorded.in_plan_file and spans:
        notices.append(
            Notice(
                f"{recorded.source} is a plan file, of which the state is read and what is planned is not: "
                f"only Terraform reads that; give with --plan what `terraform show -json {recorded.source}` prints",
                spans[0],
            )
        )
    notices += _another(recorded, world)
    if recorded.errored and spans:
        notices.append(
            Notice(f"{recorded.source} is of a plan that failed: it may lack what was not planned", spans[0])
        )
    return tuple(notices)


def _another(recorded: Recorded, world: World) -> Iterator[Notice]:
    """Yield that a plan or state has nothing of what is declared, so it may not be of this configuration."""
    if recorded.in_plan_file or recorded.complete is False:
        return
    declared = {one.address: one.span for one in world.clusters if one.declared}
    declared |= {one.address: one.span for one in world.node_groups}
    there = set(map(_outermost, recorded.addresses()))
    missing = [address for address in declared if _outermost(address) not in there]
    if missing and len(missing) == len(declared):
        kind = "plan" if recorded.of_plan else "state"
        yield Notice(
            f"{recorded.source} has none of the clusters and node groups that the configuration declares: "
            f"is it the {kind} of another root module, or of another revision?",
            declared[missing[0]],
        )
    elif missing and recorded.plans and recorded.complete:
        named = _listed(missing)
        yield Notice(
            f"{recorded.source} says that it is complete, and has nothing of {named}: "
            "is it the plan of another revision?",
            declared[missing[0]],
        )


def _outermost(address: str) -> str:
    """Return the block of the root module that an address is of: `module.eks`, `aws_eks_node_group.blue`."""
    parts = address.partition("[")[0].split(".")
    return ".".join(parts[: 3 if parts[0] == "data" else 2])


def _removals(recorded: Recorded, removed: Mapping[str, Span], world: World) -> Iterator[Notice]:
    if removed:
        yield Notice(f"{recorded.source} deletes {_listed(list(removed))}: not judged", next(iter(removed.values())))
    places = {one.address: one.span for one in world.clusters}
    places |= {one.address: one.span for one in world.node_groups}
    forgotten = [
        one.address
        for one in recorded.instances.values()
        if one.actions == FORGOTTEN and (one.type in NODES_AND_CLUSTERS or one.address in places)
    ]
    for known, told in ((True, "judged as it is"), (False, "not judged")):
        names = [name for name in forgotten if (name in places) == known]
        if names:
            place = places.get(names[0]) or Span(Document(recorded.source, ""), 0, 0)
            message = f"{recorded.source} has Terraform forget {_listed(names)}, and leaves it in place: {told}"
            yield Notice(message, place)


def _listed(names: list[str]) -> str:
    """Return names for a sentence, of very many the first."""
    more = [f"{len(names) - _MOST_NAMED} more"] if len(names) > _MOST_NAMED else []
    *most, last = (*names[:_MOST_NAMED], *more)
    return f"{', '.join(most)} and {last}" if most else last


def _plan_of(settled: Settled | None) -> Recorded | None:
    """Return the plan or state among what is known beside a configuration."""
    if isinstance(settled, LiveSettled):
        settled = settled.beside
    found = settled.first if isinstance(settled, _Several) else settled
    return found if isinstance(found, Recorded) else None


class _Several:
    """Several files about one root module: plans before states, and otherwise in the order of the command line."""

    def __init__(self, files: Sequence[Recorded]) -> None:
        self._files = sorted(files, key=lambda one: not one.plans)
        self.first = self._files[0]
        self.source = self._files[0].source
        self.plans = self._files[0].plans

    @property
    def variables(self) -> Mapping[str, RecordedValue]:
        """Return the values of root variables."""
        return {name: value for one in reversed(self._files) for name, value in one.variables.items()}

    def values(self, address: str) -> Mapping[str, RecordedValue] | None:
        """Return the attributes of a resource instance, None if there is nothing about it."""
        return next((found for one in self._files if (found := one.values(address)) is not None), None)

    def keys(self, calls: Calls, block: str) -> tuple[Key, ...] | None:
        """Return the instance keys that a block of a module will have; None if that is not said."""
        return next((found for one in self._files if (found := one.keys(calls, block)) is not None), None)

    def drift(self, address: str) -> Drift | None:
        """Return how a resource instance was found, where that is not as Terraform left it."""
        return next((found for one in self._files if (found := one.drift(address)) is not None), None)

    def removes(self, address: str) -> bool:
        """Return whether a plan deletes a resource instance that is there."""
        return any(one.removes(address) for one in self._files)

    def owner(self, identity: str) -> str | None:
        """Return the address of the resource that has an id, None if there is none."""
        return next((found for one in self._files if (found := one.owner(identity)) is not None), None)
