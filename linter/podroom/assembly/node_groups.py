"""Node groups: EKS managed ones, and Auto Scaling groups that run EKS nodes of their own."""

from __future__ import annotations

from podroom.assembly.clusters import Clusters
from podroom.assembly.inventory import Inventory, blocks, integer, place, sole_block, string
from podroom.assembly.launch_templates import (
    find_launch_configuration,
    find_launch_template,
    image_of,
    named_template,
    read_launch_template,
)
from podroom.assembly.sizes import possible_size
from podroom.assembly.subnets import subnet_uses
from podroom.catalog.ami_families import AmiFamily, default_families, find_ami_type
from podroom.evaluation.project import BodyReader, Field, ResourceInstance
from podroom.model.world import (
    ChangeByHand,
    Gap,
    GroupDrift,
    GroupKind,
    InstanceChoice,
    LaunchTemplate,
    NodeGroup,
    TypeSource,
    UpdateSettings,
    UserData,
)
from podroom.patterns import pattern
from podroom.positions import Span
from podroom.records import dataclass
from podroom.values import Default, Known, Members, OneOf, Unknown, Value, first_unknown

_EKS = Default("Amazon EKS", "https://docs.aws.amazon.com/eks/latest/APIReference/API_CreateNodegroup.html")
_AUTO_SCALING = Default(
    "Amazon EC2 Auto Scaling",
    "https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_CreateAutoScalingGroup.html",
)
_DEFAULT_TYPE = "t3.medium"
_CLUSTER_TAG = "kubernetes.io/cluster/"
_ONE_HOLE = pattern(r"\$\{([^{}]*)\}")


class NodeGroups:
    """Reads the node groups of one root; `gaps` says what could not be told."""

    def __init__(self, inventory: Inventory, clusters: Clusters) -> None:
        """Take what node groups are joined with."""
        self._inventory = inventory
        self._clusters = clusters
        self.gaps: list[Gap] = []

    def managed(self) -> tuple[NodeGroup, ...]:
        """Return every `aws_eks_node_group`."""
        resources = self._inventory.resources("aws_eks_node_group")
        return tuple(map(self._managed, resources))

    def self_managed(self) -> tuple[NodeGroup, ...]:
        """Return every Auto Scaling group whose nodes join an EKS cluster."""
        resources = self._inventory.resources("aws_autoscaling_group")
        return tuple(group for group in map(self._self_managed, resources) if group is not None)

    def _managed(self, resource: ResourceInstance) -> NodeGroup:
        body = resource.body
        template, template_missing, image = self._template(*sole_block(body, "launch_template"))
        scaling = next(blocks(body, "scaling_config"), None)
        ami_type = body.attribute("ami_type")
        own_image: Value[bool]
        if template is not None and template.image is not None:
            own_image = Known(value=True, origin=_origin(template.image, template.span))
        elif template_missing is not None:
            own_image = template_missing
        else:
            own_image = _custom(ami_type)
        user_data = template.user_data if template else UserData()
        family = (
            self._family_of_image(image, user_data, resource.span)
            if isinstance(own_image, Known) and own_image.value
            else self._family_of_type(ami_type, body, resource.span)
        )
        changes, untold = _changed_by_hand(resource)
        return NodeGroup(
            address=resource.address,
            kind=GroupKind.MANAGED,
            span=resource.span,
            cluster=self._clusters.of(body.attribute("cluster_name"), resource.span),
            instance_types=_managed_types(body.attribute("instance_types"), template, template_missing, resource.span),
            ami_family=family,
            own_image=own_image,
            launch_template=template,
            launch_template_missing=template_missing,
            minimum_size=_size(scaling or body, "min_size"),
            desired_size=_size(scaling or body, "desired_size"),
            maximum_size=_size(scaling or body, "max_size"),
            subnets=subnet_uses(body.attribute("subnet_ids"), "subnet_ids", resource.span),
            uncertain=resource.maybe,
            updates=_updates(body, resource.span),
            name=_text(body, "node_group_name"),
            name_prefix=_text(body, "node_group_name_prefix"),
            labels=_labels(body.attribute("labels")),
            changed_by_hand=changes,
            untold_by_plan=untold,
            named_template=None if template_missing is None else named_template(body, self._inventory),
        )

    def _self_managed(self, resource: ResourceInstance) -> NodeGroup | None:
        body = resource.body
        template, template_missing, image, types = self._launched(resource)
        user_data = template.user_data if template else UserData()
        tag = _cluster_tag(body)
        hidden = any(document.hides_bootstrap for document in user_data.open_here_documents)
        speaks = hidden or bool(user_data.bootstraps or user_data.fixed)
        made_for = None if speaks or tag.present else self._clusters.with_certificate_in(user_data.gaps, resource.span)
        if not speaks and not tag.present and made_for is None:
            cause = first_unknown(template_missing, tag.unknown, *user_data.gaps)
            if cause is not None:
                reason = f"cannot tell whether its nodes join an EKS cluster: {cause.reason}"
                self.gaps.append(Gap(resource.address, reason, resource.span))
            return None
        changes, untold = _changed_by_hand(resource)
        return NodeGroup(
            address=resource.address,
            kind=GroupKind.SELF_MANAGED,
            span=resource.span,
            cluster=self._clusters.of_nodes(tag.name, resource.span, tag.symbol) if made_for is None else made_for,
            instance_types=types,
            ami_family=self._family_of_image(image, user_data, resource.span),
            own_image=Known(value=True, origin=resource.span) if template_missing is None else template_missing,
            launch_template=template,
            launch_template_missing=template_missing,
            minimum_size=_size(body, "min_size"),
            desired_size=_desired_capacity(body),
            maximum_size=_size(body, "max_size"),
            subnets=subnet_uses(body.attribute("vpc_zone_identifier"), "vpc_zone_identifier", resource.span),
            uncertain=resource.maybe,
            updates=_refresh(body),
            drift=_drift(resource, types, template),
            name=_text(body, "name"),
            name_prefix=_text(body, "name_prefix"),
            changed_by_hand=changes,
            untold_by_plan=untold,
            named_template=None if template_missing is None else named_template(body, self._inventory),
        )

    def _family_of_image(self, image: Field | None, user_data: UserData, owner: Span) -> Value[AmiFamily]:
        """Return the family of an image that somebody chose."""
        from podroom.assembly.images import family_of_image  # noqa: PLC0415 - most take the image of Amazon EKS

        return family_of_image(image, user_data, self._inventory, owner)

    def _family_of_type(self, ami_type: Field | None, body: BodyReader, owner: Span) -> Value[AmiFamily]:
        """Return the family that `ami_type` stands for, or that Amazon EKS chooses for the version of Kubernetes."""
        if ami_type is not None:
            return _family_named(ami_type)
        version = (
            self._clusters.version(self._clusters.of(body.attribute("cluster_name"), owner), owner)
            if body.attribute("version") is None
            else string(body, "version")
        )
        texts = (None,) if isinstance(version, Unknown) else version.candidates()
        families = tuple(dict.fromkeys(family for text in texts for family in default_families(text)))
        if len(families) == 1:
            return Known(families[0], version.origin)
        return OneOf(families, "ami_type is not set: Amazon EKS chooses the AMI", owner)

    def _template(
        self, reference: BodyReader | None, doubt: Unknown | None
    ) -> tuple[LaunchTemplate | None, Unknown | None, Field | None]:
        if reference is None or doubt is not None:
            return None, doubt, None
        found = find_launch_template(reference, self._inventory)
        if isinstance(found, Unknown):
            return None, found, None
        return read_launch_template(found), None, image_of(found.body)

    def _launched(
        self, resource: ResourceInstance
    ) -> tuple[LaunchTemplate | None, Unknown | None, Field | None, Members[InstanceChoice]]:
        """Return what an Auto Scaling group launches: template, why not, its image, the instance types."""
        body = resource.body
        mixed, doubt = sole_block(body, "mixed_instances_policy", "launch_template")
        if mixed is not None:
            specification, unsure = sole_block(mixed, "launch_template_specification")
            template, missing, image = self._template(specification, unsure)
            if doubt is None:
                return template, missing, image, _mixed_types(mixed, template, missing, resource.span)
            plain, plain_doubt = sole_block(body, "launch_template")
            other, _, _ = self._template(plain, None)
            if plain_doubt is not None and template and other and template.address == other.address:
                return template, None, image, Members((), (doubt,))
            return None, doubt, None, Members((), (doubt,))
        configuration = body.attribute("launch_configuration")
        if configuration is not None:
            found = find_launch_configuration(configuration, self._inventory)
            if isinstance(found, Unknown):
                return None, found, None, Members((), (found,))
            template = read_launch_template(found)
            return template, None, image_of(found.body), _template_types(template, None, resource.span)
        template, missing, image = self._template(*sole_block(body, "launch_template"))
        return template, missing, image, _template_types(template, missing, resource.span)


def _labels(field: Field | None) -> tuple[tuple[str, Value[str]], ...]:
    entries, _ = field.entries() if field is not None else ({}, ())
    return tuple((key, value.string()) for key, value in entries.items())


def _text(body: BodyReader, name: str) -> Value[str] | None:
    return string(body, name) if body.attribute(name) is not None else None


def _origin(value: Value[str], fallback: Span) -> Span | Default:
    return value.origin if not isinstance(value.origin, Default) else fallback


def _custom(ami_type: Field | None) -> Value[bool]:
    if ami_type is None:
        return Known(value=False, origin=_EKS)
    return ami_type.string().map(lambda name: name == "CUSTOM")


def _family_named(ami_type: Field) -> Value[AmiFamily]:
    name = ami_type.string()
    if isinstance(name, Unknown):
        return name
    families = []
    for candidate in name.candidates():
        ami = find_ami_type(candidate)
        if ami is None or ami.family is None:
            return Unknown(f'the ami_type "{candidate}" does not tell the operating system', name.origin)
        families.append(ami.family)
    if len(set(families)) == 1:
        return Known(families[0], name.origin)
    reason = name.reason if isinstance(name, OneOf) else "the ami_type is not known"
    return OneOf(tuple(dict.fromkeys(families)), reason, name.origin)


def _managed_types(
    field: Field | None, template: LaunchTemplate | None, missing: Unknown | None, owner: Span
) -> Members[InstanceChoice]:
    items: Members[Field] = field.items() if field is not None else Members()
    if items.items or items.missing:  # an empty list counts as not set
        return Members(
            tuple(InstanceChoice(item.string(), TypeSource.NODE_GROUP, item.expression_span) for item in items),
            items.missing,
        )
    if missing is not None:
        return Members((), (missing,))
    return template_types(GroupKind.MANAGED, template, owner)


def template_types(kind: GroupKind, template: LaunchTemplate | None, owner: Span) -> Members[InstanceChoice]:
    """Return the types of a group that names none itself: that of its launch template or, managed, Amazon EKS's own."""
    if kind is not GroupKind.MANAGED or (template is not None and template.instance_type is not None):
        return _template_types(template, None, owner)
    return Members((InstanceChoice(Known(_DEFAULT_TYPE, _EKS), TypeSource.EKS_DEFAULT, owner),))


def _template_types(template: LaunchTemplate | None, missing: Unknown | None, owner: Span) -> Members[InstanceChoice]:
    if template is not None and template.instance_type is not None:
        return Members((template.instance_type,))
    return Members((), (Unknown("no instance type is named", owner) if missing is None else missing,))


def _mixed_types(
    mixed: BodyReader, template: LaunchTemplate | None, missing: Unknown | None, owner: Span
) -> Members[InstanceChoice]:
    """Return the types of a mixed instances policy; a type named by overrides replaces the template's."""
    overrides = mixed.blocks("override")
    choices: list[InstanceChoice] = []
    gaps: list[Unknown] = list(overrides.missing)
    for override in overrides:
        field = override.attribute("instance_type")
        own = next(blocks(override, "launch_template_specification"), None)
        if own is not None:
            reason = "an override launches a template of its own, so what its nodes are told is not judged"
            gaps.append(Unknown(reason, own.span if field is None else field.expression_span))
            continue
        if field is not None:
            choices.append(InstanceChoice(field.string(), TypeSource.OVERRIDE, field.expression_span))
        elif (requirements := next(blocks(override, "instance_requirements"), None)) is not None:
            chosen = _required(requirements)
            choices += chosen.items
            gaps += chosen.missing
    if choices or gaps:
        return Members(tuple(choices), tuple(gaps))
    return _template_types(template, missing, owner)


def _required(requirements: BodyReader) -> Members[InstanceChoice]:
    from podroom.assembly.instance_requirements import read_requirements  # noqa: PLC0415 - few groups have them

    return read_requirements(requirements, TypeSource.OVERRIDE)


def _drift(
    resource: ResourceInstance, types: Members[InstanceChoice], template: LaunchTemplate | None
) -> GroupDrift | None:
    if resource.drift is None:
        return None
    from podroom.assembly.drift import read_group_drift  # noqa: PLC0415 - only with a plan

    return read_group_drift(resource.drift, resource.span, types, template)


def _changed_by_hand(resource: ResourceInstance) -> tuple[tuple[ChangeByHand, ...], Unknown | None]:
    if resource.drift is None:
        return (), None
    from podroom.assembly.drift import read_changes_by_hand  # noqa: PLC0415 - only with a plan

    return read_changes_by_hand(resource.drift, resource.span)


@dataclass(frozen=True, slots=True)
class _ClusterTag:
    """The tag that names the cluster of an Auto Scaling group; `unknown` says why it may be there all the same.

    `symbol` is the same text for the same unknown name (`Field.symbol`).
    """

    present: bool
    name: Value[str] | None = None
    symbol: str | None = None
    unknown: Unknown | None = None


def _tagged_cluster(key: str) -> str:
    return key.removeprefix(_CLUSTER_TAG)


def _tagged_symbol(key: Field) -> str | None:
    """Return the symbol of the name behind the prefix, as the name by itself would have it."""
    symbol = key.symbol()
    if symbol is None:
        return None
    name = _tagged_cluster(symbol)
    hole = _ONE_HOLE.fullmatch(name)
    return name if hole is None else hole[1]


def _cluster_tag(body: BodyReader) -> _ClusterTag:
    """Return what `kubernetes.io/cluster/NAME` says, the tag by which nodes of a cluster are known.

    Older configurations write `tags`, a list of objects, in place of blocks.
    """
    unknown: Unknown | None = None
    tags = body.blocks("tag")
    keys = [tag.attribute("key") for tag in tags]
    listed = body.attribute("tags")
    items = listed.items() if listed is not None else Members[Field]()
    keys += [item.entries()[0].get("key") for item in items]
    for field in keys:
        if field is None:
            continue
        value = field.string()
        if field.traced().text.startswith(_CLUSTER_TAG):
            named = value if isinstance(value, Unknown) else value.map(_tagged_cluster)
            return _ClusterTag(present=True, name=named, symbol=_tagged_symbol(field))
        unknown = first_unknown(unknown, value if isinstance(value, Unknown) else None)
    missing = [gap for gap in (*tags.missing, *items.missing) if not _of_provider(gap)]
    return _ClusterTag(present=False, unknown=first_unknown(unknown, *missing))


def _of_provider(gap: Unknown) -> bool:
    """Return whether tags are missing that the provider puts on everything, so that they tell no nodes from others."""
    return bool(gap.refs) and all("data.aws_default_tags." in ref for ref in gap.refs)


def _size(body: BodyReader, name: str) -> Value[int]:
    found = integer(body, name)
    return possible_size(found, name, place(found, body.span))


def _desired_capacity(body: BodyReader) -> Value[int]:
    """Return the size that a group starts with: its minimum, unless it says another."""
    if body.attribute("desired_capacity") is not None:
        return _size(body, "desired_capacity")
    minimum = _size(body, "min_size")
    return Known(minimum.value, _AUTO_SCALING) if isinstance(minimum, Known) else minimum


def _refresh(body: BodyReader) -> UpdateSettings | None:
    """Return how an instance refresh replaces the nodes of an Auto Scaling group."""
    preferences = next(blocks(body, "instance_refresh", "preferences"), None)
    if preferences is None or preferences.attribute("max_healthy_percentage") is None:
        return None
    return UpdateSettings(max_healthy_percentage=integer(preferences, "max_healthy_percentage"))


def _updates(body: BodyReader, owner: Span) -> UpdateSettings | None:
    """Return how Amazon EKS replaces the nodes; what a supplied text leaves out may still be set by the original."""
    block = next(blocks(body, "update_config"), None)
    if block is None:
        if body.supplier is None:
            return None
        return UpdateSettings(missing=Unknown(f"what {body.supplier} sets in update_config is not known", owner))

    def number(name: str) -> Value[int] | None:
        return integer(block, name) if block.attribute(name) is not None else None

    strategy = block.attribute("update_strategy")
    found = UpdateSettings(
        max_unavailable=number("max_unavailable"),
        max_unavailable_percentage=number("max_unavailable_percentage"),
        strategy=None if strategy is None else string(block, "update_strategy"),
    )
    return None if found == UpdateSettings() else found
