"""Commands of Terraform that change the Auto Scaling group of a node group, which no resource then tells."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from podroom.evaluation.project import ResourceInstance
from podroom.model.world import GroupDrift, InstanceChoice, NodeGroup, TypeSource, World
from podroom.records import replace
from podroom.sources import yaml
from podroom.sources.shell.command import Command, Word
from podroom.sources.shell.interpreter import Shell
from podroom.values import Members, Unknown

_UPDATE = ("aws", "autoscaling", "update-auto-scaling-group")
_NAME = "--auto-scaling-group-name"
_POLICY = "--mixed-instances-policy"


def with_commanded_types(world: World, resources: Iterable[ResourceInstance]) -> World:
    """Return a World whose node groups have the types that commands of resources give to their Auto Scaling groups."""
    changed: dict[str, GroupDrift] = {}
    for resource in resources:
        for owner, policy in _updates(resource):
            group = _group_of(owner, resource, world.node_groups)
            if group is not None and group.drift is None:
                changed[group.address] = GroupDrift(group.instance_types, _types(policy), commanded=policy.span)
    if not changed:
        return world
    groups = (replace(one, drift=changed.get(one.address, one.drift)) for one in world.node_groups)
    return replace(world, node_groups=tuple(groups))


def _updates(resource: ResourceInstance) -> Iterator[tuple[Word, Word]]:
    """Iterate over the name and the policy of each update of an Auto Scaling group."""
    for block in resource.provisioners:
        field = block.attribute("command")
        for command in Shell("where the command runs").run(field.traced()) if field is not None else ():
            if tuple(word.text for word in command.words[: len(_UPDATE)]) == _UPDATE:
                options = _options(command)
                if _NAME in options and _POLICY in options:
                    yield options[_NAME], options[_POLICY]


def _options(command: Command) -> Mapping[str, Word]:
    return {word.text: following for word, following in zip(command.words, command.words[1:], strict=False)}


def _group_of(name: Word, resource: ResourceInstance, groups: Sequence[NodeGroup]) -> NodeGroup | None:
    """Return the only node group whose resource the name of an Auto Scaling group comes from."""
    module = resource.module.address
    prefix = f"{module}." if module else ""
    for hole in name.content.holes():
        for reference in hole.refs:
            owner = prefix + ".".join(reference.split(".")[:2]).partition("[")[0]
            found = [one for one in groups if one.address.partition("[")[0] == owner]
            if len(found) == 1:
                return found[0]
    return None


def _types(policy: Word) -> Members[InstanceChoice]:
    """Return the instance types of the overrides in a policy in JSON."""
    missing = Unknown("what the command gives the Auto Scaling group is not understood", policy.span)
    documents = yaml.compose(policy.content).documents
    launched = documents[0] if documents else None
    for key in ("LaunchTemplate", "Overrides"):
        launched = launched.get(key) if isinstance(launched, yaml.Mapping) else None
    if not isinstance(launched, yaml.Sequence):
        return Members((), (missing,))
    choices = [_choice(item) for item in launched.items]
    known = tuple(choice for choice in choices if choice is not None)
    return Members(known, (missing,) if len(known) < len(choices) else ())


def _choice(override: yaml.Node) -> InstanceChoice | None:
    name = override.get("InstanceType") if isinstance(override, yaml.Mapping) else None
    if not isinstance(name, yaml.Scalar):
        return None
    return InstanceChoice(name.value(), TypeSource.OVERRIDE, name.span)
