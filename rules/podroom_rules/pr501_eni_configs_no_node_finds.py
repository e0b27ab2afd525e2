"""PR501 cn-missing-eniconfig."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

from podroom.capacity.assessment import Assessment, collect
from podroom.capacity.demand import NO_ENI_CONFIG, known_subnet
from podroom.capacity.node_pools import applies, is_within_zones, may_be_in_zone, node_class
from podroom.catalog import documents
from podroom.model.world import Cluster, NodeGroup, NodePool, PodSubnet, Subnet, SubnetUse, Zone
from podroom.patterns import pattern
from podroom.positions import Span
from podroom.records import dataclass
from podroom.rule import Example, Finding, Note, Rule, Severity
from podroom.values import Known, Members, Undecidable, Unknown, Value, first_unknown, place_of
from podroom_rules.rooms import belongs, groups_of, has_nodes, of_each
from podroom_rules.subjects import looking_for_eni_configs
from podroom_rules.variables import declared, find_written

_VARIABLE = "AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG"
_LABEL = "ENI_CONFIG_LABEL_DEF"
_ANNOTATION = "ENI_CONFIG_ANNOTATION_DEF"
_ZONE_LABELS = ("topology.kubernetes.io/zone", "failure-domain.beta.kubernetes.io/zone")
_OWN_LABEL = "k8s.amazonaws.com/eniConfig"
_FALLBACK = "default"
_NAME = pattern(r"[a-z0-9](?:[-a-z0-9]*[a-z0-9])?")
"""What can be the name of an ENIConfig that is written down; an address stands for one that is not."""
_CONFIGURATION = """
resource "aws_vpc" "main" {
  cidr_block = "10.0.0.0/16"
}

resource "aws_subnet" "nodes" {
  for_each          = { eu-west-1a = "10.0.0.0/24", eu-west-1b = "10.0.1.0/24" }
  vpc_id            = aws_vpc.main.id
  availability_zone = each.key
  cidr_block        = each.value
}

resource "aws_subnet" "pods" {
  for_each          = { eu-west-1a = "100.64.0.0/19", eu-west-1b = "100.64.32.0/19" }
  vpc_id            = aws_vpc.main.id
  availability_zone = each.key
  cidr_block        = each.value
}

resource "aws_eks_addon" "vpc_cni" {
  cluster_name = "main"
  addon_name   = "vpc-cni"
  configuration_values = jsonencode({
    env = {
      AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG = "true"%s
    }
    eniConfig = {
      create  = true
      region  = "eu-west-1"
      subnets = {%s
      }
    }
  })
}

resource "aws_launch_template" "nodes" {
  image_id      = "ami-0123456789abcdef0"
  instance_type = "m5.large"
  user_data = base64encode(<<-EOT
    apiVersion: node.eks.aws/v1alpha1
    kind: NodeConfig
    spec:
      kubelet:
        config:
          maxPods: 20
  EOT
  )
}

resource "aws_autoscaling_group" "nodes" {
  min_size            = 1
  max_size            = 4
  vpc_zone_identifier = [for subnet in aws_subnet.nodes : subnet.id]
  launch_template {
    id = aws_launch_template.nodes.id
  }
}
"""
_ZONE = '\n      ENI_CONFIG_LABEL_DEF               = "topology.kubernetes.io/zone"'
_FIRST = '\n        "eu-west-1a" = { id = aws_subnet.pods["eu-west-1a"].id }'
_SECOND = '\n        "eu-west-1b" = { id = aws_subnet.pods["eu-west-1b"].id }'


class EniConfigsNoNodeFinds(Rule[Cluster]):
    """Custom networking is on, and nodes look for an ENIConfig of a name that none has.

    A node with custom networking gives pods addresses only from the subnet of its ENIConfig.  Which one that is, the
    CNI reads from a label of the node: the one that `ENI_CONFIG_LABEL_DEF` names, `k8s.amazonaws.com/eniConfig` if
    it is not set.  Nobody puts that label on nodes by itself.  A node without the label takes the ENIConfig called
    `default`.  ENIConfigs named after availability zones are therefore found only with

        ENI_CONFIG_LABEL_DEF = "topology.kubernetes.io/zone"

    and then every zone that has nodes needs one.

    A node that finds no ENIConfig attaches no interface for pods.  It never becomes Ready; aws-node logs that it
    cannot get the ENIConfig.

    Outside it shows as nodes that stay NotReady with `cni plugin not initialized`, and pods that hang in
    ContainerCreating with `failed to assign an IP address to container`.

    `failure-domain.beta.kubernetes.io/zone` is told for information: Kubernetes has replaced that label.

    Remedy: set `ENI_CONFIG_LABEL_DEF`, or add the ENIConfig that is missing.
    """

    code = "PR501"
    name = "cn-missing-eniconfig"
    severity = Severity.ERROR
    subject = Cluster
    concerns = staticmethod(looking_for_eni_configs)
    sources = (
        "https://docs.aws.amazon.com/eks/latest/userguide/cni-custom-network.html",
        documents.CNI_ENI_CONFIG,
        documents.CNI_README,
    )
    bad = (
        Example.terraform(
            "ENIConfigs are named after zones, and nodes look for one named default",
            _CONFIGURATION.replace('"true"%s', '"true" # expect: PR501%s') % ("", _FIRST + _SECOND),
        ),
        Example.terraform(
            "one of two zones has no ENIConfig",
            _CONFIGURATION % (_ZONE, _FIRST.replace(" }", " } # expect: PR501")),
        ),
    )
    good = (
        Example.terraform("nodes look for the name of their zone", _CONFIGURATION % (_ZONE, _FIRST + _SECOND)),
        Example.terraform("one for all", _CONFIGURATION % ("", _FIRST.replace("eu-west-1a", "default", 1))),
    )

    def judge(self, subject: Cluster, assessment: Assessment) -> Iterator[Finding]:
        """Yield a finding where nodes look for an ENIConfig that is not there."""
        yield from self._deprecated(subject)
        if not has_nodes(subject, assessment) or not assessment.behavior(subject.cni).custom_networking:
            return
        nodes, unknown = collect(_nodes(subject, assessment))
        if nodes:
            yield from self._judge_nodes(subject, nodes, declared(subject, _VARIABLE).span, assessment)
        if unknown is not None:
            raise Undecidable(unknown)

    def _deprecated(self, cluster: Cluster) -> Iterator[Finding]:
        if declared(cluster, _VARIABLE).value.need() != "true":
            return
        label = find_written(cluster, _LABEL)
        if label is None or label.value.need() != _ZONE_LABELS[1]:
            return
        yield self.finding(
            label.span,
            cluster,
            f"nodes look for their ENIConfig by {_ZONE_LABELS[1]}, which Kubernetes has replaced",
            label=f"{_ZONE_LABELS[0]} has taken its place",
            effect="A node without that label takes the ENIConfig named default or none, and is never Ready then.",
            fix=f'set {_LABEL} = "{_ZONE_LABELS[0]}"',
            severity=Severity.INFO,
            evidence={"label": _ZONE_LABELS[1]},
        )

    def _judge_nodes(
        self, cluster: Cluster, nodes: Sequence[_Nodes], cause: Span, assessment: Assessment
    ) -> Iterator[Finding]:
        settings = cluster.cni
        configs = settings.pod_subnets.need()
        if not configs:
            raise Undecidable(Unknown(NO_ENI_CONFIG, cause))
        key = assessment.variable(settings, _LABEL).need()
        labelled = [one for one in nodes if key in one.labels]
        mislabelled, doubt = of_each(labelled, lambda one: self._mislabelled(one, key, configs, assessment))
        yield from mislabelled
        if doubt is not None:
            raise Undecidable(doubt)
        if len(labelled) == len(nodes):
            return
        if settings.labelled is not None:
            raise Undecidable(settings.labelled)
        annotation = settings.find(_ANNOTATION)
        if annotation is not None and annotation.value.need() != _OWN_LABEL:
            raise Undecidable(Unknown("which nodes have that annotation is not known", annotation.span))
        yield from self._unfound(cluster, assessment, nodes, configs, cause)

    def _mislabelled(
        self, nodes: _Nodes, key: str, configs: Sequence[PodSubnet], assessment: Assessment
    ) -> Iterator[Finding]:
        """Yield a finding where the label of a node group names an ENIConfig that is not there."""
        value = nodes.labels[key]
        name = value.need()
        names = sorted({config.name for config in configs})
        if name in names:
            return
        self._only_written(configs, assessment)
        group = nodes.owner
        yield self.finding(
            place_of(value.origin, group.span),
            group,
            f'nodes of {group.address} look for an ENIConfig named "{name}", and there is none',
            label=f"there are ENIConfigs named {', '.join(names)} only",
            effect=_EFFECT,
            fix=f'add an ENIConfig named "{name}", or label the nodes with one of those that are there',
            related=_places(configs, f"the ENIConfigs here: {', '.join(names)}"),
            evidence={"label": key, "eni_configs": names},
        )

    def _unfound(
        self,
        cluster: Cluster,
        assessment: Assessment,
        nodes: Sequence[_Nodes],
        configs: Sequence[PodSubnet],
        cause: Span,
    ) -> Iterator[Finding]:
        label = cluster.cni.find(_LABEL)
        if label is not None and label.value.need() in _ZONE_LABELS:
            yield from self._zones_without(cluster, assessment, nodes, configs, label.span)
        elif label is not None and label.value.need() != _OWN_LABEL:
            raise Undecidable(Unknown(f"which nodes have the label {label.value.need()} is not known", label.span))
        elif all(config.name != _FALLBACK for config in configs):
            self._only_written(configs, assessment)
            shown = ", ".join(dict.fromkeys(config.name for config in configs))
            yield self.finding(
                cause,
                cluster,
                f'nodes look for an ENIConfig named "{_FALLBACK}", and there is none',
                label=f"{_LABEL} is not set: a node without the label {_OWN_LABEL} takes {_FALLBACK}",
                effect=_EFFECT,
                fix=f'set {_LABEL} = "{_ZONE_LABELS[0]}", so that nodes find the ENIConfig of their zone'
                if self._named_after_zones(configs, assessment)
                else f'name one ENIConfig "{_FALLBACK}", or label the nodes with {_OWN_LABEL}',
                related=_places(configs, f"the ENIConfigs here: {shown}"),
                evidence={"label": _OWN_LABEL, "eni_configs": [config.name for config in configs]},
            )

    def _zones_without(
        self,
        cluster: Cluster,
        assessment: Assessment,
        nodes: Sequence[_Nodes],
        configs: Sequence[PodSubnet],
        label: Span,
    ) -> Iterator[Finding]:
        named = {config.name: config for config in configs}
        places, unknown = collect(_places_of_nodes(nodes, named, assessment))
        first: dict[str, _Place] = {}
        for place in places:
            first.setdefault(place.zone.identity, place)
        found = [place for zone, place in first.items() if zone in named]
        mistaken, doubt = of_each(found, lambda place: self._of_another_zone(cluster, place, named, assessment))
        yield from mistaken
        unknown = first_unknown(unknown, doubt)
        without: dict[str, Note] = {}
        for place in [place for zone, place in first.items() if zone not in named]:
            name = place.zone.name
            if name is None or _FALLBACK in named or not all(map(_NAME.fullmatch, named)):
                reason = f"whether an ENIConfig is named like the zone of {place.subnet.address} is not known"
                unknown = first_unknown(unknown, Unknown(reason, place.subnet.span))
                continue
            without[name] = place.note
        if without:
            yield self._nothing_for(cluster, without, configs, label)
        if unknown is not None:
            raise Undecidable(unknown)

    def _nothing_for(
        self, cluster: Cluster, zones: Mapping[str, Note], configs: Sequence[PodSubnet], label: Span
    ) -> Finding:
        names = sorted({config.name for config in configs})
        shown = " and ".join(zones)
        one = len(zones) == 1
        return self.finding(
            configs[0].span,
            cluster,
            f"nodes in {shown} look for an ENIConfig of {'that name' if one else 'these names'}, and there is none",
            label=f"there are ENIConfigs for {', '.join(names)} only",
            effect=_EFFECT,
            fix=f"add an ENIConfig named {shown}, with a subnet in that zone"
            if one
            else f"add ENIConfigs named {shown}, each with a subnet in its zone",
            related=(*zones.values(), Note("nodes look for the name of their zone", label)),
            evidence={"zones": list(zones), "eni_configs": names},
        )

    def _of_another_zone(
        self, cluster: Cluster, place: _Place, named: Mapping[str, PodSubnet], assessment: Assessment
    ) -> Iterator[Finding]:
        """Yield a finding where the ENIConfig that nodes find has a subnet of another zone."""
        zone = place.zone.name
        config = named[place.zone.identity]
        elsewhere = _zone_of(config.subnet, assessment)
        if zone is None or elsewhere in (None, zone):
            return
        yield self.finding(
            config.subnet.span,
            cluster,
            f"nodes in {zone} find an ENIConfig with a subnet in {elsewhere}",
            label=f"this subnet is in {elsewhere}",
            effect="The nodes never become Ready: EC2 attaches no interface of another zone to them, so they have none "
            "for pods.",
            fix=f"give the ENIConfig {config.name} a subnet in {zone}",
            related=(place.note, Note(f"the ENIConfig for nodes in {zone}", config.span)),
            evidence={"zone": zone, "subnet_zone": elsewhere},
        )

    @staticmethod
    def _named_after_zones(configs: Sequence[PodSubnet], assessment: Assessment) -> bool:
        zones = _zones(assessment)
        return all(config.name in zones or _LOOKS_LIKE_A_ZONE.fullmatch(config.name) for config in configs)

    @staticmethod
    def _only_written(configs: Sequence[PodSubnet], assessment: Assessment) -> None:
        """Raise `Undecidable` for a name that is not known, unless it is surely that of a zone."""
        zones = _zones(assessment)
        for config in configs:
            if config.name not in zones and _NAME.fullmatch(config.name) is None:
                raise Undecidable(Unknown("the name of an ENIConfig is not known", config.span))


@dataclass(frozen=True, slots=True)
class _Nodes:
    """Nodes of a node group or a NodePool, and the subnets that they may be in."""

    owner: NodeGroup | NodePool
    subnets: Members[SubnetUse]

    @property
    def labels(self) -> Mapping[str, Value[str]]:
        """Return the labels that a node group itself gives its nodes."""
        return dict(self.owner.labels) if isinstance(self.owner, NodeGroup) else {}

    def may_be_in(self, zone: str) -> bool:
        """Return whether nodes may be in a zone that they have a subnet in; raises `Undecidable` if not known."""
        return isinstance(self.owner, NodeGroup) or may_be_in_zone(self.owner, zone)

    def all_in(self, zones: Collection[str]) -> bool:
        """Return whether all nodes are in some of these zones for certain."""
        return isinstance(self.owner, NodePool) and is_within_zones(self.owner, zones)


@dataclass(frozen=True, slots=True)
class _Place:
    """A subnet in which nodes may be, and its zone."""

    nodes: _Nodes
    use: SubnetUse
    subnet: Subnet
    zone: Zone

    @property
    def note(self) -> Note:
        """Return a note where the nodes are said to be there."""
        owner = self.nodes.owner
        what = "this node group has" if isinstance(owner, NodeGroup) else f"{owner.address} may have"
        return Note(f"{what} nodes in {self.zone.name}", self.use.span)


def _nodes(cluster: Cluster, assessment: Assessment) -> Iterator[_Nodes]:
    """Iterate over all that has nodes with the VPC CNI; `Undecidable` is raised at the end if there may be more."""
    unknown: Unknown | None = None
    for group in groups_of(cluster, assessment):
        try:
            if assessment.applies(group):
                yield _Nodes(group, group.subnets)
        except Undecidable as cause:
            unknown = first_unknown(unknown, cause.unknown)
    for pool in assessment.world.node_pools:
        try:
            if belongs(pool, cluster) and applies(pool, assessment):
                yield _Nodes(pool, node_class(pool, assessment).subnets)
        except Undecidable as cause:
            unknown = first_unknown(unknown, cause.unknown)
    if unknown is not None:
        raise Undecidable(unknown)


def _places_of_nodes(nodes: Iterable[_Nodes], zones: Collection[str], assessment: Assessment) -> Iterator[_Place]:
    """Iterate over the subnets that nodes may be in; `Undecidable` is raised at the end if there may be more.

    What is not known of nodes that are in some of these `zones` for certain does not matter.
    """
    unknown: Unknown | None = None
    for several in nodes:
        if not several.all_in(zones):
            unknown = first_unknown(unknown, *several.subnets.missing)
        for use in several.subnets:
            try:
                subnet = known_subnet(use, assessment)
                zone = subnet.zone.need()
                if zone.name is None or several.may_be_in(zone.name):
                    yield _Place(several, use, subnet, zone)
            except Undecidable as cause:
                unknown = first_unknown(unknown, cause.unknown)
    if unknown is not None:
        raise Undecidable(unknown)


def _zone_of(use: SubnetUse, assessment: Assessment) -> str | None:
    """Return the name of a subnet's zone, None if it is an expression or the subnet is not of this project.

    Raises `Undecidable` if it is not known which subnet it is, or in which zone.
    """
    subnet = assessment.subnet(use.subnet.need())
    return None if subnet is None else subnet.zone.need().name


_EFFECT = "The nodes never become Ready: aws-node finds no ENIConfig, so it attaches no interface for pods."
_LOOKS_LIKE_A_ZONE = pattern(r"[a-z]{2,}(?:-[a-z]+)+-\d+[a-z]")


def _zones(assessment: Assessment) -> set[str]:
    zones = (subnet.zone for subnet in assessment.world.subnets)
    return {zone.value.identity for zone in zones if isinstance(zone, Known)}


def _places(configs: Sequence[PodSubnet], message: str) -> tuple[Note, ...]:
    return (Note(message, configs[0].span),)
