"""Loose parts of manifests, values and scripts -> the Worlds of the clusters that they belong to.

A part belongs to the cluster that it names: by its name, or by a tag of its subnets.  Otherwise it belongs
to the only cluster in the smallest folder around its file that holds any.  Where that folder holds several
it stays undecided, and where the project holds none the part makes a World with a cluster that is not
declared.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import TypeVar

from podroom.assembly.cni_defaults import UNDECLARED
from podroom.assembly.cni_sources import with_sources
from podroom.assembly.manifests.parts import CniPart, ConfigMapPart, Loose, NodeClassPart, SubnetTerm
from podroom.model.world import (
    Cluster,
    CniNode,
    CniSettings,
    Gap,
    Karpenter,
    NodeClass,
    NodePool,
    PodSubnet,
    SecurityGroupPolicy,
    Subnet,
    SubnetUse,
    World,
)
from podroom.positions import Span
from podroom.records import dataclass
from podroom.values import Default, Known, Members, OneOf, Unknown, Value, first_unknown

P = TypeVar("P", NodePool, NodeClass)

CUSTOM_NETWORKING = "AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG"

_EKS = Default("Amazon EKS", "https://docs.aws.amazon.com/eks/latest/APIReference/API_CreateCluster.html")
_NOT_HERE = "the cluster is not in this project, so what else sets its CNI is not known"
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


def join(worlds: Sequence[Placed], files: Sequence[LooseFile]) -> list[World]:
    """Return the Worlds with the parts of all files in them, and those of parts that belong to none of them."""
    parts: dict[_Place, list[Loose]] = {}
    homeless: dict[tuple[str, str | None], list[Loose]] = {}
    gaps: dict[str, list[Gap]] = {}
    for file in files:
        reported = False
        for loose in file.parts:
            found = _places(worlds, loose, file.folder)
            if isinstance(found, Gap):
                if not reported:
                    gaps.setdefault(_nearest(worlds, file.folder), []).append(found)
                reported = True
            elif found:
                for place in found:
                    parts.setdefault(place, []).append(loose)
            else:
                homeless.setdefault((file.folder, loose.cluster), []).append(loose)
    joined = []
    for number, placed in enumerate(worlds):
        here = {place.address: several for place, several in parts.items() if place.number == number}
        world = attach(placed.world, here)
        joined.append(replace(world, gaps=(*world.gaps, *gaps.get(placed.folder, ()))))
    for (folder, name), several in _gathered(homeless).items():
        joined.append(_own_world(folder, name, several))
    return joined


def attach_all(world: World, parts: Sequence[Loose]) -> World:
    """Return a World with the parts that its own files hold; each belongs to a cluster of this World."""
    by_cluster: dict[str, list[Loose]] = {}
    gaps: list[Gap] = []
    placed = [Placed(world, "")]
    for loose in parts:
        if not world.clusters:
            world = replace(world, clusters=(_undeclared(loose.cluster, loose.span),))
            placed = [Placed(world, "")]
        # A tag need not be the name of a cluster, and these files have no other one.
        found = _places(placed, loose, "") or _places(placed, replace(loose, cluster=None), "")
        if isinstance(found, Gap):
            gaps.append(found)
            continue
        for place in found:
            by_cluster.setdefault(place.address, []).append(loose)
    joined = attach(world, by_cluster)
    return replace(joined, gaps=(*joined.gaps, *gaps))


def attach(world: World, parts: dict[str, list[Loose]]) -> World:
    """Return a World with parts added to its clusters, which `parts` names by their addresses."""
    for address, several in parts.items():
        world = _attach(world, address, several)
    return world


def _places(worlds: Sequence[Placed], loose: Loose, folder: str) -> list[_Place] | Gap:
    """Return the clusters that a part belongs to (several only as variants of one), none, or why it is not known."""
    every = [
        (_Place(number, cluster.address), placed, cluster)
        for number, placed in enumerate(worlds)
        for cluster in placed.world.clusters
    ]
    if loose.cluster is not None:
        named = [entry for entry in every if _is_named(entry[2], loose.cluster)]
        tagged = [entry for entry in every if _has_tag(entry[1].world, loose.cluster)]
        candidates = named or tagged
        if not candidates:
            # One whose name is not known may be the one that is meant; one with another name is not.
            candidates = [entry for entry in every if not isinstance(entry[2].name, Known)]
    else:
        candidates = every
    for around in _upwards(folder):
        near = [entry for entry in candidates if _inside(entry[1].folder, around)]
        if near:
            break
    else:
        return []
    roots = {(placed.folder, place.address) for place, placed, _ in near}
    if len(roots) == 1:
        return [place for place, _, _ in near]
    return _ambiguous(loose, sorted(roots), folder)


def _ambiguous(loose: Loose, roots: Sequence[tuple[str, str]], folder: str) -> Gap:
    shown = [f"{address} in {_relative(root, folder)}" for root, address in roots[:_MOST_NAMED]]
    more = f" and {len(roots) - _MOST_NAMED} more" if len(roots) > _MOST_NAMED else ""
    reason = (
        f"it may belong to several clusters ({', '.join(shown)}{more}); name one in it (a tag karpenter.sh/discovery, "
        "settings.clusterName), or give podroom the folders of one cluster only"
    )
    return Gap(_address(loose), reason, loose.span)


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
    if isinstance(part, PodSubnet):
        return f"ENIConfig/{part.name}"
    return "ConfigMap/amazon-vpc-cni" if isinstance(part, ConfigMapPart) else part.address


def _nearest(worlds: Sequence[Placed], folder: str) -> str:
    """Return the folder of the first World in the smallest folder around a file."""
    near = (placed.folder for around in _upwards(folder) for placed in worlds if _inside(placed.folder, around))
    return next(near)


def _upwards(folder: str) -> Iterable[str]:
    """Iterate over a folder and all that hold it."""
    yield folder
    while folder:
        folder = folder.rpartition("/")[0]
        yield folder


def _inside(folder: str, around: str) -> bool:
    return folder == around or folder.startswith(f"{around}/")


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
    """Put parts of a folder that name no cluster to those of the same folder that do, if they name just one."""
    gathered: dict[tuple[str, str | None], list[Loose]] = {}
    for (folder, name), several in homeless.items():
        names = [other for place, other in homeless if place == folder and other is not None]
        key = (folder, names[0] if name is None and len(names) == 1 else name)
        gathered.setdefault(key, []).extend(several)
    return gathered


def _own_world(folder: str, name: str | None, parts: Sequence[Loose]) -> World:
    root = parts[0].span.path.rpartition("/")[0] or folder.rpartition("/")[2] or "."
    cluster = _undeclared(name, parts[0].span)
    return _attach(World(root=root, clusters=(cluster,)), cluster.address, parts)


def _undeclared(name: str | None, span: Span) -> Cluster:
    why = Unknown(_NOT_HERE, span)
    return Cluster(
        address="the cluster of these manifests" if name is None else f'cluster "{name}"',
        declared=False,
        span=span,
        name=why if name is None else Known(name, span),
        version=why,
        ip_family=Known("ipv4", _EKS),
        auto_mode=Known(value=False, origin=_EKS),
        subnets=Members((), (why,)),
        cni=replace(UNDECLARED, not_installed=why),
    )


def _attach(world: World, address: str, parts: Sequence[Loose]) -> World:
    cluster = world.cluster(address)
    if cluster is None:
        return world
    cni = cluster.cni
    karpenter = cluster.karpenter
    pools: list[NodePool] = []
    classes: list[NodeClassPart] = []
    policies: list[SecurityGroupPolicy] = []
    nodes: list[CniNode] = []
    gaps: list[Gap] = []
    for loose in parts:
        part = loose.part
        where: Value[str] = Known(address, loose.span)
        if isinstance(part, NodePool):
            pools.append(replace(part, cluster=where))
        elif isinstance(part, NodeClassPart):
            classes.append(replace(part, node_class=replace(part.node_class, cluster=where)))
        elif isinstance(part, SecurityGroupPolicy):
            policies.append(replace(part, cluster=where))
        elif isinstance(part, CniNode):
            nodes.append(replace(part, cluster=where))
        elif isinstance(part, Gap):
            gaps.append(part)
        elif isinstance(part, Karpenter):
            karpenter = part if karpenter is None else _both(karpenter, part)
        else:
            cni = _with(cni, part)
    cni = with_sources(cni, [loose.part.source for loose in parts if isinstance(loose.part, CniPart)])
    cni = _labelled(cni, cluster.cni)
    named = _unique([part.node_class for part in classes], {known.address for known in world.node_classes})
    read = [_with_subnets(known, part, world.subnets) for known, part in zip(named, classes, strict=True)]
    return replace(
        world,
        clusters=tuple(replace(one, cni=cni, karpenter=karpenter) if one is cluster else one for one in world.clusters),
        node_pools=(*world.node_pools, *_unique(pools, {known.address for known in world.node_pools})),
        node_classes=(*world.node_classes, *read),
        security_group_policies=(*world.security_group_policies, *policies),
        cni_nodes=(*world.cni_nodes, *nodes),
        gaps=(*world.gaps, *gaps),
    )


def _with(cni: CniSettings, part: CniPart | ConfigMapPart | PodSubnet) -> CniSettings:
    """Return settings with what a part says besides variables."""
    if isinstance(part, ConfigMapPart):
        return replace(cni, config_map=(*cni.config_map, *part.entries))
    more = Members((part,)) if isinstance(part, PodSubnet) else part.pod_subnets
    pod_subnets = Members((*cni.pod_subnets.items, *more.items), (*cni.pod_subnets.missing, *more.missing))
    probes = part.probes if isinstance(part, CniPart) else ()
    return replace(cni, pod_subnets=pod_subnets, probes=(*cni.probes, *probes))


def _labelled(cni: CniSettings, before: CniSettings) -> CniSettings:
    """Say that labels were not looked for where custom networking is set only by what was added."""
    variable = cni.find(CUSTOM_NETWORKING)
    if variable is None or before.find(CUSTOM_NETWORKING) is not None or cni.labelled is not None:
        return cni
    return replace(cni, labelled=Unknown("whether nodes are labelled with an ENIConfig is not known", variable.span))


def _both(one: Karpenter, other: Karpenter) -> Karpenter:
    values = (one.reserved_enis, other.reserved_enis)
    unknown = first_unknown(*(value if isinstance(value, Unknown) else None for value in values))
    if unknown is not None:
        return replace(one, reserved_enis=unknown)
    candidates = tuple(dict.fromkeys(candidate for value in values for candidate in value.candidates()))
    if len(candidates) == 1:
        return one
    reason = f"{one.address} and {other.address} set reservedENIs to different numbers"
    return replace(one, reserved_enis=OneOf(candidates, reason, other.span))


def _unique(parts: Sequence[P], taken: set[str]) -> list[P]:
    """Return parts of which no two have one address: those of another file are called by it, too."""
    result: list[P] = []
    seen = set(taken)
    for part in parts:
        address = part.address
        if address in seen:
            address = f"{part.address} ({part.span.path}:{part.span.first.line})"
        seen.add(address)
        result.append(part if address == part.address else replace(part, address=address))
    return result


def _with_subnets(node_class: NodeClass, part: NodeClassPart, subnets: Sequence[Subnet]) -> NodeClass:
    return replace(
        node_class,
        subnets=_selected(part.subnets, subnets),
        pod_subnets=_selected(part.pod_subnets, subnets),
    )


def _selected(terms: Members[SubnetTerm], subnets: Sequence[Subnet]) -> Members[SubnetUse]:
    """Return the subnets that the terms choose, and why there may be more."""
    uses: list[SubnetUse] = []
    missing = list(terms.missing)
    for term in terms:
        if term.identity is not None:
            uses.append(SubnetUse(term.identity, term.span))
            continue
        chosen: list[SubnetUse] = []
        unknown = term.missing
        for subnet in subnets:
            fits = _fits(term, subnet)
            if isinstance(fits, Unknown):
                unknown = first_unknown(unknown, fits)
            elif fits:
                chosen.append(SubnetUse(Known(subnet.address, term.span), term.span))
        if unknown is not None:
            missing.append(unknown)
        elif not chosen:
            missing.append(Unknown("no subnet of this project has the tags of this term", term.span))
        uses += chosen
    return Members(tuple(uses), tuple(missing))


def _fits(term: SubnetTerm, subnet: Subnet) -> bool | Unknown:
    """Return whether a subnet has all tags of a term."""
    tags = dict(subnet.tags)
    doubt = term.missing
    for key, wanted in term.tags:
        value = tags.get(key)
        if value is None:
            if subnet.tags_missing is None:
                return False
            doubt = first_unknown(doubt, subnet.tags_missing)
            continue
        if isinstance(wanted, Known) and wanted.value == "*":
            continue
        if isinstance(wanted, Known) and isinstance(value, Known):
            if wanted.value != value.value:
                return False
            continue
        doubt = first_unknown(doubt, *(one for one in (wanted, value) if isinstance(one, Unknown)))
        doubt = first_unknown(doubt, Unknown(f"whether the tag {key} is the wanted one is not known", term.span))
    return True if doubt is None else doubt
