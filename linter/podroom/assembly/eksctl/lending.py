"""Several ClusterConfigs of one cluster: who lends what it says to whom.

People keep the node groups of a cluster in one file and its add-ons or its VPC in another.  A ClusterConfig without
node groups lends its sections to those of the same name and region that lack them: to those of its own folder, or of
the nearest one; where no file has node groups, to the first of its folder.
"""

from __future__ import annotations

from collections.abc import Sequence

from podroom.assembly.cni import ADDON
from podroom.assembly.eksctl.node_groups import count_node_groups
from podroom.assembly.eksctl.reading import items, mapping, scalar, text
from podroom.model.world import Gap
from podroom.positions import Document, Span
from podroom.records import dataclass
from podroom.sources.folders import is_inside, upwards
from podroom.sources.templated import Condition
from podroom.sources.yaml import Mapping, Scalar
from podroom.values import Known, Unknown


@dataclass(frozen=True, slots=True)
class ClusterConfig:
    """One ClusterConfig: where it stands, and the name of its cluster."""

    document: Document
    root: Mapping
    name: str | None
    span: Span
    conditions: tuple[Condition, ...] = ()

    @property
    def folder(self) -> str:
        """Return the folder of the file."""
        return self.document.path.rpartition("/")[0]


class Lending:
    """Which ClusterConfigs lend, to whom, and where that is not certain."""

    def __init__(self, configs: Sequence[ClusterConfig]) -> None:
        """Look at all ClusterConfigs of a project."""
        self._lenders: dict[int, list[ClusterConfig]] = {}
        self._perhaps: dict[int, list[tuple[ClusterConfig, Unknown]]] = {}
        self._gaps: dict[int, list[Gap]] = {}
        self._lending: set[int] = set()
        borrowers: dict[str, list[ClusterConfig]] = {}
        first: dict[tuple[str, str], ClusterConfig] = {}
        for config in configs:
            if config.name is not None and count_node_groups(config.root):
                borrowers.setdefault(config.name, []).append(config)
            elif config.name is not None:
                first.setdefault((config.name, config.folder), config)
        for config in configs:
            if config.name is not None and not count_node_groups(config.root):
                here = first[config.name, config.folder]
                named = [one for one in borrowers.get(config.name, ()) if _same_region(one, config)]
                self._lend(config, named or ([here] if here is not config and _same_region(here, config) else []))
        for several in borrowers.values():
            self._side_by_side(several)

    def lends(self, config: ClusterConfig) -> bool:
        """Return whether a ClusterConfig is judged as a part of others only."""
        return id(config) in self._lending

    def lenders(self, config: ClusterConfig) -> Sequence[ClusterConfig]:
        """Return those that lend their sections to a ClusterConfig for certain."""
        return self._lenders.get(id(config), ())

    def perhaps(self, config: ClusterConfig) -> Sequence[tuple[ClusterConfig, Unknown]]:
        """Return those that may be for this cluster or for another one of its name, and why."""
        return self._perhaps.get(id(config), ())

    def gaps(self, config: ClusterConfig) -> Sequence[Gap]:
        """Return what is to be said of those that `perhaps` returns, once."""
        return self._gaps.get(id(config), ())

    def _lend(self, lender: ClusterConfig, borrowers: Sequence[ClusterConfig]) -> None:
        near: list[ClusterConfig] = []
        for around in upwards(lender.folder):
            near = [one for one in borrowers if is_inside(one.folder, around)]
            if near:
                break
        if not near:
            return
        self._lending.add(id(lender))
        if len({one.folder for one in near}) == 1:
            for one in near:
                self._lenders.setdefault(id(one), []).append(lender)
            return
        shown = ", ".join(dict.fromkeys(one.document.path for one in near[:_MOST_NAMED]))
        more = " and others" if len(near) > _MOST_NAMED else ""
        reason = (
            f"it may be for several clusters named {lender.name} ({shown}{more}); give podroom the files of one only"
        )
        self._gaps.setdefault(id(near[0]), []).append(Gap(f"ClusterConfig/{lender.name}", reason, lender.span))
        for one in near:
            self._perhaps.setdefault(id(one), []).append((lender, Unknown(reason, lender.span)))

    def _side_by_side(self, several: Sequence[ClusterConfig]) -> None:
        """Note that an add-on of one file may be for the nodes of another one that names the same cluster."""
        with_cni = [(config, name) for config in several if (name := _add_on(config)) is not None]
        without = [one for one in several if all(_add_on(other) is None for other in (one, *self.lenders(one)))]
        for config in without:
            for other, name in with_cni:
                if other.folder == config.folder and _same_region(other, config):
                    reason = (
                        f"{config.document.path} may be for the cluster that gets the add-on here, "
                        "or for another one of its name"
                    )
                    self._perhaps.setdefault(id(config), []).append((other, Unknown(reason, name.span)))


_MOST_NAMED = 3


def _add_on(config: ClusterConfig) -> Scalar | None:
    """Return the name of the add-on by which a ClusterConfig says how its cluster gets a CNI."""
    names = (scalar(node, "name") for node in items(config.root, "addons") if isinstance(node, Mapping))
    return next((name for name in names if name is not None and name.text.lower() == ADDON), None)


def _same_region(one: ClusterConfig, other: ClusterConfig) -> bool:
    regions = [text(mapping(config.root, "metadata"), "region") for config in (one, other)]
    return len({region.value for region in regions if isinstance(region, Known)}) <= 1
