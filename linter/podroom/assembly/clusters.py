"""EKS clusters, and which cluster a node group or an add-on belongs to."""

from __future__ import annotations

from collections.abc import Sequence

from podroom.assembly.cni_defaults import UNDECLARED, not_installed
from podroom.assembly.inventory import Inventory, blocks, boolean, string
from podroom.assembly.subnets import subnet_uses
from podroom.evaluation.project import Field, ResourceInstance
from podroom.model.world import Cluster, CniSettings
from podroom.positions import Span
from podroom.records import replace
from podroom.values import Default, Known, Members, Unknown, Value, first_unknown

_EKS = Default("Amazon EKS", "https://docs.aws.amazon.com/eks/latest/APIReference/API_CreateCluster.html")
_NOT_DECLARED = "the cluster is not declared in this configuration"
_THESE_NODES = "the cluster of these nodes"


class Clusters:
    """The clusters of one root, and the ones that are only named in it."""

    def __init__(self, inventory: Inventory) -> None:
        """Read every `aws_eks_cluster`."""
        self._declared = inventory.resources("aws_eks_cluster")
        self._names = {resource.address: string(resource.body, "name") for resource in self._declared}
        self._symbols = {
            resource.address: name.symbol()
            for resource in self._declared
            if (name := resource.body.attribute("name")) is not None
        }
        self._only_named: dict[str, tuple[Span, Value[str]]] = {}

    def version(self, address: Value[str], owner: Span) -> Value[str]:
        """Return the version of Kubernetes of the cluster at an address that `of` returned."""
        if isinstance(address, Known):
            for resource in self._declared:
                if resource.address == address.value:
                    return _version(resource)
        return Unknown(_NOT_DECLARED, owner)

    def of(self, field: Field | None, owner: Span) -> Value[str]:
        """Return the address of the cluster that `field` names.

        A name that nobody can know yet belongs to the cluster whose name is the same unknown, or to the single
        cluster of the root, if there is just one.  A name without a declared cluster makes a cluster of its own.
        """
        if field is None:
            return self.of_nodes(None, owner)
        link = field.link()
        if link.address in self._names and link.address is not None:
            return Known(link.address, link.span)
        if link.literal is not None:
            return self._by_name(link.literal, link.span)
        same = self._of_symbol(field.symbol(), link.span)
        if same is not None:
            return same
        single = self._single(tuple(self._names), link.span)
        if single is not None:
            return single
        identity = link.address or field.symbol() or _THESE_NODES
        return self._make(
            identity, link.span, Unknown(_NOT_DECLARED, link.span) if link.unknown is None else link.unknown
        )

    def of_nodes(self, name: Value[str] | None, owner: Span, symbol: str | None = None) -> Value[str]:
        """Return the address of the cluster that nodes join: the one of that name, or the single one there is.

        A name that is not known yet may still be known to be that of a declared cluster, by what it refers to or as
        the same unknown (`symbol`, see `Field.symbol`).  Clusters that are only
        named count too, so ask after everything that names its cluster was read.
        """
        if isinstance(name, Known):
            return self._by_name(name.value, owner)
        refs = name.refs if name is not None else ()
        told = {address for address in self._names for ref in refs if ref.startswith(f"{address}.")}
        if len(told) == 1:
            return Known(told.pop(), owner)
        same = self._of_symbol(symbol, owner)
        if same is not None:
            return same
        single = self.only(owner)
        return self._make(_THESE_NODES, owner, Unknown(_NOT_DECLARED, owner)) if single is None else single

    def with_certificate_in(self, user_data: Sequence[Unknown], owner: Span) -> Known[str] | None:
        """Return the cluster whose certificate authority is in user data that is not known, None if there is none.

        Only its nodes are given that.
        """
        refs = {ref for unknown in user_data for ref in unknown.refs}
        found = [address for address in self._names if f"{address}.certificate_authority" in refs]
        return Known(found[0], owner) if len(found) == 1 else None

    def only(self, owner: Span) -> Value[str] | None:
        """Return the address of the single cluster there is, unknown if there are several, None if there is none."""
        return self._single((*self._names, *self._only_named), owner)

    def _of_symbol(self, symbol: str | None, span: Span) -> Known[str] | None:
        same = [address for address, known in self._symbols.items() if symbol is not None and known == symbol]
        return Known(same[0], span) if len(same) == 1 else None

    def _by_name(self, name: str, span: Span) -> Value[str]:
        for address, known in self._names.items():
            if isinstance(known, Known) and known.value == name:
                return Known(address, span)
        if all(isinstance(known, Known) for known in self._names.values()):
            return self._make(f'cluster "{name}"', span, Known(name, span))
        # One of the declared clusters has a name that is not known yet: it may be this one.
        single = self._single(tuple(self._names), span)
        return Unknown(f'which cluster has the name "{name}" is not known', span) if single is None else single

    @staticmethod
    def _single(addresses: tuple[str, ...], span: Span) -> Value[str] | None:
        if len(addresses) == 1:
            return Known(addresses[0], span)
        if addresses:
            return Unknown(f"which of the clusters {', '.join(addresses)} is meant is not known", span)
        return None

    def build(self, cni: dict[str, CniSettings], elsewhere: Unknown | None) -> tuple[Cluster, ...]:
        """Return all clusters, each with the settings of its CNI.

        `elsewhere` says why there may be settings that could not be read.
        """
        declared = [
            self._cluster(resource, _settings(cni.get(resource.address), elsewhere, not_installed(resource)))
            for resource in self._declared
        ]
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
                cni=_settings(cni.get(address), elsewhere, None),
            )
            for address, (span, name) in self._only_named.items()
        ]
        return (*declared, *named)

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
            version=_version(resource),
            ip_family=string(network, "ip_family", _EKS, "ipv4") if network else Known("ipv4", _EKS),
            auto_mode=boolean(compute, "enabled", _EKS, value=False) if compute else Known(value=False, origin=_EKS),
            subnets=subnet_uses(vpc.attribute("subnet_ids") if vpc else None, "subnet_ids", resource.span),
            cni=cni,
        )


def _version(resource: ResourceInstance) -> Value[str]:
    return string(resource.body, "version", _EKS, "latest")


def _settings(declared: CniSettings | None, elsewhere: Unknown | None, absent: Unknown | None) -> CniSettings:
    """Return what an add-on declares, or the defaults; `absent` says why there may be no VPC CNI without an add-on."""
    if declared is None:
        return replace(UNDECLARED, missing=elsewhere, not_installed=absent)
    return replace(declared, missing=first_unknown(declared.missing, elsewhere))
