"""A cluster and loose parts that belong to it -> the World with the parts in it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TypeVar

from podroom.assembly.cni_defaults import CUSTOM_NETWORKING, UNDECLARED
from podroom.assembly.cni_sources import with_sources
from podroom.assembly.eni_configs import LABEL_VARIABLE, ZONE_LABELS, labelled_in
from podroom.assembly.manifests.parts import CniPart, ConfigMapPart, EniConfigPart, Loose, NodeClassPart, SubnetTerm
from podroom.model.lookups import Condition, Selection
from podroom.model.world import (
    Cluster,
    CniNode,
    CniSettings,
    Gap,
    Karpenter,
    NodeClass,
    NodePool,
    SecurityGroupPolicy,
    Subnet,
    SubnetUse,
    World,
)
from podroom.positions import Span
from podroom.records import replace
from podroom.values import Default, Known, Members, OneOf, Unknown, Value, first_unknown

P = TypeVar("P", NodePool, NodeClass)
T = TypeVar("T")

_EKS = Default("Amazon EKS", "https://docs.aws.amazon.com/eks/latest/APIReference/API_CreateCluster.html")
NONE_HERE = "no subnet of this project has the tags of this term"
_ANY = "*"
_NOT_HERE = "the cluster is not in this project, so what else sets its CNI is not known"


def attach(world: World, parts: Mapping[str, Sequence[Loose]]) -> World:
    """Return a World with parts added to its clusters, which `parts` names by their addresses."""
    for address, several in parts.items():
        world = _attach(world, address, several)
    return world


def attach_perhaps(world: World, address: str, parts: Sequence[Loose], doubt: Unknown) -> World:
    """Return a World whose cluster may get the parts or not, for the reason that `doubt` gives.

    That leaves open the settings that the parts would change.  Nodes that it may have are not judged.
    """
    cluster = world.cluster(address)
    if cluster is None:
        return world
    cni, karpenter = cluster.cni, cluster.karpenter
    sources = []
    for loose in parts:
        part = loose.part
        if isinstance(part, CniPart):
            sources.append(replace(part.source, doubt=doubt))
        if isinstance(part, CniPart | EniConfigPart) and (part.pod_subnets.items or part.pod_subnets.missing):
            known = cni.pod_subnets
            cni = replace(cni, pod_subnets=Members(known.items, (*known.missing, doubt)))
        if isinstance(part, Karpenter):
            karpenter = _perhaps(karpenter, part, doubt)
    cni = _labelled(with_sources(cni, sources), cluster.cni)
    changed = replace(cluster, cni=cni, karpenter=karpenter)
    return replace(world, clusters=tuple(changed if one is cluster else one for one in world.clusters))


def undeclared(name: str | None, span: Span) -> Cluster:
    """Return a cluster that is not in the project and is known by its manifests only."""
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
            karpenter = both_karpenters(karpenter, part)
        else:
            cni = _with(cni, part)
    cni = with_sources(cni, [loose.part.source for loose in parts if isinstance(loose.part, CniPart)])
    if cni.labelled is None and cni.find(CUSTOM_NETWORKING) is not None:
        documents = {id(loose.span.document): loose.span.document for loose in parts}
        cni = replace(cni, labelled=labelled_in(documents.values()))
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


def _with(cni: CniSettings, part: CniPart | ConfigMapPart | EniConfigPart) -> CniSettings:
    """Return settings with what a part says besides variables."""
    if isinstance(part, ConfigMapPart):
        return replace(cni, config_map=(*cni.config_map, *part.entries))
    more = part.pod_subnets
    pod_subnets = Members((*cni.pod_subnets.items, *more.items), (*cni.pod_subnets.missing, *more.missing))
    probes = part.probes if isinstance(part, CniPart) else ()
    return replace(cni, pod_subnets=pod_subnets, probes=(*cni.probes, *probes))


def _labelled(cni: CniSettings, before: CniSettings) -> CniSettings:
    """Say that labels were not looked for where custom networking is set only by what was added.

    Nobody has to label nodes if they find their ENIConfig by the name of their zone.
    """
    variable, label = cni.find(CUSTOM_NETWORKING), cni.find(LABEL_VARIABLE)
    if label is not None and isinstance(label.value, Known) and label.value.value in ZONE_LABELS:
        return cni
    if variable is None or before.find(CUSTOM_NETWORKING) is not None or cni.labelled is not None:
        return cni
    return replace(cni, labelled=Unknown("whether nodes are labelled with an ENIConfig is not known", variable.span))


def both_karpenters(one: Karpenter | None, other: Karpenter | None) -> Karpenter | None:
    """Return how Karpenter is installed where two may say it; None if neither does."""
    if one is None or other is None:
        return other if one is None else one
    return _both(one, other)


def _both(one: Karpenter, other: Karpenter) -> Karpenter:
    unset = Known(value=False, origin=other.span)
    gates = [unset if karpenter.expressions is None else karpenter.expressions for karpenter in (one, other)]
    return replace(
        one,
        reserved_enis=_agreed("reservedENIs to different numbers", one, other, one.reserved_enis, other.reserved_enis),
        expressions=_agreed("awsFeatureGates.nodeClassCEL to different values", one, other, *gates)
        if one.expressions is not None or other.expressions is not None
        else None,
    )


def _agreed(what: str, one: Karpenter, other: Karpenter, *values: Value[T]) -> Value[T]:
    unknown = first_unknown(*(value if isinstance(value, Unknown) else None for value in values))
    if unknown is not None:
        return unknown
    candidates = tuple(dict.fromkeys(candidate for value in values for candidate in value.candidates()))
    if len(candidates) == 1:
        return values[0]
    return OneOf(candidates, f"{one.address} and {other.address} set {what}", other.span)


def _perhaps(one: Karpenter | None, other: Karpenter, doubt: Unknown) -> Karpenter:
    """Return Karpenter's settings where those of `other` may be for this cluster or for another one."""
    agreed = replace(other, reserved_enis=doubt) if one is None else _both(one, other)
    return replace(
        agreed,
        reserved_enis=agreed.reserved_enis if isinstance(agreed.reserved_enis, Known) else doubt,
        expressions=agreed.expressions
        if agreed.expressions is None or (one is not None and isinstance(agreed.expressions, Known))
        else doubt,
    )


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
        selections=_selections(part.subnets),
        pod_selections=_selections(part.pod_subnets),
    )


def _selections(terms: Members[SubnetTerm]) -> tuple[Selection, ...]:
    """Return the terms that choose by tags as filters of EC2, which Karpenter makes of them.

    aws/karpenter-provider-aws, pkg/providers/subnet/subnet.go: getFilterSets
    """
    return tuple(
        Selection(term.span, Members(tuple(_conditions(term)), () if term.missing is None else (term.missing,)))
        for term in terms
        if term.identity is None
    )


def _conditions(term: SubnetTerm) -> Iterator[Condition]:
    for key, wanted in term.tags:
        if isinstance(wanted, Known) and wanted.value == _ANY:
            name, value = Known("tag-key", term.span), Known(key, term.span)
            yield Condition("tags", name, Members((value,)), term.span)
        else:
            yield Condition("tags", Known(f"tag:{key}", term.span), Members((wanted,)), term.span)


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
            missing.append(Unknown(NONE_HERE, term.span))
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
        if isinstance(wanted, Known) and wanted.value == _ANY:
            continue
        if isinstance(wanted, Known) and isinstance(value, Known):
            same = _is_meant(wanted.value, value.value)
            if same is False:
                return False
            if same is True:
                continue
        doubt = first_unknown(doubt, *(one for one in (wanted, value) if isinstance(one, Unknown)))
        doubt = first_unknown(doubt, Unknown(f"whether the tag {key} is the wanted one is not known", term.span))
    return True if doubt is None else doubt


def _is_meant(wanted: str, value: str) -> bool | None:
    """Return whether a tag has the wanted value, in which EC2 takes * and ? for wildcards; None if nobody can tell."""
    if not {"*", "?", "\\"} & set(wanted):
        return wanted == value
    from podroom.assembly.live.filters import matches  # noqa: PLC0415 - hardly any term has them

    return matches(wanted, value)
