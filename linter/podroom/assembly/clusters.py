"""EKS clusters, and which cluster a node group or an add-on belongs to."""

from __future__ import annotations

from podroom.assembly.inventory import Inventory, blocks, boolean, string
from podroom.assembly.subnets import subnet_uses
from podroom.evaluation.project import Field, ResourceInstance
from podroom.model.world import Cluster, CniSettings
from podroom.positions import Span
from podroom.values import Default, Known, Members, Unknown, Value

_EKS = Default("Amazon EKS", "https://docs.aws.amazon.com/eks/latest/APIReference/API_CreateCluster.html")
_NOT_DECLARED = "the cluster is not declared in this configuration"


class Clusters:
    """The clusters of one root, and the ones that are only named in it."""

    def __init__(self, inventory: Inventory, subnets: frozenset[str]) -> None:
        """Read every `aws_eks_cluster`."""
        self._inventory = inventory
        self._subnets = subnets
        self._declared = inventory.resources("aws_eks_cluster")
        self._names = {resource.address: string(resource.body, "name") for resource in self._declared}
        self._only_named: dict[str, tuple[Span, Value[str]]] = {}

    def of(self, field: Field | None, owner: Span) -> Value[str]:
        """Return the address of the cluster that `field` names.

        A name that nobody can know yet belongs to the single cluster of the root, if there is just
        one.  A name without a declared cluster makes a cluster of its own.
        """
        if field is None:
            single = self._single(owner)
            if single is not None:
                return single
            return self._make("the cluster of these nodes", owner, Unknown(_NOT_DECLARED, owner))
        link = field.link()
        if link.address in self._names and link.address is not None:
            return Known(link.address, link.span)
        if link.literal is not None:
            for address, name in self._names.items():
                if isinstance(name, Known) and name.value == link.literal:
                    return Known(address, link.span)
            if all(isinstance(name, Known) for name in self._names.values()):
                return self._make(f'cluster "{link.literal}"', link.span, Known(link.literal, link.span))
        single = self._single(link.span)
        if single is not None:
            return single
        identity = link.address or field.symbol() or "the cluster of these nodes"
        return self._make(
            identity, link.span, Unknown(_NOT_DECLARED, link.span) if link.unknown is None else link.unknown
        )

    def build(self, cni: dict[str, CniSettings], default: CniSettings) -> tuple[Cluster, ...]:
        """Return all clusters, each with the settings of its CNI (`default` where nobody set any)."""
        declared = [self._cluster(resource, cni.get(resource.address, default)) for resource in self._declared]
        named = [
            Cluster(
                address=address,
                declared=False,
                span=span,
                name=name,
                version=Unknown(_NOT_DECLARED, span),
                ip_family=Known("ipv4", _EKS),
                auto_mode=Known(value=False, origin=_EKS),
                subnets=Members((), (Unknown(_NOT_DECLARED, span),)),
                cni=cni.get(address, default),
            )
            for address, (span, name) in self._only_named.items()
        ]
        return (*declared, *named)

    def _single(self, span: Span) -> Value[str] | None:
        if len(self._declared) == 1:
            return Known(self._declared[0].address, span)
        if self._declared:
            names = ", ".join(resource.address for resource in self._declared)
            return Unknown(f"which of the clusters {names} is meant is not known", span)
        return None

    def _make(self, identity: str, span: Span, name: Value[str]) -> Value[str]:
        self._only_named.setdefault(identity, (span, name))
        return Known(identity, span)

    def _cluster(self, resource: ResourceInstance, cni: CniSettings) -> Cluster:
        body = resource.body
        network = next(blocks(body, "kubernetes_network_config"), None)
        compute = next(blocks(body, "compute_config"), None)
        vpc = next(blocks(body, "vpc_config"), None)
        return Cluster(
            address=resource.address,
            declared=True,
            span=resource.span,
            name=self._names[resource.address],
            version=string(body, "version", _EKS, "latest"),
            ip_family=string(network, "ip_family", _EKS, "ipv4") if network else Known("ipv4", _EKS),
            auto_mode=boolean(compute, "enabled", _EKS, value=False) if compute else Known(value=False, origin=_EKS),
            subnets=subnet_uses(vpc.attribute("subnet_ids") if vpc else None, self._subnets, resource.span),
            cni=cni,
        )
