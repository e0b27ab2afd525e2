"""What security groups for pods hang on beside the CNI: the role of the cluster, and how kube-proxy works."""

from __future__ import annotations

from podroom.assembly.clusters import Clusters
from podroom.assembly.cni import KUBE_PROXY, kube_proxy_mode, settings_of
from podroom.assembly.inventory import Inventory, string
from podroom.evaluation.project import Field, ResourceInstance
from podroom.model.world import ClusterRole, World
from podroom.records import replace
from podroom.traced_text import HOLE
from podroom.values import Known, Members, Unknown, Value

_ROLE = "aws_iam_role"
_ATTACHMENT = "aws_iam_role_policy_attachment"
_INLINE = "aws_iam_role_policy"
_LISTS = ("aws_iam_policy_attachment", "aws_iam_role_policy_attachments_exclusive")
"""Types that hardly anybody uses, and that attach policies too."""


def with_surroundings(world: World, inventory: Inventory, clusters: Clusters) -> World:
    """Return a World whose clusters have their role and the mode of kube-proxy, where they are declared here."""
    declared = {resource.address: resource for resource in inventory.resources("aws_eks_cluster")}
    modes = _kube_proxy_modes(inventory, clusters)
    return replace(
        world,
        clusters=tuple(
            replace(
                cluster,
                role=_role_of(declared[cluster.address], inventory) if cluster.address in declared else None,
                kube_proxy_mode=modes.get(cluster.address),
            )
            for cluster in world.clusters
        ),
    )


def _kube_proxy_modes(inventory: Inventory, clusters: Clusters) -> dict[str, Value[str]]:
    """Return the mode of kube-proxy by the address of the cluster, where its add-on has a configuration."""
    modes: dict[str, Value[str]] = {}
    for resource in inventory.resources("aws_eks_addon"):
        name = string(resource.body, "addon_name")
        field = resource.body.attribute("configuration_values")
        if field is None or not isinstance(name, Known) or name.value != KUBE_PROXY:
            continue
        cluster = clusters.of(resource.body.attribute("cluster_name"), resource.span)
        mode = kube_proxy_mode(settings_of(field))
        if isinstance(cluster, Known) and mode is not None:
            modes[cluster.value] = mode if resource.maybe is None else resource.maybe
    return modes


def _role_of(cluster: ResourceInstance, inventory: Inventory) -> ClusterRole | None:
    field = cluster.body.attribute("role_arn")
    role = None if field is None else inventory.find(field.link(), _ROLE)
    if role is None:
        return None
    return ClusterRole(role.address, role.span, _policies(role, inventory))


def _policies(role: ResourceInstance, inventory: Inventory) -> Members[Value[str]]:
    """Return the names of the policies that are attached; what may allow more is missing."""
    found: list[Value[str]] = []
    missing: list[Unknown] = []
    managed = role.body.attribute("managed_policy_arns")
    if managed is not None:
        found += [_name(field) for field in managed.items()]
        missing += managed.items().missing
    for attachment in inventory.resources(_ATTACHMENT):
        policy = attachment.body.attribute("policy_arn")
        doubt = _doubt(attachment, role, inventory)
        if policy is None or doubt is False:
            continue
        if isinstance(doubt, Unknown):
            missing.append(doubt)
        else:
            found.append(_name(policy))
    inline = [block.span for block in role.body.blocks("inline_policy")]
    inline += [one.span for one in inventory.resources(_INLINE) if _doubt(one, role, inventory) is not False]
    inline += [one.span for kind in _LISTS for one in inventory.resources(kind)]
    missing += [Unknown("what else the role of the cluster is allowed is not looked at", span) for span in inline[:1]]
    return Members(tuple(found), tuple(missing))


def _doubt(resource: ResourceInstance, role: ResourceInstance, inventory: Inventory) -> Unknown | bool:
    """Return whether a resource is for a role, or why that is not known."""
    field = resource.body.attribute("role")
    if field is None:
        return False
    link = field.link()
    holder = inventory.find(link, _ROLE, by="name")
    if holder is None:
        unknown = link.unknown if link.address is None else None
        return False if unknown is None else unknown
    if holder.address != role.address:
        return False
    return True if resource.maybe is None else resource.maybe


def _name(arn: Field) -> Value[str]:
    """Return the name at the end of an ARN, whose partition may be open."""
    text = arn.string()
    if isinstance(text, Known):
        return Known(text.value.rpartition("/")[2], text.origin)
    _, separator, name = arn.traced().text.rpartition("/")
    if separator and name and HOLE not in name:
        return Known(name, arn.origin)
    return text if isinstance(text, Unknown) else Unknown(text.reason, text.origin, text.refs)
