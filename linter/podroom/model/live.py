"""What was found in the account and the cluster, beside what the configuration says will be there."""

from __future__ import annotations

from podroom.records import dataclass
from podroom.values import Default, Members, Value


@dataclass(frozen=True, slots=True)
class Listed(Default):
    """The origin of a value that the AWS CLI or kubectl printed: `supplier` is the file, `document` the command."""

    def __str__(self) -> str:
        """Return the file."""
        return self.supplier


@dataclass(frozen=True, slots=True)
class LiveNodes:
    """Nodes of one instance type that allow the same number of pods, as kubectl listed them.

    `group` is the address of their node group, None where that is not known.
    """

    names: tuple[str, ...]
    type: str
    pods: Value[int]
    group: str | None = None


@dataclass(frozen=True, slots=True)
class LeftInstances:
    """Instances that run in an Auto Scaling group of a type that it neither launches now nor is declared with.

    `launched` are the types that it launches; `group` is what the Auto Scaling group is called.
    """

    type: str
    ids: tuple[str, ...]
    group: str
    launched: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RunningNodes:
    """Nodes of a group that run in a subnet, and the addresses that they hold of it, None where that was not listed."""

    subnet: str
    nodes: Value[int]
    addresses: Value[int] | None = None


@dataclass(frozen=True, slots=True)
class Running:
    """All nodes of a group that run, by subnet.

    `supposed` says that their type or the settings of the CNI are taken to be others than those that they run with.
    """

    subnets: Members[RunningNodes]
    supposed: bool = False
