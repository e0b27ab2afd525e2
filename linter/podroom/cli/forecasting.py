"""What `capacity` and `recommend` share: assumptions and what-ifs on the command line."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from functools import wraps
from typing import TYPE_CHECKING, TypeVar

import click

from podroom import __version__
from podroom.capacity.assessment import Assumptions, ZoneBalance
from podroom.catalog.instance_types import InstanceCatalog
from podroom.cli.output import EXIT_FAILED, complain, style, width
from podroom.cli.progress import Progress
from podroom.cli.reading import Reading
from podroom.engine import Problem
from podroom.model.world import World
from podroom.records import dataclass, replace
from podroom.report.capacity_text import BLOCKS, NARROWEST, WIDEST, Canvas
from podroom.run import understand

if TYPE_CHECKING:
    from podroom.report.capacity_json import Frame

T = TypeVar("T")

_ASSUMING = (
    click.option(
        "--pods-per-node", type=click.IntRange(min=1), help="Pods with an address that a node is expected to run."
    ),
    click.option("--host-network-pods", type=click.IntRange(min=0), help="Pods of a node that use the host's network."),
    click.option(
        "--zone-balance",
        type=click.Choice([balance.value for balance in ZoneBalance]),
        help="Whether nodes spread evenly over availability zones, or all crowd into one.",
    ),
)


@dataclass(frozen=True, slots=True)
class Assuming:
    """Assumptions as the command line says them; None leaves them to the configuration."""

    pods_per_node: int | None
    host_network_pods: int | None
    zone_balance: str | None

    def applied(self, configured: Assumptions) -> Assumptions:
        """Return the assumptions of the configuration with those of the command line before them."""
        if self.pods_per_node is not None:
            configured = replace(configured, expected_pods_per_node=self.pods_per_node)
        if self.host_network_pods is not None:
            configured = replace(configured, host_network_pods=self.host_network_pods)
        if self.zone_balance is not None:
            configured = replace(configured, zone_balance=ZoneBalance(self.zone_balance))
        return configured


def assumes(command: Callable[..., T]) -> Callable[..., T]:
    """Give a command the options for assumptions; it gets them as `assuming`."""

    @wraps(command)
    def wrapped(
        *, pods_per_node: int | None, host_network_pods: int | None, zone_balance: str | None, **others: object
    ) -> T:
        return command(assuming=Assuming(pods_per_node, host_network_pods, zone_balance), **others)

    for option in reversed(_ASSUMING):
        wrapped = option(wrapped)
    return wrapped


@dataclass(frozen=True, slots=True)
class Understood:
    """The configurations about Amazon EKS, what could not be read, and with what to work them out."""

    worlds: tuple[World, ...]
    problems: tuple[Problem, ...]
    catalog: InstanceCatalog
    assumptions: Assumptions

    def frame(self) -> Frame:
        """Return what stands around the configurations in JSON."""
        from podroom.report.capacity_json import Frame  # noqa: PLC0415 - only one of the formats is needed

        return Frame(self.problems, self.assumptions, __version__, self.catalog.date)


def understood(reading: Reading, assuming: Assuming) -> Understood:
    """Read what a command was given; raises `InputError` and `UsageError`."""
    with Progress() as progress:
        request = reading.request(progress=progress)
        assumptions = assuming.applied(request.assumptions)
        worlds, problems, _ = understand(replace(request, assumptions=assumptions))
    about_eks = tuple(world for world in worlds if world.about_eks)
    return Understood(about_eks, tuple(problems), request.catalog, assumptions)


def finish(problems: Sequence[Problem]) -> None:
    """Say what could not be read, and exit with 2 if there was anything."""
    for problem in problems:
        place = f"{problem.span}: " if problem.span else ""
        complain(place + problem.message)
    if problems:
        sys.exit(EXIT_FAILED)


def canvas(color: str) -> Canvas:
    """Return what a terminal or a pipe can be drawn on."""
    try:
        BLOCKS.encode(sys.stdout.encoding or "ascii")
        blocks = True
    except UnicodeEncodeError:
        blocks = False
    return Canvas(min(WIDEST, max(NARROWEST, width())), blocks, style(color))
