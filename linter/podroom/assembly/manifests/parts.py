"""What one document says, before it is known which cluster it belongs to."""

from __future__ import annotations

from typing import TypeAlias

from podroom.model.world import (
    CniNode,
    CniSource,
    EnvironmentVariable,
    Gap,
    Karpenter,
    NodeClass,
    NodePool,
    PodSubnet,
    Probe,
    SecurityGroupPolicy,
)
from podroom.positions import Span
from podroom.records import dataclass, field
from podroom.values import Default, Members, Unknown, Value

NO_CLUSTER = Unknown("which cluster it belongs to is not known", Default("podroom", ""))
"""The cluster of a part that was not joined yet."""


@dataclass(frozen=True, slots=True)
class CniPart:
    """Settings of the CNI."""

    source: CniSource
    probes: tuple[Probe, ...] = ()
    pod_subnets: Members[PodSubnet] = field(default_factory=Members)


@dataclass(frozen=True, slots=True)
class ConfigMapPart:
    """Entries of the ConfigMap amazon-vpc-cni."""

    entries: tuple[EnvironmentVariable, ...]
    missing: Unknown | None = None


@dataclass(frozen=True, slots=True)
class EniConfigPart:
    """ENIConfigs; one of which not even the name is known is `missing`."""

    address: str
    pod_subnets: Members[PodSubnet]


@dataclass(frozen=True, slots=True)
class SubnetTerm:
    """A term that selects subnets: by id, or by all of its tags ("*" is any value)."""

    span: Span
    identity: Value[str] | None = None
    tags: tuple[tuple[str, Value[str]], ...] = ()
    missing: Unknown | None = None


@dataclass(frozen=True, slots=True)
class NodeClassPart:
    """A node class and the terms that choose its subnets."""

    node_class: NodeClass
    subnets: Members[SubnetTerm] = field(default_factory=Members)
    pod_subnets: Members[SubnetTerm] = field(default_factory=Members)


Part: TypeAlias = (
    CniPart | ConfigMapPart | EniConfigPart | NodePool | NodeClassPart | Karpenter | SecurityGroupPolicy | CniNode | Gap
)


@dataclass(frozen=True, slots=True)
class Loose:
    """A part with the name of the cluster that its document names, if it names one.

    `tag` says that a tag names it, which may be any text that tells what belongs to a cluster.  `doubt` says why the
    part may belong to another cluster than the one that it is joined with.
    """

    part: Part
    span: Span
    cluster: str | None = None
    tag: bool = False
    doubt: Unknown | None = None
