"""A root module in each of the workspaces that its own configuration tells apart, where nobody says which is meant.

`local.size[terraform.workspace]` has the workspaces as keys, `terraform.workspace == "prod"` names one.  What such a
configuration makes in one of them is known, where with any of them it is one of a few things.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from typing import TYPE_CHECKING

from podroom.assembly.terraform import assemble_parts
from podroom.evaluation.project import EvaluationProblem, Module, Options
from podroom.model.world import Gap, World
from podroom.patterns import pattern
from podroom.positions import Span
from podroom.records import dataclass, field, replace

if TYPE_CHECKING:
    from podroom.assembly.manifests.parts import Loose

OTHERS = "any other workspace"
DEFAULT = "default"
"""The workspace that is there before anybody makes one; where it is refused, others are used."""
_MOST_ROUNDS = 8
_NAME = pattern(r"[A-Za-z0-9$&+=:@_.~-]+")
"""What may be the name of a workspace: it stands in addresses as it is.

Source: https://github.com/hashicorp/terraform/blob/v1.11.4/internal/command/workspace_command.go (validWorkspaceName)
"""


@dataclass(frozen=True, slots=True)
class Described:
    """What a root module describes, and in which workspace if only there."""

    module: Module
    world: World
    parts: tuple[Loose, ...]
    workspace: str | None = None

    @classmethod
    def of(cls, module: Module, workspace: str | None = None) -> Described:
        """Return what a root module describes; it evaluates what bears on pods and nothing else."""
        world, parts = assemble_parts(module)
        return cls(module, world, parts, workspace)

    def problems(self) -> Iterator[EvaluationProblem]:
        """Iterate over what Terraform would refuse."""
        return (problem for part in self.module.walk() for problem in part.problems if problem.serious)


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which workspaces to look at: at most `most`.

    Where the variable files are named after workspaces, that is only these (`named`), else none that variable files
    which are not used here are named after (`elsewhere`).
    """

    most: int
    named: Collection[str] = field(default_factory=frozenset)
    elsewhere: Collection[str] = field(default_factory=frozenset)

    def of(self, names: Collection[str]) -> tuple[list[str], bool]:
        """Return those of some workspaces that are looked at, and whether workspaces with other names are too."""
        own = [name for name in names if name in self.named]
        return (own, False) if own else ([name for name in names if name not in self.elsewhere], True)


def in_each_workspace(
    first: Described, options: Options, load: Callable[[Options, str], Module], wanted: Wanted
) -> tuple[list[Described], list[Gap]]:
    """Return what a root module describes in each workspace, and which of them are left out.

    `first` is what it describes as far as no workspace is known, and all there is where that is the same in all of
    them or where the configuration tells none apart.  A workspace that Terraform refuses is left out.  `load` returns
    the root module for some options and what the workspace is called.
    """
    if options.workspace is not None or options.settled is not None or not first.world.about_eks:
        return [first], []
    names = _names(first.module)
    if not names:
        return [first], []
    others = first
    for _ in range(_MOST_ROUNDS):
        others = Described.of(load(replace(options, other_workspaces=frozenset(names)), OTHERS), OTHERS)
        more = [name for name in _names(others.module) if name not in names]
        if not more:
            break
        names += more
    chosen, with_others = wanted.of(names)
    kept: list[Described] = []
    gaps = list(_too_many(chosen[wanted.most :], first))
    for name in chosen[: wanted.most]:
        called = f"workspace {name}"
        one = Described.of(load(replace(options, workspace=name), called), called)
        refused = _refusal(one, first)
        if refused is None:
            kept.append(one)
        elif name != DEFAULT:
            message = f"it is not judged in workspace {name}, which Terraform refuses: {refused.message}"
            gaps.append(Gap("the root module", message, refused.span or _beginning(first)))
    if with_others and _refusal(others, first) is None:
        kept.append(others)
    if all((one.world, one.parts) == (first.world, first.parts) for one in kept):
        return [first], gaps
    return kept, gaps


def _names(module: Module) -> list[str]:
    return [name for name in module.project.workspaces if _NAME.fullmatch(name)]


def _refusal(one: Described, first: Described) -> EvaluationProblem | None:
    """Return what Terraform refuses in one workspace only."""
    known = {str(problem) for problem in first.problems()}
    return next((problem for problem in one.problems() if str(problem) not in known), None)


def _too_many(names: list[str], first: Described) -> Iterator[Gap]:
    if names:
        message = f"it is not judged in {len(names)} more workspaces, from {names[0]} on; name them by --workspace"
        yield Gap("the root module", message, _beginning(first))


def _beginning(first: Described) -> Span:
    return Span(first.module.files[0].document, 0, 0)
