"""Clusters that were listed: their nodes, how their CNI is set, and what is said of one that is declared elsewhere."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from podroom.assembly.live.disagreements import agreed
from podroom.assembly.live.groups import find_group
from podroom.assembly.live.names import name_of
from podroom.catalog.cni_variables import find_cni_variable
from podroom.model.live import Listed, LiveNodes
from podroom.model.world import (
    Cluster,
    CniSettings,
    CniSource,
    CniSourceKind,
    EnvironmentVariable,
    GroupKind,
    Notice,
    PodSubnet,
    SubnetUse,
    World,
)
from podroom.patterns import pattern
from podroom.records import replace
from podroom.sources.live.cni import kept_variables
from podroom.sources.live.records import Listing, Live, LiveCluster, LiveCni, LiveNode
from podroom.values import Known, Members, Unknown, Value

_CUSTOM_NETWORKING = "AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG"
_VERSION = pattern(r"v\d+\.\d+\.\d+(?:-eksbuild\.\d+)?")
_NO_VPC_CNI = frozenset({"auto", "fargate", "hybrid"})
"""Kinds of nodes that have no VPC CNI to judge (the label eks.amazonaws.com/compute-type)."""


def with_live_clusters(world: World, live: Live, *, alone: bool) -> World:
    """Return a World whose clusters know what was listed of them.

    `alone` says that no other World has a cluster: what kubectl prints does not say which cluster it is of.
    """
    clusters = []
    notices: list[Notice] = []
    groups = live.groups_of_instances()
    for cluster in world.clusters:
        name = cluster.name.value if isinstance(cluster.name, Known) else None
        described = None if name is None else live.clusters.get(name)
        found = cluster if described is None or cluster.declared else _described(cluster, described)
        cni = _cni_of(name, live, alone=alone)
        if cni is not None:
            if cni.disputed:
                notices.append(Notice(f"{cni.disputed}: only what they agree on is taken", cluster.span))
            notices += _otherwise(found, cni)
            found = replace(found, cni=_with_cni(found, cni))
        if alone:
            found = _with_eni_configs(found, live)
        nodes = [one for one in live.nodes.values() if _is_of(one, name, live, groups, alone=alone)]
        found = replace(found, nodes=tuple(_together(nodes, world, found, live, groups)))
        clusters.append(found)
    return replace(world, clusters=tuple(clusters), notices=(*world.notices, *notices))


def of_no_cluster(world: World, live: Live) -> Iterator[Notice]:
    """Yield what was listed of some cluster, where there are several and it does not say of which."""
    groups = live.groups_of_instances()
    untold = [one.source for one in live.nodes.values() if not _cluster_of(one, live, groups)]
    untold += [one.source for one in live.cni if not one.cluster]
    untold += [one.source for one in live.eni_configs.values()]
    for source in dict.fromkeys(untold):
        message = f"{source} does not say which cluster it is of: give it with the folder of one cluster only"
        yield Notice(message, world.clusters[0].span)


def _described(cluster: Cluster, found: LiveCluster) -> Cluster:
    """Return a cluster that the configuration only names with what Amazon EKS says of it."""
    origin = Listed(found.source, Listing.CLUSTER.value)

    def known(value: str, otherwise: Value[str]) -> Value[str]:
        return Known(value, origin) if value else otherwise

    uses = tuple(SubnetUse(Known(one, origin), cluster.span) for one in found.subnets)
    return replace(
        cluster,
        version=known(found.version, cluster.version),
        ip_family=known(found.ip_family, cluster.ip_family),
        auto_mode=cluster.auto_mode if found.auto_mode is None else Known(found.auto_mode, origin),
        subnets=Members(uses) if uses else cluster.subnets,
    )


# --- the CNI ---------------------------------------------------------------------------------------


def _cni_of(name: str | None, live: Live, *, alone: bool) -> LiveCni | None:
    """Return how the CNI of a cluster is set, by its DaemonSet rather than by its add-on."""
    mine = [one for one in live.cni if (one.cluster == name if one.cluster and name else alone)]
    return agreed([one for one in mine if one.whole] or mine)


def _variables(cluster: Cluster, cni: LiveCni) -> Iterator[EnvironmentVariable]:
    origin = _origin(cni)
    for name, text in cni.environment.items():
        unkept = Unknown(cni.disputed or f"{name} has a value in {cni.source} that is not kept", origin)
        yield EnvironmentVariable(name, unkept if text is None else Known(text, origin), cluster.span)


def _origin(cni: LiveCni) -> Listed:
    return Listed(cni.source, (Listing.DAEMON_SET if cni.whole else Listing.ADD_ON).value)


def _with_cni(cluster: Cluster, cni: LiveCni) -> CniSettings:
    """Return settings in which what is there fills what the configuration does not say."""
    settings = cluster.cni
    listed = tuple(_variables(cluster, cni))
    if settings.declared_by is None and not settings.sources:
        unsaid = Unknown(cni.disputed, cluster.span) if cni.disputed else settings.version
        version = Known(cni.version, _origin(cni)) if _VERSION.fullmatch(cni.version) else unsaid
        source = CniSource(
            kind=CniSourceKind.DAEMON_SET if cni.whole else CniSourceKind.ADD_ON,
            address=f"{'DaemonSet aws-node' if cni.whole else 'add-on vpc-cni'} in {cni.source}",
            span=cluster.span,
            environment=listed,
            version=version,
            whole=cni.whole,
            missing=Unknown(cni.missing, cluster.span) if cni.missing else None,
        )
        return replace(
            settings,
            declared_by=source.address,
            span=source.span,
            version=version,
            environment=listed,
            missing=source.missing,
            from_manifest=not cni.whole,
            sources=(source,),
            not_installed=None,
        )
    if settings.missing is None:
        return settings
    more = tuple(one for one in listed if settings.find(one.name) is None)
    environment = (*settings.environment, *more)
    return replace(settings, environment=environment, missing=None if cni.whole else settings.missing)


def _otherwise(cluster: Cluster, cni: LiveCni) -> Iterator[Notice]:
    """Yield what is set otherwise than the configuration says, which counts."""
    settings = cluster.cni
    if settings.declared_by is None and not settings.sources:
        return
    for name, text in cni.environment.items():
        variable, known = settings.find(name), find_cni_variable(name)
        if text is None or known is None or (variable is None and settings.missing is not None):
            continue
        if variable is not None:
            if isinstance(variable.value, Known) and variable.value.value != text:
                message = f"{name} is {variable.value.value!r} here and {text!r} in {cni.source}; what is here counts"
                yield Notice(message, variable.span)
        elif text != (known.default or ""):
            message = f"{name} is not set here and {text!r} in {cni.source}; what is here counts"
            yield Notice(message, cluster.span if settings.span is None else settings.span)
    if cni.whole:
        yield from _not_there(settings, cni)


def _not_there(settings: CniSettings, cni: LiveCni) -> Iterator[Notice]:
    """Yield what the configuration sets to something else than holds without it, and the DaemonSet does not have."""
    for variable in {one.name: one for one in settings.environment}.values():
        known = find_cni_variable(variable.name)
        if known is None or variable.name in cni.environment or not isinstance(variable.value, Known):
            continue
        text = variable.value.value
        if text.lower() in ("", known.code_default) or not kept_variables([(variable.name, text)]):
            continue  # of variables that nothing judges a listing keeps none, so that none is there tells nothing
        message = f"{variable.name} is {text!r} here and not set in {cni.source}; what is here counts"
        yield Notice(message, variable.span)


def _with_eni_configs(cluster: Cluster, live: Live) -> Cluster:
    """Return a cluster with the subnets of its pods, where nothing here names them."""
    cni = cluster.cni
    if not live.eni_configs or cni.find(_CUSTOM_NETWORKING) is None or cni.pod_subnets.items:
        return cluster
    found = []
    for one in live.eni_configs.values():
        origin = Listed(one.source, Listing.ENI_CONFIGS.value)
        found.append(PodSubnet(one.name, SubnetUse(Known(one.subnet, origin), cluster.span), cluster.span))
    whole = live.whole(Listing.ENI_CONFIGS)
    cut = Unknown("not all ENIConfigs were listed", cluster.span)
    return replace(cluster, cni=replace(cni, pod_subnets=Members(tuple(found), () if whole else (cut,))))


# --- nodes -----------------------------------------------------------------------------------------


def _cluster_of(node: LiveNode, live: Live, groups: Mapping[str, str]) -> str:
    """Return the name of a node's cluster: what its label says, or the Auto Scaling group that it is in."""
    return node.cluster or (live.groups[groups[node.instance]].cluster if node.instance in groups else "")


def _is_of(node: LiveNode, name: str | None, live: Live, groups: Mapping[str, str], *, alone: bool) -> bool:
    of = _cluster_of(node, live, groups)
    if node.system == "windows" or node.compute in _NO_VPC_CNI or not node.type:
        return False
    return of == name if of and name else alone


def _together(
    nodes: list[LiveNode], world: World, cluster: Cluster, live: Live, groups: Mapping[str, str]
) -> Iterator[LiveNodes]:
    """Yield nodes of one type, number and group together."""
    behind = {}
    for group in world.node_groups:
        found = find_group(group, world, live)
        if found is not None:
            behind[found.name] = group.address
    several: dict[tuple[str, int | None, str | None], list[LiveNode]] = {}
    for node in nodes:
        address = behind.get(groups.get(node.instance, "")) or _labelled(node, world, cluster)
        several.setdefault((node.type, node.pods, address), []).append(node)
    for (kind, pods, address), alike in several.items():
        origin = Listed(alike[0].source, Listing.NODES.value)
        more = f" and {len(alike) - 1} more" if len(alike) > 1 else ""
        unsaid = Unknown(f"{alike[0].source} does not tell status.allocatable.pods of {alike[0].name}{more}", origin)
        number = unsaid if pods is None else Known(pods, origin)
        yield LiveNodes(tuple(one.name for one in alike), kind, number, address)


def _labelled(node: LiveNode, world: World, cluster: Cluster) -> str | None:
    """Return the node group that a label of a node names."""
    named: Mapping[str, None] = {
        group.address: None
        for group in world.node_groups
        if isinstance(group.cluster, Known)
        and group.cluster.value == cluster.address
        and group.kind is GroupKind.MANAGED
        and (name := name_of(group)) is not None
        and name.fits(node.node_group)
    }
    return next(iter(named)) if len(named) == 1 else None
