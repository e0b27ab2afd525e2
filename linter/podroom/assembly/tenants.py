"""What has addresses in subnets beside nodes: Fargate pods, gateways, endpoints and load balancers."""

from __future__ import annotations

from collections.abc import Iterator

from podroom.assembly.clusters import Clusters
from podroom.assembly.inventory import Inventory, blocks
from podroom.assembly.subnets import subnet_use, subnet_uses
from podroom.evaluation.project import ResourceInstance
from podroom.model.world import FargateProfile, SubnetTenant, SubnetUse, TenantKind
from podroom.values import Default, Known, Members, Unknown, Value

_ELB = Default("Elastic Load Balancing", "https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/")


def read_fargate_profiles(inventory: Inventory, clusters: Clusters) -> tuple[FargateProfile, ...]:
    """Return every Fargate profile, of which each pod takes an address."""
    return tuple(
        FargateProfile(
            address=resource.address,
            span=resource.span,
            cluster=clusters.of(resource.body.attribute("cluster_name"), resource.span),
            subnets=subnet_uses(resource.body.attribute("subnet_ids"), "subnet_ids", resource.span),
            uncertain=resource.maybe,
        )
        for resource in inventory.resources("aws_eks_fargate_profile")
    )


def read_tenants(inventory: Inventory) -> tuple[SubnetTenant, ...]:
    """Return every NAT gateway, interface endpoint and load balancer."""
    return (*_gateways(inventory), *_endpoints(inventory), *_load_balancers(inventory))


def _gateways(inventory: Inventory) -> Iterator[SubnetTenant]:
    for resource in inventory.resources("aws_nat_gateway"):
        field = resource.body.attribute("subnet_id")
        if field is not None:  # a regional one has no subnet
            yield _tenant(resource, _certain(TenantKind.NAT_GATEWAY, resource), Members((subnet_use(field.link()),)))


def _endpoints(inventory: Inventory) -> Iterator[SubnetTenant]:
    """Iterate over the endpoints with interfaces; those of the type Gateway, the default, are routes."""
    for resource in inventory.resources("aws_vpc_endpoint"):
        kind = resource.body.attribute("vpc_endpoint_type")
        subnets = resource.body.attribute("subnet_ids")
        if kind is None or subnets is None:
            continue
        value = kind.string()
        if isinstance(value, Known) and value.value not in {"Interface", "GatewayLoadBalancer"}:
            continue
        known: Value[TenantKind] = _certain(TenantKind.ENDPOINT, resource)
        tenant = _tenant(resource, known, subnet_uses(subnets, "subnet_ids", resource.span))
        if isinstance(value, Known):
            yield tenant
        else:
            doubt = Unknown(value.reason, value.origin, value.refs)
            yield _tenant(resource, known, tenant.subnets, doubt)


def _load_balancers(inventory: Inventory) -> Iterator[SubnetTenant]:
    for kind in ("aws_lb", "aws_alb"):
        for resource in inventory.resources(kind):
            given = resource.body.attribute("load_balancer_type")
            text = given.string() if given is not None else Known("application", _ELB)
            yield _tenant(resource, text.map(_kind), _subnets(resource))
    for resource in inventory.resources("aws_elb"):
        if resource.body.attribute("subnets") is not None:
            yield _tenant(resource, _certain(TenantKind.LOAD_BALANCER, resource), _subnets(resource))


def _kind(text: object) -> TenantKind:
    return TenantKind.LOAD_BALANCER if text == "application" else TenantKind.NETWORK_LOAD_BALANCER


def _subnets(resource: ResourceInstance) -> Members[SubnetUse]:
    """Return the subnets of a load balancer, which names them in a list or in blocks."""
    field = resource.body.attribute("subnets")
    if field is not None:
        return subnet_uses(field, "subnets", resource.span)
    mappings = resource.body.blocks("subnet_mapping")
    fields = [mapping.attribute("subnet_id") for mapping in blocks(resource.body, "subnet_mapping")]
    return Members(tuple(subnet_use(one.link()) for one in fields if one is not None), mappings.missing)


def _certain(kind: TenantKind, resource: ResourceInstance) -> Known[TenantKind]:
    return Known(kind, resource.span)


def _tenant(
    resource: ResourceInstance,
    kind: Value[TenantKind],
    subnets: Members[SubnetUse],
    doubt: Unknown | None = None,
) -> SubnetTenant:
    uncertain = resource.maybe if doubt is None else doubt
    return SubnetTenant(resource.address, resource.span, kind, subnets, uncertain)
