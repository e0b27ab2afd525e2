"""Loose parts of manifests, values and scripts -> the Worlds of the clusters that they belong to.

A part belongs to the cluster that it names: by its name, or by a tag of its subnets.  Otherwise it belongs
to the only cluster in the smallest folder around its file that holds any.  Where that folder holds several
it stays undecided, and so do the settings of each that it would change; where the project holds none the
part makes a World with a cluster that is not declared.
"""

from __future__ import annotations

from collections.abc import Sequence

from podroom.assembly.attaching import attach, attach_perhaps, undeclared
from podroom.assembly.manifests.parts import CniPart, ConfigMapPart, Loose, NodeClassPart
from podroom.assembly.manifests.unread import is_unread
from podroom.model.world import Cluster, Gap, Karpenter, NodePool, World
from podroom.records import dataclass, replace
from podroom.sources.folders import is_inside, upwards
from podroom.values import Known, Unknown

_MOST_NAMED = 4


@dataclass(frozen=True, slots=True)
class Placed:
    """A World with the folder of what it comes from, as an absolute path with `/` between its parts."""

    world: World
    folder: str


@dataclass(frozen=True, slots=True)
class LooseFile:
    """The parts of one file; `folder` as in `Placed`."""

    folder: str
    parts: Sequence[Loose]


@dataclass(frozen=True, slots=True)
class _Place:
    """A cluster of one World."""

    number: int
    address: str


@dataclass(frozen=True, slots=True)
class _Several:
    """Clusters that a part may belong to, and what a person calls them."""

    names: tuple[str, ...]
    places: tuple[_Place, ...]


def join(worlds: Sequence[Placed], files: Sequence[LooseFile]) -> list[World]:
    """Return the Worlds with the parts of all files in them, and those of parts that belong to none of them."""
    parts: dict[_Place, list[Loose]] = {}
    homeless: dict[tuple[str, str | None], list[Loose]] = {}
    unsettled: dict[tuple[_Several, int], list[Loose]] = {}
    unread: list[tuple[int, Gap]] = []
    every = _entries(worlds)
    for file_number, file in enumerate(files):
        for loose in file.parts:
            found = _places(every, loose, file.folder)
            if is_unread(loose):
                # Whichever of them it is for, it leaves the settings of each open.
                for place in found.places if isinstance(found, _Several) else found:
                    parts.setdefault(place, []).append(loose)
            elif isinstance(found, _Several):
                if _is_auto_mode(loose):
                    continue  # nothing is judged of it, so nothing is left open
                if isinstance(loose.part, Gap):
                    unread.append((found.places[0].number, loose.part))
                    continue
                unsettled.setdefault((found, file_number), []).append(loose)
            elif found:
                for place in found:
                    parts.setdefault(place, []).append(loose)
            else:
                homeless.setdefault((file.folder, loose.cluster), []).append(loose)
    joined = [placed.world for placed in worlds]
    for place, several in parts.items():
        joined[place.number] = _attached(joined[place.number], place.address, several)
    for (candidates, _), several in unsettled.items():
        gap = _ambiguous(candidates, several)
        doubt = Unknown(gap.reason, gap.span)
        for place in candidates.places:
            joined[place.number] = attach_perhaps(joined[place.number], place.address, several, doubt)
        first = candidates.places[0].number
        joined[first] = replace(joined[first], gaps=(*joined[first].gaps, gap))
    for number, gap in unread:
        joined[number] = replace(joined[number], gaps=(*joined[number].gaps, gap))
    for (folder, name), several in _gathered(homeless).items():
        joined.append(_own_world(folder, name, several))
    return joined


def attach_all(world: World, parts: Sequence[Loose]) -> World:
    """Return a World with the parts that its own files hold; each belongs to a cluster of this World."""
    by_cluster: dict[str, list[Loose]] = {}
    gaps: list[Gap] = []
    every = _entries([Placed(world, "")])
    for loose in parts:
        if not world.clusters:
            world = replace(world, clusters=(undeclared(loose.cluster, loose.span),))
            every = _entries([Placed(world, "")])
        # A tag need not be the name of a cluster, and these files have no other one.
        found = _places(every, loose, "") or _places(every, replace(loose, cluster=None), "")
        if isinstance(found, _Several):
            gap = _ambiguous(found, [loose])
            gaps.append(gap)
            for place in found.places:
                world = attach_perhaps(world, place.address, [loose], Unknown(gap.reason, gap.span))
            continue
        for place in found:
            by_cluster.setdefault(place.address, []).append(loose)
    for address, several in by_cluster.items():
        world = _attached(world, address, several)
    return replace(world, gaps=(*world.gaps, *gaps))


def _attached(world: World, address: str, parts: Sequence[Loose]) -> World:
    """Return a World with the parts of one cluster; what says itself that it may be of another leaves things open."""
    world = attach(world, {address: [loose for loose in parts if loose.doubt is None]})
    for loose in parts:
        if loose.doubt is not None:
            world = attach_perhaps(world, address, [loose], loose.doubt)
    return world


def _entries(worlds: Sequence[Placed]) -> list[tuple[_Place, Placed, Cluster]]:
    return [
        (_Place(number, cluster.address), placed, cluster)
        for number, placed in enumerate(worlds)
        for cluster in placed.world.clusters
    ]


def _places(every: Sequence[tuple[_Place, Placed, Cluster]], loose: Loose, folder: str) -> list[_Place] | _Several:
    """Return the clusters that a part belongs to (several only as variants of one), none, or which it may be."""
    candidates: Sequence[tuple[_Place, Placed, Cluster]]
    if loose.cluster is not None:
        named = [entry for entry in every if _is_named(entry[2], loose.cluster)]
        tagged = [entry for entry in every if _has_tag(entry[1].world, loose.cluster)]
        candidates = named or tagged
        if not candidates:
            # One whose name is not known may be the one that is meant; one with another name is not.
            candidates = every if loose.tag else [entry for entry in every if not isinstance(entry[2].name, Known)]
    else:
        candidates = every
    for around in upwards(folder):
        near = [entry for entry in candidates if is_inside(entry[1].folder, around)]
        if near:
            break
    else:
        return []
    near = [entry for entry in near if _suits(entry[2], loose)] or near
    roots = sorted({(placed.folder, place.address) for place, placed, _ in near})
    if len(roots) == 1:
        return [place for place, _, _ in near]
    names = tuple(f"{address} in {_relative(root, folder)}" for root, address in roots)
    return _Several(names, tuple(place for place, _, _ in near))


def _suits(cluster: Cluster, loose: Loose) -> bool:
    """Return whether a part of EKS Auto Mode meets a cluster with it, or any other part one without."""
    return _is_auto_mode(loose) is (isinstance(cluster.auto_mode, Known) and cluster.auto_mode.value)


def _is_auto_mode(loose: Loose) -> bool:
    part = loose.part
    if isinstance(part, NodePool):
        return part.auto_mode
    return isinstance(part, NodeClassPart) and part.node_class.auto_mode


def _ambiguous(several: _Several, parts: Sequence[Loose]) -> Gap:
    shown = ", ".join(several.names[:_MOST_NAMED])
    more = f" and {len(several.names) - _MOST_NAMED} more" if len(several.names) > _MOST_NAMED else ""
    others = f", and so may {len(parts) - 1} more of this file" if len(parts) > 1 else ""
    of_karpenter = any(isinstance(loose.part, Karpenter | NodePool | NodeClassPart) for loose in parts)
    name_it = "name the cluster in it (a tag karpenter.sh/discovery, settings.clusterName), or " if of_karpenter else ""
    reason = (
        f"it may belong to several clusters ({shown}{more}){others}; "
        f"{name_it}give podroom the folders of one cluster only"
    )
    return Gap(_address(parts[0]), reason, parts[0].span)


def _relative(root: str, folder: str) -> str:
    """Return a folder as it is called from the folder above both that is nearest."""
    parts, others = root.split("/"), folder.split("/")
    same = next((at for at, (one, other) in enumerate(zip(parts, others, strict=False)) if one != other), len(others))
    return "/".join(parts[same:]) or "."


def _address(loose: Loose) -> str:
    part = loose.part
    if isinstance(part, CniPart):
        return part.source.address
    if isinstance(part, NodeClassPart):
        return part.node_class.address
    return "ConfigMap/amazon-vpc-cni" if isinstance(part, ConfigMapPart) else part.address


def _is_named(cluster: Cluster, name: str) -> bool:
    return isinstance(cluster.name, Known) and cluster.name.value == name


def _has_tag(world: World, value: str) -> bool:
    return any(
        isinstance(tag, Known) and tag.value == value and key.startswith("karpenter.sh/")
        for subnet in world.subnets
        for key, tag in subnet.tags
    )


def _gathered(
    homeless: dict[tuple[str, str | None], list[Loose]],
) -> dict[tuple[str, str | None], list[Loose]]:
    """Put parts of a folder that name no cluster to those of the same folder that do, if they name just one.

    How Karpenter is installed is left out where that is all: it says nothing of a cluster that is not here.
    """
    gathered: dict[tuple[str, str | None], list[Loose]] = {}
    named: dict[str, list[str]] = {}
    for folder, name in homeless:
        named.setdefault(folder, []).extend([] if name is None else [name])
    for (folder, name), several in homeless.items():
        names = named[folder]
        key = (folder, names[0] if name is None and len(names) == 1 else name)
        gathered.setdefault(key, []).extend(several)
    return {
        (folder, name): several
        for (folder, name), several in gathered.items()
        if name is not None or not all(isinstance(loose.part, Karpenter) for loose in several)
    }


def _own_world(folder: str, name: str | None, parts: Sequence[Loose]) -> World:
    root = parts[0].span.path.rpartition("/")[0] or folder.rpartition("/")[2] or "."
    cluster = undeclared(name, parts[0].span)
    return attach(World(root=root, clusters=(cluster,)), {cluster.address: parts})
