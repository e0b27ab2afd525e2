"""The World: what the configuration says will exist, as plain frozen data.

Whoever reads it need not know whether it came from Terraform, a plan or eksctl.  Every leaf that
somebody wrote is a `Value`; every collection that might be longer than what is known is `Members`.
Addresses are those of the source's own language (`module.eks.aws_eks_node_group.this["blue"]`).
"""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING

from podroom.catalog.ami_families import AmiFamily
from podroom.positions import Span
from podroom.records import dataclass, field
from podroom.values import Known, Members, Unknown, Value

if TYPE_CHECKING:
    from podroom.model.live import LeftInstances, LiveNodes, Running
    from podroom.model.lookups import Lookup, Selection


class Mechanism(Enum):
    """The ways to give kubelet a number of max pods in user data; only an expression may differ between types."""

    KUBELET_EXTRA_ARGS = "--kubelet-extra-args --max-pods"
    KUBELET_EXTRA_ARGS_VARIABLE = "KUBELET_EXTRA_ARGS --max-pods"
    BOOTSTRAP_SH_EDIT = "edit of bootstrap.sh that adds --max-pods"
    NODEADM_FLAG = "NodeConfig spec.kubelet.flags --max-pods"
    NODEADM_CONFIG = "NodeConfig spec.kubelet.config.maxPods"
    NODEADM_EXPRESSION = "NodeConfig spec.kubelet.maxPodsExpression"
    NODEADM_DROP_IN = "spec.kubelet.config.maxPods in /etc/eks/nodeadm.d"
    BOTTLEROCKET_SETTING = "settings.kubernetes.max-pods"
    KUBELET_CONFIGURATION = "maxPods in kubelet-config.json"


class Bootstrap(Enum):
    """The programs that user data can configure a node with; each belongs to one AMI family."""

    BOOTSTRAP_SH = "bootstrap.sh"
    NODEADM = "nodeadm"
    BOTTLEROCKET = "Bottlerocket settings"
    WINDOWS = "Start-EKSBootstrap.ps1"

    @property
    def family(self) -> AmiFamily:
        """Return the AMI family that has this program."""
        return _FAMILY_OF_BOOTSTRAP[self]


_FAMILY_OF_BOOTSTRAP = {
    Bootstrap.BOOTSTRAP_SH: AmiFamily.AL2,
    Bootstrap.NODEADM: AmiFamily.AL2023,
    Bootstrap.BOTTLEROCKET: AmiFamily.BOTTLEROCKET,
    Bootstrap.WINDOWS: AmiFamily.WINDOWS,
}


@dataclass(frozen=True, slots=True)
class FixedMaxPods:
    """User data gives kubelet this number, whatever the instance type.

    `setting` is what the number is called where somebody wrote it, if a tool puts it into the user data for them
    (`maxPodsPerNode` of eksctl); None where it was written as the mechanism itself.  With `calculated` the value is not
    known before max-pods-calculator.sh has run on the node.
    """

    mechanism: Mechanism
    value: Value[int]
    span: Span
    setting: str | None = None
    calculated: bool = False


@dataclass(frozen=True, slots=True)
class UseMaxPods:
    """`bootstrap.sh --use-max-pods VALUE`; false means that the script passes kubelet no number."""

    value: Value[bool]
    span: Span


@dataclass(frozen=True, slots=True)
class MaxPodsExpression:
    """NodeConfig `spec.kubelet.maxPodsExpression`, a CEL expression worked out on the node.

    `drop_in` means that it is in a file of /etc/eks/nodeadm.d, which nodeadm merges after all user data.
    """

    text: Value[str]
    span: Span
    drop_in: bool = False


@dataclass(frozen=True, slots=True)
class OpenHereDocument:
    """A here-document of a script that goes on to the script's end, because no line is its delimiter.

    `almost_end` is a line that is the delimiter but for blanks beside it.  `lines_behind` counts the lines with text
    in them that became part of it: all behind `almost_end` where there is one.  `hides_bootstrap` says that a call of
    bootstrap.sh or nodeadm is among them.
    """

    delimiter: str
    span: Span
    almost_end: Span | None
    lines_behind: int
    hides_bootstrap: bool


@dataclass(frozen=True, slots=True)
class CalculatorOptions:
    """What a call of max-pods-calculator.sh is told beside the version; `instance_type` is None for the node's own."""

    instance_type: Value[str] | None = None
    max_eni: Value[int] | None = None
    custom_networking: bool = False
    prefix_delegation: bool = False
    show_max_allowed: bool = False


@dataclass(frozen=True, slots=True)
class CalculatorCall:
    """A script calls max-pods-calculator.sh.

    `version` is what `--cni-version` says, None where it is not there.  `condition` says under what the call runs and
    is empty if it always does.  `brought` means that the user data fetches or writes the script itself.  `options` are
    the others, None where they are not understood.
    """

    path: str
    version: Value[str] | None
    span: Span
    condition: str = ""
    brought: bool = False
    options: CalculatorOptions | None = None


@dataclass(frozen=True, slots=True)
class CalculatorDownload:
    """A script fetches max-pods-calculator.sh from an address in the main branch of amazon-eks-ami."""

    address: str
    span: Span


class SettingFault(Enum):
    """Why Bottlerocket does not use a setting."""

    INVALID = "the settings are no TOML"
    UNKNOWN = "Bottlerocket has no such setting"
    OUTSIDE = "it is not in a table of settings"
    TEXT = "it is a text and not a number"


@dataclass(frozen=True, slots=True)
class UnusableSetting:
    """A setting about max pods that Bottlerocket refuses or does not look at, or what makes them all unreadable.

    `name` is its whole path ("settings.kubernetes.maxPods"), empty if the text is no TOML; `reason` is a clause.
    `number` is what was to be max pods.
    """

    fault: SettingFault
    name: str
    reason: str
    span: Span
    number: Value[int] | None = None


@dataclass(frozen=True, slots=True)
class UserData:
    """What a node's user data says about max pods, in the order in which it says it.

    `bootstraps` are the programs that it speaks to, each at the first place.  `gaps` are the places that could say
    more and cannot be read: a hole, an unknown part, a script that works out the number on the node.  `stray` are
    numbers in KUBELET_EXTRA_ARGS of scripts that call no bootstrap.sh: no other script sees the variable.
    `kube_reserved` are the places that say what kubelet reserves for itself.
    """

    bootstraps: tuple[Value[Bootstrap], ...] = ()
    fixed: tuple[FixedMaxPods, ...] = ()
    use_max_pods: tuple[UseMaxPods, ...] = ()
    expressions: tuple[MaxPodsExpression, ...] = ()
    gaps: tuple[Unknown, ...] = ()
    stray: tuple[FixedMaxPods, ...] = ()
    open_here_documents: tuple[OpenHereDocument, ...] = ()
    calculator_calls: tuple[CalculatorCall, ...] = ()
    calculator_downloads: tuple[CalculatorDownload, ...] = ()
    unusable_settings: tuple[UnusableSetting, ...] = ()
    kube_reserved: tuple[Span, ...] = ()


@dataclass(frozen=True, slots=True)
class EnvironmentVariable:
    """One variable of the container aws-node, as set by somebody.

    `span` is the place to change for another value, `named_at` the one of its name where that is elsewhere.
    `json_type` is the type that the value has where only a string will do ("string", "boolean"); None where anything
    becomes a string.
    """

    name: str
    value: Value[str]
    span: Span
    json_type: Known[str] | Unknown | None = None
    named_at: Span | None = None

    @property
    def name_span(self) -> Span:
        """Return the place to change for another name."""
        return self.span if self.named_at is None else self.named_at


@dataclass(frozen=True, slots=True)
class CniOption:
    """A setting of the add-on or the chart that is no variable, by its path ("nodeAgent.enabled").

    `value` is None for a mapping or a list; `span` is the place of the name.
    """

    name: str
    value: Value[str] | None
    span: Span


CURRENT_VERSION = "current"
"""Stands for the version of the CNI that Amazon EKS installs when nobody names one."""


class CniSourceKind(Enum):
    """The ways to set variables of aws-node."""

    ADD_ON = "EKS add-on"
    HELM_CHART = "Helm chart aws-vpc-cni"
    DAEMON_SET = "DaemonSet aws-node"
    SET_ENV = "kubectl set env"
    KUBERNETES_ENV = "kubernetes_env"
    UNREAD = "a text that is not understood"


@dataclass(frozen=True, slots=True)
class Probe:
    """A liveness or readiness probe of aws-node; `command` is what it runs, its words joined by blanks."""

    name: str
    command: Value[str]
    span: Span


@dataclass(frozen=True, slots=True)
class CniSource:
    """One thing that configures the CNI, and what it says.

    `address` is that of the source's own language ("aws_eks_addon.vpc_cni", "DaemonSet/aws-node").  `version` is
    None where it says nothing of it.  `whole` says that it gives aws-node its whole environment, so that an unset
    variable has the default of the code.  `missing` says why it may set variables that are not listed.  `doubt` says
    why it may be for another cluster, and is None where it is for this one.  `after` are the addresses of what it waits
    for and changes: it has the last word until one of these is updated.
    """

    kind: CniSourceKind
    address: str
    span: Span
    environment: tuple[EnvironmentVariable, ...] = ()
    init_environment: tuple[EnvironmentVariable, ...] = ()
    version: Value[str] | None = None
    whole: bool = False
    missing: Unknown | None = None
    options: tuple[CniOption, ...] = ()
    doubt: Unknown | None = None
    after: tuple[str, ...] = ()

    @property
    def installs(self) -> bool:
        """Return whether it brings the CNI itself, and does not only change one that is there."""
        return self.whole or self.kind in (CniSourceKind.ADD_ON, CniSourceKind.HELM_CHART)


@dataclass(frozen=True, slots=True)
class CniSettings:
    """How the Amazon VPC CNI of a cluster is configured.

    `declared_by` is the address of what configures it; None when nothing in the project does, so
    that the defaults which Amazon EKS installs are assumed.  `missing` says why there may be
    variables that are not listed.  `environment` is what the container aws-node gets, `init_environment` what
    aws-vpc-cni-init gets, as far as somebody sets them; an unset variable has the default of the manifest, or that
    of the code if `from_manifest` is false because the project holds the DaemonSet itself.  `sources` are all that
    set them, where there is more than one.  `options` are settings of the add-on or the chart that are no variables.
    `config_map` are the entries of kube-system/amazon-vpc-cni.
    `labelled` says where something may label or annotate nodes with the name of their ENIConfig.  `not_installed`
    says why there may be no VPC CNI at all unless something here installs it.
    """

    declared_by: str | None
    span: Span | None
    version: Value[str]
    environment: tuple[EnvironmentVariable, ...] = ()
    missing: Unknown | None = None
    pod_subnets: Members[PodSubnet] = field(default_factory=Members)
    init_environment: tuple[EnvironmentVariable, ...] = ()
    from_manifest: bool = True
    sources: tuple[CniSource, ...] = ()
    config_map: tuple[EnvironmentVariable, ...] = ()
    probes: tuple[Probe, ...] = ()
    labelled: Unknown | None = None
    not_installed: Unknown | None = None
    options: tuple[CniOption, ...] = ()
    on_update: Value[str] | None = None
    """What an update of the add-on does with others' changes: OVERWRITE, PRESERVE or NONE; None without add-on."""

    @property
    def all_sources(self) -> tuple[CniSource, ...]:
        """Return what the settings come from, also of a single add-on; nothing if Amazon EKS brings them."""
        if self.sources or self.declared_by is None or self.span is None:
            return self.sources
        add_on = CniSource(
            kind=CniSourceKind.ADD_ON,
            address=self.declared_by,
            span=self.span,
            environment=self.environment,
            init_environment=self.init_environment,
            version=self.version,
            missing=self.missing,
            options=self.options,
        )
        return (add_on,)

    def find(self, name: str) -> EnvironmentVariable | None:
        """Return the variable of that name, the last one if it is set twice."""
        for variable in reversed(self.environment):
            if variable.name == name:
                return variable
        return None


@dataclass(frozen=True, slots=True)
class PodSubnet:
    """An ENIConfig: the subnet that pods use on the nodes that name it (custom networking).

    `span` is where its name is written.
    """

    name: str
    subnet: SubnetUse
    span: Span


@dataclass(frozen=True, slots=True)
class Karpenter:
    """How Karpenter is installed: `reserved_enis` are the interfaces that it leaves out of max pods on every node.

    `expressions` says whether node classes may hold expressions (the gate NodeClassCEL), None where nothing sets it,
    which leaves it off.  `by_eksctl` says that eksctl installs it, which lets nobody choose its settings.
    """

    address: str
    span: Span
    reserved_enis: Value[int]
    expressions: Value[bool] | None = None
    by_eksctl: bool = False


@dataclass(frozen=True, slots=True)
class ClusterRole:
    """The IAM role that the control plane acts with, and the names of the policies that are attached to it."""

    address: str
    span: Span
    policies: Members[Value[str]]


@dataclass(frozen=True, slots=True)
class Cluster:
    """An EKS cluster.  `declared` is false for a cluster that is only named by others.

    `karpenter` is None where nothing in the project installs it, which does not say that nobody does.  `role` and
    `kube_proxy_mode` are read where security groups for pods need them, and None where the project does not say.
    """

    address: str
    declared: bool
    span: Span
    name: Value[str]
    version: Value[str]
    ip_family: Value[str]
    auto_mode: Value[bool]
    subnets: Members[SubnetUse]
    cni: CniSettings
    karpenter: Karpenter | None = None
    role: ClusterRole | None = None
    kube_proxy_mode: Value[str] | None = None
    nodes: tuple[LiveNodes, ...] = ()
    """Nodes of the cluster as kubectl listed them; none where nobody did."""


@dataclass(frozen=True, slots=True)
class Zone:
    """An availability zone: its name where it is known, and what tells it from other zones.

    `identity` is the name, or the expression that will yield it
    (`data.aws_availability_zones.available.names[0]`).
    """

    identity: str
    name: str | None


@dataclass(frozen=True, slots=True)
class CidrReservation:
    """A part of a subnet that is kept for prefixes (`kind` "prefix") or for addresses that somebody names."""

    address: str
    span: Span
    cidr: Value[str]
    kind: Value[str]


@dataclass(frozen=True, slots=True)
class Subnet:
    """A subnet; `cidr` is its IPv4 block as text ("10.0.0.0/20")."""

    address: str
    span: Span
    cidr: Value[str]
    zone: Value[Zone]
    vpc: Value[str]
    tags: tuple[tuple[str, Value[str]], ...] = ()
    tags_missing: Unknown | None = None
    reservations: Members[CidrReservation] = field(default_factory=Members)
    free: Value[int] | None = None
    """The addresses that were free in it when they were listed, at a time that nothing tells; None if not listed."""


@dataclass(frozen=True, slots=True)
class Vpc:
    """A VPC with its IPv4 blocks, the primary one first."""

    address: str
    span: Span
    cidrs: Members[Value[str]]


@dataclass(frozen=True, slots=True)
class SubnetUse:
    """A place that names a subnet: the subnet's address, or why it is not known which one."""

    subnet: Value[str]
    span: Span


class GroupKind(Enum):
    """Who runs the Auto Scaling group of a node group."""

    MANAGED = "managed node group"
    SELF_MANAGED = "self-managed node group"


class TypeSource(Enum):
    """What names an instance type."""

    NODE_GROUP = "node group"
    LAUNCH_TEMPLATE = "launch template"
    OVERRIDE = "Auto Scaling group override"
    LAUNCH_CONFIGURATION = "launch configuration"
    EKS_DEFAULT = "default of Amazon EKS"
    EKSCTL_DEFAULT = "default of eksctl"


@dataclass(frozen=True, slots=True)
class InstanceChoice:
    """One instance type that nodes of a group can have."""

    type: Value[str]
    source: TypeSource
    span: Span


@dataclass(frozen=True, slots=True)
class TemplateDrift:
    """A version of a launch template that somebody made outside Terraform, as a plan found it.

    `live_type` is the instance type that it names, None for the recorded one; `changed` are other attributes that are
    not as Terraform left them (`image_id`, `user_data`); `untold` are those of which the plan hides a side, so that
    nobody can say whether they are.
    """

    live_type: InstanceChoice | None = None
    changed: tuple[str, ...] = ()
    untold: tuple[str, ...] = ()

    @property
    def certain(self) -> bool:
        """Return whether anything that bears on nodes surely changed."""
        return self.live_type is not None or bool(self.changed)


@dataclass(frozen=True, slots=True)
class LaunchTemplate:
    """A launch template or launch configuration, as far as it bears on pods.

    `image` is the AMI id as text; None when the template names none, so that somebody else does.
    """

    address: str
    span: Span
    instance_type: InstanceChoice | None
    image: Value[str] | None
    user_data: UserData
    network_interfaces: Members[Span] = field(default_factory=Members)
    drift: TemplateDrift | None = None
    """What somebody changed outside Terraform, as a plan found it; None where nothing is known of that."""
    metadata_tokens: Value[str] | None = None
    """Whether the metadata service asks for a token ("required", "optional"); None where nothing is said."""


@dataclass(frozen=True, slots=True)
class NamedTemplate:
    """A launch template that is not in the configuration: its id or its name, and the version that is launched.

    The version is a number, "$Latest" or "$Default".
    """

    id: Value[str] | None
    name: Value[str] | None
    version: Value[str]
    span: Span


class CniOrder(Enum):
    """When the CNI gets its settings, seen from a node group."""

    BEFORE = "before the node group is made"
    AFTER = "after the node group is made"
    OPEN = "in no order with the node group"


@dataclass(frozen=True, slots=True)
class UpdateSettings:
    """How the nodes of a group are replaced; None for what is not said.

    `max_unavailable` is a number of nodes, `max_unavailable_percentage` one in percent of the group; without either
    it is 1.  `strategy` is DEFAULT or MINIMAL.  `missing` says why all that may be otherwise.  All these are of managed
    node groups; `max_healthy_percentage` is that of the instance refresh of an Auto Scaling group.
    """

    max_unavailable: Value[int] | None = None
    max_unavailable_percentage: Value[int] | None = None
    strategy: Value[str] | None = None
    missing: Unknown | None = None
    max_healthy_percentage: Value[int] | None = None


@dataclass(frozen=True, slots=True)
class GroupDrift:
    """How an Auto Scaling group was found where Terraform had left, or the configuration says, something else.

    `recorded_types` are the instance types that Terraform left, `live_types` those that the group has now.
    `live_template` is what it launches in place of `recorded_template`, both with the version, None for the same one:
    what that one gives to kubelet is not known.

    `listed` is the name of the group where an inventory lists it, None where a plan found the difference.  In the
    former case `recorded_types` are those of the configuration, and `launched` is the launch template with its user
    data, if those were listed; the types may be the same then.  `described` says that the EKS node group was listed and
    not the Auto Scaling group behind it, so that Amazon EKS adds to that user data.

    `commanded` is the place of a command of the configuration that gives the group `live_types`.
    """

    recorded_types: Members[InstanceChoice]
    live_types: Members[InstanceChoice]
    live_template: str | None = None
    recorded_template: str | None = None
    listed: Value[str] | None = None
    launched: LaunchTemplate | None = None
    described: bool = False
    commanded: Span | None = None

    @property
    def same_types(self) -> bool:
        """Return whether it is only the user data that may differ; raises `Undecidable` if types are not known."""
        if self.listed is None or self.launched is None:
            return False
        recorded, live = ({one.type.need() for one in types.need()} for types in (self.recorded_types, self.live_types))
        return recorded == live

    @property
    def doubt(self) -> Unknown | None:
        """Return why it is not certain that anything differs; None if it is."""
        sides = self.recorded_types, self.live_types
        recorded, live = ({one.type.value for one in types if isinstance(one.type, Known)} for types in sides)
        more = (recorded - live and self.live_types.complete) or (live - recorded and self.recorded_types.complete)
        missing = (*self.live_types.missing, *self.recorded_types.missing)
        return None if self.live_template is not None or more or not missing else missing[0]

    @property
    def found_by_plan(self) -> bool:
        """Return whether a plan found the difference, and neither an inventory nor a command tells it."""
        return self.listed is None and self.commanded is None


@dataclass(frozen=True, slots=True)
class ChangeByHand:
    """A setting of a node group that is not as Terraform left it: `recorded` is what it was, `live` what it is."""

    name: str
    recorded: str
    live: str


@dataclass(frozen=True, slots=True)
class ListedChanges:
    """Settings of a node group that an inventory lists otherwise: `recorded` is what is declared.

    `what` says what was listed ("Auto Scaling group eks-workers-1"), `source` is the file.
    """

    what: str
    source: str
    changes: tuple[ChangeByHand, ...]


@dataclass(frozen=True, slots=True)
class NodeGroup:
    """Nodes that come from one Auto Scaling group.

    `cluster` is the address of the cluster.  `ami_family` is what the AMI says or, where an image
    cannot tell, what the user data speaks.  `own_image` is whether an AMI id is given, in which case
    Amazon EKS adds nothing to the user data of a managed group.  `instance_types` are all types that
    can appear; `launch_template.instance_type` is kept apart for those that overrides replace.
    """

    address: str
    kind: GroupKind
    span: Span
    cluster: Value[str]
    instance_types: Members[InstanceChoice]
    ami_family: Value[AmiFamily]
    own_image: Value[bool]
    launch_template: LaunchTemplate | None
    launch_template_missing: Unknown | None
    minimum_size: Value[int]
    desired_size: Value[int]
    maximum_size: Value[int]
    subnets: Members[SubnetUse]
    uncertain: Unknown | None = None
    """Why it is not certain that the group exists (`count` or `for_each` is unknown); None if it is."""
    cni_order: Value[CniOrder] | None = None
    """When the CNI is set to use prefixes; None where nothing here does that."""
    max_pods_setting: str | None = None
    """The setting of the group's own language that gives kubelet a number; None where only user data can."""
    updates: UpdateSettings | None = None
    """How the nodes are replaced; None where nothing is said."""
    drift: GroupDrift | None = None
    """How the group is not as declared, as a plan or an inventory found it; None where nothing is known of that."""
    name: Value[str] | None = None
    """What AWS calls it; None where the configuration says nothing."""
    name_prefix: Value[str] | None = None
    """What its name begins with where the rest is made up; None where nothing says so."""
    running: Running | None = None
    """Its nodes that run, as they were listed; None where they were not."""
    left: tuple[LeftInstances, ...] = ()
    """Its instances of other types, from before a change; those that kubectl listed as nodes are not among them."""
    labels: tuple[tuple[str, Value[str]], ...] = ()
    """The labels that its nodes are given by the group itself; user data may give them more."""
    changed_by_hand: tuple[ChangeByHand, ...] = ()
    """Its other settings that somebody changed outside Terraform: sizes, versions, subnets."""
    untold_by_plan: Unknown | None = None
    """Why it is not known whether somebody changed another of those; None if it is."""
    not_as_in_state: tuple[ChangeByHand, ...] = ()
    """Its settings that Terraform's state has otherwise: `recorded` is what is declared, `live` what the state says."""
    untold_by_state: Unknown | None = None
    """Why it is not known whether the state has another of its settings otherwise; None if it is."""
    named_template: NamedTemplate | None = None
    """The launch template that `launch_template_missing` is about, where it is named."""
    not_as_listed: ListedChanges | None = None
    """Its sizes and subnets that an inventory lists otherwise; None where it lists none that differ."""

    @property
    def user_data(self) -> UserData:
        """Return what the user data says; nothing where there is no launch template."""
        return self.launch_template.user_data if self.launch_template else UserData()


@dataclass(frozen=True, slots=True)
class Requirement:
    """What a NodePool asks of a label of its nodes ("karpenter.k8s.aws/instance-cpu In [8, 16]").

    `operator` is In, NotIn, Exists, DoesNotExist, Gt or Lt, as written.
    """

    key: Value[str]
    operator: Value[str]
    values: Members[Value[str]]
    span: Span
    minimum_values: Value[int] | None = None


@dataclass(frozen=True, slots=True)
class KarpenterKubelet:
    """The kubelet block of a node class (v1) or of a NodePool or Provisioner (before); None for what it leaves out.

    `max_pods_text` is what stands there if max pods is written as a text: an expression, or a number in quotes.
    `missing` says why it may hold more than is known.
    """

    span: Span
    max_pods: Value[int] | None = None
    pods_per_core: Value[int] | None = None
    max_pods_text: Value[str] | None = None
    missing: Unknown | None = None


@dataclass(frozen=True, slots=True)
class NodePool:
    """A NodePool of Karpenter or EKS Auto Mode, or an old Provisioner.

    `cluster` is an address, `node_class` kind and name ("EC2NodeClass/default").  `auto_mode` says that its node class
    is one of EKS Auto Mode, which has no VPC CNI to judge.
    """

    address: str
    span: Span
    cluster: Value[str]
    node_class: Value[str]
    requirements: Members[Requirement] = field(default_factory=Members)
    kubelet: KarpenterKubelet | None = None
    auto_mode: bool = False
    limits: tuple[tuple[str, Value[str]], ...] = ()
    uncertain: Unknown | None = None
    """Why it is not certain that the pool exists as it stands (a template's condition); None if it is."""
    included: Unknown | None = None
    """Why there may be more objects beside it than can be read (a template that its file includes); None if not."""


@dataclass(frozen=True, slots=True)
class NodeClass:
    """An EC2NodeClass or AWSNodeTemplate of Karpenter, or a NodeClass of EKS Auto Mode (`auto_mode`).

    `reference` is kind and name, which NodePools call it by.  `ami_family` is None for Custom, whose image nobody knows
    but which is no Windows.  `subnets` are those that the selector terms choose, as far as that can be told;
    `pod_subnets` and `ipv4_prefix_size` ("32", "Auto") are of Auto Mode only.  `selections` and `pod_selections` are
    the terms that name no id.
    """

    address: str
    span: Span
    cluster: Value[str]
    reference: Value[str]
    ami_family: Value[AmiFamily] | None
    user_data: UserData = field(default_factory=UserData)
    kubelet: KarpenterKubelet | None = None
    subnets: Members[SubnetUse] = field(default_factory=Members)
    auto_mode: bool = False
    pod_subnets: Members[SubnetUse] = field(default_factory=Members)
    ipv4_prefix_size: Value[str] | None = None
    uncertain: Unknown | None = None
    selections: tuple[Selection, ...] = ()
    pod_selections: tuple[Selection, ...] = ()


@dataclass(frozen=True, slots=True)
class SecurityGroupPolicy:
    """A SecurityGroupPolicy: gives the pods that it selects security groups and branch interfaces of their own.

    `selects_all` is whether it selects every pod of its namespace.
    """

    address: str
    span: Span
    cluster: Value[str]
    selects_all: Value[bool]
    uncertain: Unknown | None = None


@dataclass(frozen=True, slots=True)
class CniNode:
    """A CNINode, which the VPC resource controller writes by itself: its `features` as they stand in a file."""

    address: str
    span: Span
    cluster: Value[str]
    features: Members[Value[str]]


@dataclass(frozen=True, slots=True)
class FargateProfile:
    """A Fargate profile: its pods have a node each, which takes one address of a subnet."""

    address: str
    span: Span
    cluster: Value[str]
    subnets: Members[SubnetUse]
    uncertain: Unknown | None = None
    """Why it is not certain that it exists; None if it is."""


class TenantKind(Enum):
    """What has addresses of its own in a subnet, without being a node."""

    NAT_GATEWAY = "NAT gateway"
    ENDPOINT = "interface endpoint"
    NETWORK_LOAD_BALANCER = "Network Load Balancer"
    LOAD_BALANCER = "load balancer"


@dataclass(frozen=True, slots=True)
class SubnetTenant:
    """Something other than nodes that has addresses in some subnets: one in each, load balancers also more."""

    address: str
    span: Span
    kind: Value[TenantKind]
    subnets: Members[SubnetUse]
    uncertain: Unknown | None = None
    """Why it is not certain that it exists; None if it is."""


@dataclass(frozen=True, slots=True)
class Gap:
    """Something that bears on pods and could not be understood: said once, never passed over.

    `cause` names what is missing, where one thing may be missing in several configurations.
    """

    address: str
    reason: str
    span: Span
    cause: str | None = None


class IgnoredKind(Enum):
    """Why an argument does nothing: nothing reads it, something else must turn it on, or Terraform refuses it."""

    DROPPED = "dropped"
    MIXED_INSTANCES_POLICY = "mixed instances policy"
    ONE_INSTANCE_TYPE = "one instance type"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class IgnoredArgument:
    """An argument that the called module does not heed; `address` is that of the call, `span` the argument's name.

    `nodes` is the address that those of the node groups begin with which it was meant for, None if it is for none.
    `module` is the module with the version that is taken, the newest of several if `pinned` is false.  `value` is the
    argument as a text, None if it is none, and `written` as it stands in the file.  `instead` is what to write.
    `uncertain` says why it may be heeded after all.
    """

    address: str
    argument: str
    reason: str
    span: Span
    kind: IgnoredKind = IgnoredKind.DROPPED
    nodes: str | None = None
    module: str = ""
    pinned: bool = True
    value: Value[str] | None = None
    written: str | None = None
    instead: str | None = None
    uncertain: Unknown | None = None


@dataclass(frozen=True, slots=True)
class Notice:
    """Something that is no fault but to be known.

    Either the program that a file is for does not take it, and it is judged all the same, or it is not judged.
    """

    message: str
    span: Span


@dataclass(frozen=True, slots=True)
class Removed:
    """What is there before a plan and not after it, beside node groups."""

    clusters: tuple[Cluster, ...] = ()
    subnets: tuple[Subnet, ...] = ()
    vpcs: tuple[Vpc, ...] = ()


@dataclass(frozen=True, slots=True)
class World:
    """Everything that was understood of one root of configuration."""

    root: str
    clusters: tuple[Cluster, ...] = ()
    node_groups: tuple[NodeGroup, ...] = ()
    subnets: tuple[Subnet, ...] = ()
    vpcs: tuple[Vpc, ...] = ()
    gaps: tuple[Gap, ...] = ()
    variant: str | None = None
    """The variable files or workspace that the root is taken with, None where there is nothing to choose from."""
    node_pools: tuple[NodePool, ...] = ()
    node_classes: tuple[NodeClass, ...] = ()
    security_group_policies: tuple[SecurityGroupPolicy, ...] = ()
    cni_nodes: tuple[CniNode, ...] = ()
    ignored_arguments: tuple[IgnoredArgument, ...] = ()
    fargate_profiles: tuple[FargateProfile, ...] = ()
    tenants: tuple[SubnetTenant, ...] = ()
    notices: tuple[Notice, ...] = ()
    lookups: tuple[Lookup, ...] = ()
    region: Value[str] | None = None
    """The region of the provider; None where nothing says it."""
    compared: bool = False
    """Whether a plan that Terraform made of this root was read too, which tells what changed outside Terraform."""
    refresh_only: bool = False
    """Whether that plan only takes over what was found; then `compared` is false, as it tells nothing of the rest."""
    before: tuple[NodeGroup, ...] | None = None
    """The node groups as they are before that plan, or another change, makes them what they are here.

    None where none of them changes or nothing says it.
    """
    removed: Removed | None = None
    """What else that plan removes; it is not among the above."""
    doubled: tuple[str, ...] = ()
    """The node groups that the plan makes anew while the old ones are still there (create_before_destroy)."""

    @property
    def about_eks(self) -> bool:
        """Return whether there is anything to judge, or to say that it could not be."""
        return bool(self.clusters or self.node_groups or self.node_pools or self.gaps or self.before)

    def cluster(self, address: str) -> Cluster | None:
        """Return the cluster of that address."""
        return next((cluster for cluster in self.clusters if cluster.address == address), None)

    def subnet(self, address: str) -> Subnet | None:
        """Return the subnet of that address."""
        return next((subnet for subnet in self.subnets if subnet.address == address), None)
