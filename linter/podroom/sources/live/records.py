"""What the AWS CLI and kubectl said is there: only what bears on pods, everything else is dropped while it is read."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum

from podroom.records import dataclass, field


class Listing(Enum):
    """What can be listed, by the command that lists it."""

    SUBNETS = "aws ec2 describe-subnets"
    VPCS = "aws ec2 describe-vpcs"
    INSTANCES = "aws ec2 describe-instances"
    TEMPLATES = "aws ec2 describe-launch-templates"
    TEMPLATE_VERSIONS = "aws ec2 describe-launch-template-versions"
    GROUPS = "aws autoscaling describe-auto-scaling-groups"
    LAUNCH_CONFIGURATIONS = "aws autoscaling describe-launch-configurations"
    CLUSTER = "aws eks describe-cluster"
    NODE_GROUP = "aws eks describe-nodegroup"
    ADD_ON = "aws eks describe-addon"
    NODES = "kubectl get nodes"
    DAEMON_SET = "kubectl get daemonset aws-node"
    ENI_CONFIGS = "kubectl get eniconfigs"


@dataclass(frozen=True, slots=True)
class LiveSubnet:
    """A subnet; `free` are the addresses that were free when it was listed.

    `filters` are the values that it has for filters of DescribeSubnets, tags apart.
    """

    id: str
    source: str
    vpc: str
    cidr: str
    zone: str
    zone_id: str
    free: int | None
    tags: Mapping[str, str]
    filters: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class LiveVpc:
    """A VPC with its IPv4 blocks, the primary one first; `filters` as with subnets, for DescribeVpcs."""

    id: str
    source: str
    cidrs: tuple[str, ...]
    default: bool
    owner: str
    tags: Mapping[str, str]
    filters: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class TemplateReference:
    """A launch template as something names it; `version` may be $Latest or $Default."""

    id: str
    name: str
    version: str

    def __str__(self) -> str:
        """Return it for a person."""
        return f"launch template {self.name or self.id}" + (f" version {self.version}" if self.version else "")


@dataclass(frozen=True, slots=True)
class LiveGroup:
    """An Auto Scaling group.

    `node_group` and `cluster` are what its tags say, empty where they say nothing; `managed` says that it is that of an
    EKS managed node group.  `overrides` are the instance types of its mixed instances policy; `requirements` says that
    AWS chooses types by attributes, `own_templates` that some of them have a launch template of their own.
    `instances` are those in service; `untold` says that several lists do not agree on them.
    """

    name: str
    source: str
    managed: bool
    node_group: str
    cluster: str
    minimum: int | None
    desired: int | None
    maximum: int | None
    subnets: tuple[str, ...]
    template: TemplateReference | None
    configuration: str
    overrides: tuple[str, ...]
    requirements: bool
    own_templates: bool
    instances: tuple[LiveInstance, ...]
    untold: bool = False


@dataclass(frozen=True, slots=True)
class LiveInstance:
    """An EC2 instance that runs.

    `subnet` is empty where the listing does not say; `addresses` are what its interfaces hold of their subnets, by the
    id of the subnet, addresses of prefixes included, None where the listing does not say.
    """

    id: str
    type: str
    zone: str
    group: str = ""
    subnet: str = ""
    addresses: Mapping[str, int] | None = None
    source: str = ""


@dataclass(frozen=True, slots=True)
class LiveTemplate:
    """A version of a launch template, or a launch configuration, which has no id and one version, 0.

    `user_data` is base64 as it was printed, None where there is none.
    """

    id: str
    name: str
    source: str
    version: int
    default: bool
    instance_type: str
    requirements: bool
    image: str
    user_data: str | None = field(repr=False)


@dataclass(frozen=True, slots=True)
class TemplateVersions:
    """The default and the latest version of a launch template; `disputed` if several lists do not agree on them."""

    default: int | None
    latest: int | None
    source: str
    disputed: bool = False


@dataclass(frozen=True, slots=True)
class LiveNodeGroup:
    """An EKS managed node group; `groups` are the names of its Auto Scaling groups.

    `modified` is when it was modified last, in seconds since 1970, None where the listing does not say.
    """

    cluster: str
    name: str
    source: str
    instance_types: tuple[str, ...]
    ami_type: str
    subnets: tuple[str, ...]
    minimum: int | None
    desired: int | None
    maximum: int | None
    template: TemplateReference | None
    groups: tuple[str, ...]
    modified: float | None


@dataclass(frozen=True, slots=True)
class LiveCluster:
    """An EKS cluster."""

    name: str
    source: str
    version: str
    vpc: str
    subnets: tuple[str, ...]
    ip_family: str
    auto_mode: bool | None


@dataclass(frozen=True, slots=True)
class LiveCni:
    """The VPC CNI of a cluster as its DaemonSet or add-on has it.

    `environment` holds the variables that podroom judges, None for a value that is not kept; `whole` says that aws-node
    gets no others of these.  `missing` says why there may be more variables, and is empty where there are none.
    `cluster` is empty where the listing does not say.  `modified` is as with node groups.  `disputed` says why what is
    not there is not known, where several lists do not agree.
    """

    source: str
    cluster: str
    version: str
    environment: Mapping[str, str | None]
    whole: bool
    missing: str = ""
    modified: float | None = None
    disputed: str = ""


@dataclass(frozen=True, slots=True)
class LiveNode:
    """A node of Kubernetes: `pods` are those that it allows at the most (`status.allocatable.pods`).

    `instance`, `type`, `zone`, `node_group`, `cluster` and `compute` ("auto", "fargate") are empty where nothing says.
    """

    name: str
    source: str
    type: str
    zone: str
    node_group: str
    cluster: str
    instance: str
    system: str
    compute: str
    pods: int | None


@dataclass(frozen=True, slots=True)
class LiveEniConfig:
    """An ENIConfig: its name and its subnet."""

    name: str
    source: str
    subnet: str


@dataclass(frozen=True, slots=True)
class Disagreement:
    """Two lists that tell of one thing differently: where they stand, of what, both values, and what is taken."""

    first: str
    second: str
    what: str
    both: str
    taken: str


@dataclass(slots=True)
class Live:
    """All that was listed.

    `listed` are the files by what they list; those in `cut_off` are not all there is, those in `empty` list nothing.
    Of what is in `dropped` several lists tell differently, so that nothing is known of it; `disputed` says so of each
    listing that is not whole therefore.
    """

    listed: dict[Listing, list[str]] = field(default_factory=dict)
    cut_off: dict[Listing, str] = field(default_factory=dict)
    empty: list[str] = field(default_factory=list)
    disagreements: list[Disagreement] = field(default_factory=list)
    dropped: set[tuple[Listing, str]] = field(default_factory=set)
    disputed: dict[Listing, str] = field(default_factory=dict)
    subnets: dict[str, LiveSubnet] = field(default_factory=dict)
    vpcs: dict[str, LiveVpc] = field(default_factory=dict)
    groups: dict[str, LiveGroup] = field(default_factory=dict)
    instances: dict[str, LiveInstance] = field(default_factory=dict)
    templates: dict[tuple[str, int], LiveTemplate] = field(default_factory=dict)
    versions: dict[str, TemplateVersions] = field(default_factory=dict)
    launch_configurations: dict[str, LiveTemplate] = field(default_factory=dict)
    node_groups: dict[tuple[str, str], LiveNodeGroup] = field(default_factory=dict)
    clusters: dict[str, LiveCluster] = field(default_factory=dict)
    cni: list[LiveCni] = field(default_factory=list)
    nodes: dict[str, LiveNode] = field(default_factory=dict)
    eni_configs: dict[str, LiveEniConfig] = field(default_factory=dict)

    def groups_of_instances(self) -> dict[str, str]:
        """Return the names of Auto Scaling groups by the ids of their instances."""
        told = {one.id: one.group for one in self.instances.values() if one.group in self.groups}
        return {one.id: name for name, group in self.groups.items() for one in group.instances} | told

    def whole(self, listing: Listing) -> bool:
        """Return whether a listing was given, not cut off, and not disputed."""
        return listing in self.listed and listing not in self.cut_off and listing not in self.disputed
