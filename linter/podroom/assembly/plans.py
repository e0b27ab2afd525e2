"""Which root module a plan or a state of Terraform belongs to, and several of them for one root module."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from podroom.errors import UsageError
from podroom.evaluation.project import ProjectFiles, declared_blocks
from podroom.sources.files import folder_of, read_large
from podroom.sources.plan_values import Drift, RecordedValue
from podroom.sources.recorded import Calls, Key, Recorded
from podroom.sources.terraform_json import LARGEST, read_terraform_json

if TYPE_CHECKING:
    from podroom.evaluation.settled import Settled


def read_plans(paths: Sequence[str], files: ProjectFiles, roots: Sequence[str]) -> dict[str, Settled]:
    """Return what plans and states say, by the folder of the root module that they are of.

    That is the root module that declares most of the blocks in them; of several the one in whose folder they lie.
    Raises `InputError` for a file that is none of them, and `UsageError` if there is no such root module, or not one
    alone.
    """
    found: dict[str, list[Recorded]] = {}
    blocks = {root: declared_blocks(files, root) for root in roots}
    for path in paths:
        recorded = read_terraform_json(*read_large(path, LARGEST))
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
    return {root: several[0] if len(several) == 1 else _Several(several) for root, several in found.items()}


class _Several:
    """Several files about one root module: plans before states, and otherwise in the order of the command line."""

    def __init__(self, files: Sequence[Recorded]) -> None:
        self._files = sorted(files, key=lambda one: not one.plans)
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
        """Return how a resource instance was found, where that is not as Terraform left it and is going to change."""
        return next((found for one in self._files if (found := one.drift(address)) is not None), None)

    def owner(self, identity: str) -> str | None:
        """Return the address of the resource that has an id, None if there is none."""
        return next((found for one in self._files if (found := one.owner(identity)) is not None), None)
