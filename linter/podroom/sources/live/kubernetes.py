"""What kubectl prints, read into records.

Shapes: https://kubernetes.io/docs/reference/kubernetes-api/
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from podroom.sources.live.cni import kept_variables
from podroom.sources.live.fields import Fields, needed, part, parts, text
from podroom.sources.live.merging import put, settled_node
from podroom.sources.live.records import Listing, Live, LiveCni, LiveEniConfig, LiveNode

_CONTAINER: Final = "aws-node"
_TYPE = ("node.kubernetes.io/instance-type", "beta.kubernetes.io/instance-type")
_ZONE = ("topology.kubernetes.io/zone", "failure-domain.beta.kubernetes.io/zone")
_NODE_GROUP = ("eks.amazonaws.com/nodegroup", "alpha.eksctl.io/nodegroup-name")
_CLUSTER = ("alpha.eksctl.io/cluster-name",)


def read_kubernetes(answer: Fields, shown: str, live: Live) -> bool:
    """Add what an object or a list of objects says; return whether it is one of those that are read."""
    kind = text(answer, "kind")
    if not kind.endswith("List"):
        if kind not in _READERS:
            return False
        listing, read = _READERS[kind]
        live.listed.setdefault(listing, []).append(shown)
        live.cut_off.setdefault(listing, shown)  # a single object
        read(answer, shown, live)
        return True
    items = parts(answer, "items")
    kinds = {text(item, "kind") or kind.removesuffix("List") for item in items} or {kind.removesuffix("List")}
    if not items and (kinds == {""} or kinds & _READERS.keys()):  # `kubectl get` says "List" of no things of any kind
        live.empty.append(shown)
        return True
    if not kinds & _READERS.keys():
        return False
    for one in kinds & _READERS.keys():
        listing, _ = _READERS[one]
        live.listed.setdefault(listing, []).append(shown)
        if part(answer, "metadata").get("continue"):
            live.cut_off[listing] = shown
    for item in items:
        found = _READERS.get(text(item, "kind") or kind.removesuffix("List"))
        if found is not None:
            found[1](item, shown, live)
    return True


def _node(item: Fields, shown: str, live: Live) -> None:
    name = needed(part(item, "metadata"), "name", "a node", shown)
    labels = part(item, "metadata", "labels")
    pods = text(part(item, "status", "allocatable"), "pods")
    provider = text(part(item, "spec"), "providerID")
    found = LiveNode(
        name=name,
        source=shown,
        type=_label(labels, _TYPE),
        zone=_label(labels, _ZONE),
        node_group=_label(labels, _NODE_GROUP),
        cluster=_label(labels, _CLUSTER),
        instance=provider.rpartition("/")[2] if provider.startswith("aws:") else "",
        system=text(labels, "kubernetes.io/os"),
        compute=text(labels, "eks.amazonaws.com/compute-type"),
        pods=int(pods) if pods.isdecimal() and len(pods) <= _LONGEST else None,
    )
    # Nodes of different clusters may have the same name.
    key = f"{name} {found.instance}"
    put(live, Listing.NODES, live.nodes, key, found, what=f"the node {name}", settle=settled_node)


_LONGEST = 6
"""Digits of a number of pods."""


def _label(labels: Fields, names: tuple[str, ...]) -> str:
    return next((found for name in names if (found := text(labels, name))), "")


def _daemon_set(item: Fields, shown: str, live: Live) -> None:
    if text(part(item, "metadata"), "name") != _CONTAINER:
        return
    for container in parts(part(item, "spec", "template", "spec"), "containers"):
        if text(container, "name") != _CONTAINER:
            continue
        environment = kept_variables(
            (text(one, "name"), None if "valueFrom" in one else text(one, "value")) for one in parts(container, "env")
        )
        tag = text(container, "image").partition("@")[0].rpartition(":")[2]
        live.cni.append(LiveCni(shown, "", tag, environment, whole=True))


def _eni_config(item: Fields, shown: str, live: Live) -> None:
    name = needed(part(item, "metadata"), "name", "an ENIConfig", shown)
    found = LiveEniConfig(name, shown, text(part(item, "spec"), "subnet"))
    put(live, Listing.ENI_CONFIGS, live.eni_configs, name, found, what=f"the ENIConfig {name}")


_READERS: dict[str, tuple[Listing, Callable[[Fields, str, Live], None]]] = {
    "Node": (Listing.NODES, _node),
    "DaemonSet": (Listing.DAEMON_SET, _daemon_set),
    "ENIConfig": (Listing.ENI_CONFIGS, _eni_config),
}
