"""What the AWS CLI prints, read into records.

Shapes: https://docs.aws.amazon.com/cli/latest/reference/
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from podroom.sources.live.cni import kept_variables, variables_of_add_on
from podroom.sources.live.fields import Fields, moment, needed, part, parts, tags, text, texts, whole
from podroom.sources.live.merging import (
    put,
    settled_group,
    settled_node_group,
    settled_subnet,
    settled_template,
    settled_versions,
)
from podroom.sources.live.records import (
    Listing,
    Live,
    LiveCluster,
    LiveCni,
    LiveGroup,
    LiveInstance,
    LiveNodeGroup,
    LiveSubnet,
    LiveTemplate,
    LiveVpc,
    TemplateReference,
    TemplateVersions,
)

_CLUSTER_TAG = "kubernetes.io/cluster/"
_PREFIX = 16
_RUNS = frozenset({"pending", "running"})


def read_aws(answer: Fields, shown: str, live: Live) -> bool:
    """Add what an answer lists; return whether it is one of those that are read."""
    for key, (listing, read) in _READERS.items():
        if key not in answer:
            continue
        live.listed.setdefault(listing, []).append(shown)
        if answer.get("NextToken"):
            live.cut_off[listing] = shown
        one = answer[key]
        items = parts(answer, key) if isinstance(one, list) else (part(answer, key),)
        if not items:
            live.empty.append(shown)
        for item in items:
            read(item, shown, live)
        return True
    return False


def _subnet(item: Fields, shown: str, live: Live) -> None:
    identity = needed(item, "SubnetId", "a subnet", shown)
    zone = text(item, "AvailabilityZone")
    blocks = tuple(text(one, "Ipv6CidrBlock") for one in parts(item, "Ipv6CidrBlockAssociationSet"))
    filters = {
        "availability-zone": (zone,),
        "availability-zone-id": (text(item, "AvailabilityZoneId"),),
        "cidr-block": (text(item, "CidrBlock"),),
        "ipv6-cidr-block-association.ipv6-cidr-block": blocks,
        "owner-id": (text(item, "OwnerId"),),
        "state": (text(item, "State"),),
        "subnet-arn": (text(item, "SubnetArn"),),
        "subnet-id": (identity,),
        "vpc-id": (text(item, "VpcId"),),
        "default-for-az": _truth(item, "DefaultForAz"),
        "map-public-ip-on-launch": _truth(item, "MapPublicIpOnLaunch"),
        "ipv6-native": _truth(item, "Ipv6Native"),
    }
    found = LiveSubnet(
        id=identity,
        source=shown,
        vpc=text(item, "VpcId"),
        cidr=text(item, "CidrBlock"),
        zone=zone,
        zone_id=text(item, "AvailabilityZoneId"),
        free=whole(item, "AvailableIpAddressCount"),
        tags=tags(item),
        filters=filters,
    )
    put(live, Listing.SUBNETS, live.subnets, identity, found, what=identity, settle=settled_subnet)


def _vpc(item: Fields, shown: str, live: Live) -> None:
    identity = needed(item, "VpcId", "a VPC", shown)
    primary = text(item, "CidrBlock")
    blocks = [text(one, "CidrBlock") for one in parts(item, "CidrBlockAssociationSet")]
    cidrs = tuple(dict.fromkeys(block for block in (primary, *blocks) if block))
    found = LiveVpc(
        id=identity,
        source=shown,
        cidrs=cidrs,
        default=item.get("IsDefault") is True,
        owner=text(item, "OwnerId"),
        tags=tags(item),
        filters={
            "cidr": (primary,),
            "cidr-block-association.cidr-block": cidrs,
            "dhcp-options-id": (text(item, "DhcpOptionsId"),),
            "is-default": _truth(item, "IsDefault"),
            "owner-id": (text(item, "OwnerId"),),
            "state": (text(item, "State"),),
            "vpc-id": (identity,),
        },
    )
    put(live, Listing.VPCS, live.vpcs, identity, found, what=identity)


def _truth(item: Fields, name: str) -> tuple[str, ...]:
    value = item.get(name)
    return (str(value).lower(),) if isinstance(value, bool) else ()


def _group(item: Fields, shown: str, live: Live) -> None:
    name = needed(item, "AutoScalingGroupName", "an Auto Scaling group", shown)
    labels = tags(item)
    mixed = part(item, "MixedInstancesPolicy", "LaunchTemplate")
    overrides = parts(mixed, "Overrides")
    running = [one for one in parts(item, "Instances") if text(one, "LifecycleState") == "InService"]
    zones = tuple(
        LiveInstance(text(one, "InstanceId"), text(one, "InstanceType"), text(one, "AvailabilityZone"), name)
        for one in running
    )
    found = LiveGroup(
        name=name,
        source=shown,
        managed="eks:nodegroup-name" in labels,
        node_group=labels.get("eks:nodegroup-name", "") or labels.get("alpha.eksctl.io/nodegroup-name", ""),
        cluster=labels.get("eks:cluster-name", "") or _cluster(labels),
        minimum=whole(item, "MinSize"),
        desired=whole(item, "DesiredCapacity"),
        maximum=whole(item, "MaxSize"),
        subnets=tuple(one for one in text(item, "VPCZoneIdentifier").split(",") if one),
        template=_reference(part(mixed, "LaunchTemplateSpecification")) or _reference(part(item, "LaunchTemplate")),
        configuration=text(item, "LaunchConfigurationName"),
        overrides=tuple(text(one, "InstanceType") for one in overrides if text(one, "InstanceType")),
        requirements=any("InstanceRequirements" in one for one in overrides),
        own_templates=any(one.get("LaunchTemplateSpecification") for one in overrides),
        instances=zones,
    )
    put(live, Listing.GROUPS, live.groups, name, found, what=f"the Auto Scaling group {name}", settle=settled_group)


def _cluster(labels: Mapping[str, str]) -> str:
    named = [key.removeprefix(_CLUSTER_TAG) for key in labels if key.startswith(_CLUSTER_TAG)]
    return named[0] if len(named) == 1 else ""


def _reference(item: Fields) -> TemplateReference | None:
    identity, name = text(item, "LaunchTemplateId"), text(item, "LaunchTemplateName")
    return TemplateReference(identity, name, text(item, "Version")) if identity or name else None


def _reservation(item: Fields, shown: str, live: Live) -> None:
    for one in parts(item, "Instances"):
        identity = needed(one, "InstanceId", "an instance", shown)
        if text(part(one, "State"), "Name") not in _RUNS:
            continue
        taken: dict[str, int] = {}
        for interface in parts(one, "NetworkInterfaces"):
            addresses = len(parts(interface, "PrivateIpAddresses"))
            prefixes = len(parts(interface, "Ipv4Prefixes"))
            subnet = text(interface, "SubnetId")
            taken[subnet] = taken.get(subnet, 0) + addresses + _PREFIX * prefixes
        found = LiveInstance(
            id=identity,
            type=text(one, "InstanceType"),
            zone=text(part(one, "Placement"), "AvailabilityZone"),
            group=tags(one).get("aws:autoscaling:groupName", ""),
            subnet=text(one, "SubnetId"),
            addresses=taken,
            source=shown,
        )
        put(live, Listing.INSTANCES, live.instances, identity, found, what=identity)


def _template(item: Fields, shown: str, live: Live) -> None:
    identity = needed(item, "LaunchTemplateId", "a launch template", shown)
    versions = TemplateVersions(whole(item, "DefaultVersionNumber"), whole(item, "LatestVersionNumber"), shown)
    for key in dict.fromkeys((identity, text(item, "LaunchTemplateName"))):
        what = f"the versions of launch template {key}"
        put(live, Listing.TEMPLATES, live.versions, key, versions, what=what, settle=settled_versions)


def _template_version(item: Fields, shown: str, live: Live) -> None:
    identity = needed(item, "LaunchTemplateId", "a version of a launch template", shown)
    number = whole(item, "VersionNumber")
    if number is None:
        needed(item, "VersionNumber", "a version of a launch template", shown)
        return
    data = part(item, "LaunchTemplateData")
    found = LiveTemplate(
        id=identity,
        name=text(item, "LaunchTemplateName"),
        source=shown,
        version=number,
        default=item.get("DefaultVersion") is True,
        instance_type=text(data, "InstanceType"),
        requirements="InstanceRequirements" in data,
        image=text(data, "ImageId"),
        user_data=text(data, "UserData") or None,
    )
    what = f"version {number} of launch template {identity}"
    put(live, Listing.TEMPLATE_VERSIONS, live.templates, (identity, number), found, what=what, settle=settled_template)


def _launch_configuration(item: Fields, shown: str, live: Live) -> None:
    name = needed(item, "LaunchConfigurationName", "a launch configuration", shown)
    found = LiveTemplate(
        id="",
        name=name,
        source=shown,
        version=0,
        default=True,
        instance_type=text(item, "InstanceType"),
        requirements=False,
        image=text(item, "ImageId"),
        user_data=text(item, "UserData") or None,
    )
    table = live.launch_configurations
    put(live, Listing.LAUNCH_CONFIGURATIONS, table, name, found, what=f"the launch configuration {name}")


def _node_group(item: Fields, shown: str, live: Live) -> None:
    name = needed(item, "nodegroupName", "the node group", shown)
    cluster = needed(item, "clusterName", "the node group", shown)
    template, scaling = part(item, "launchTemplate"), part(item, "scalingConfig")
    reference = TemplateReference(text(template, "id"), text(template, "name"), text(template, "version"))
    found = LiveNodeGroup(
        cluster=cluster,
        name=name,
        source=shown,
        instance_types=texts(item, "instanceTypes"),
        ami_type=text(item, "amiType"),
        subnets=texts(item, "subnets"),
        minimum=whole(scaling, "minSize"),
        desired=whole(scaling, "desiredSize"),
        maximum=whole(scaling, "maxSize"),
        template=reference if reference.id or reference.name else None,
        groups=tuple(text(one, "name") for one in parts(part(item, "resources"), "autoScalingGroups")),
        modified=moment(item, "modifiedAt"),
    )
    what = f"the node group {name} of {cluster}"
    put(live, Listing.NODE_GROUP, live.node_groups, (cluster, name), found, what=what, settle=settled_node_group)


def _eks_cluster(item: Fields, shown: str, live: Live) -> None:
    name = needed(item, "name", "the cluster", shown)
    vpc = part(item, "resourcesVpcConfig")
    mode = part(item, "computeConfig").get("enabled")
    found = LiveCluster(
        name=name,
        source=shown,
        version=text(item, "version"),
        vpc=text(vpc, "vpcId"),
        subnets=texts(vpc, "subnetIds"),
        ip_family=text(part(item, "kubernetesNetworkConfig"), "ipFamily"),
        auto_mode=mode if isinstance(mode, bool) else None,
    )
    put(live, Listing.CLUSTER, live.clusters, name, found, what=f"the cluster {name}")


def _add_on(item: Fields, shown: str, live: Live) -> None:
    name = needed(item, "addonName", "the add-on", shown)
    cluster = needed(item, "clusterName", "the add-on", shown)
    if name != "vpc-cni":
        return
    variables = variables_of_add_on(text(item, "configurationValues"))
    missing = (
        "" if variables is not None else f"the configurationValues in {shown} are neither JSON nor YAML of variables"
    )
    environment = kept_variables((variables or {}).items())
    version, modified = text(item, "addonVersion"), moment(item, "modifiedAt")
    live.cni.append(LiveCni(shown, cluster, version, environment, whole=False, missing=missing, modified=modified))


_READERS: dict[str, tuple[Listing, Callable[[Fields, str, Live], None]]] = {
    "Subnets": (Listing.SUBNETS, _subnet),
    "Vpcs": (Listing.VPCS, _vpc),
    "AutoScalingGroups": (Listing.GROUPS, _group),
    "Reservations": (Listing.INSTANCES, _reservation),
    "LaunchTemplates": (Listing.TEMPLATES, _template),
    "LaunchTemplateVersions": (Listing.TEMPLATE_VERSIONS, _template_version),
    "LaunchConfigurations": (Listing.LAUNCH_CONFIGURATIONS, _launch_configuration),
    "nodegroup": (Listing.NODE_GROUP, _node_group),
    "cluster": (Listing.CLUSTER, _eks_cluster),
    "addon": (Listing.ADD_ON, _add_on),
}
