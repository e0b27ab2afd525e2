"""Whether the VPC CNI uses prefixes before eksctl makes a node group."""

from __future__ import annotations

from podroom.model.world import CniOrder, GroupKind, NodeGroup, World
from podroom.records import replace
from podroom.values import Known

_PREFIX_DELEGATION = "ENABLE_PREFIX_DELEGATION"


def with_cni_order(world: World) -> World:
    """Return a World of eksctl in which managed groups know whether they are made after the CNI is set to use prefixes.

    eksctl makes the add-ons of a file before the node groups of that file (pkg/actions/addon/tasks.go:22,
    pkg/apis/eksctl.io/v1alpha5/known_addons.go:12).  Another file is another run of eksctl, and `kubectl` needs a
    cluster that eksctl has made, most often with its nodes: nothing says in which order.
    """
    return replace(world, node_groups=tuple(_ordered(group, world) for group in world.node_groups))


def _ordered(group: NodeGroup, world: World) -> NodeGroup:
    cluster = world.cluster(group.cluster.value) if isinstance(group.cluster, Known) else None
    if cluster is None or group.kind is not GroupKind.MANAGED:
        return group
    said = [variable.span for variable in cluster.cni.environment if variable.name == _PREFIX_DELEGATION]
    if not said:
        return group
    here = [span for span in said if span.document is group.span.document]
    return replace(group, cni_order=Known(CniOrder.BEFORE, here[-1]) if here else Known(CniOrder.OPEN, said[-1]))
