"""What is there before a plan and while it is applied, beside what there will be."""

from __future__ import annotations

from collections.abc import Iterator

from podroom.model.world import InstanceChoice, NodeGroup, Removed, World
from podroom.records import replace
from podroom.values import Known, Members, Value


def before_plan(world: World) -> tuple[World, tuple[str, ...]] | None:
    """Return the World as it is before the plan that was read, and what the plan changes of its node groups.

    None where it changes no size, no type, no subnets and no max pods, and makes and removes no group.  Everything but
    that is taken as it will be: what is asked is what the nodes take.  The desired size is what autoscalers make it, no
    change of a plan.
    """
    if world.before is None:
        return None
    earlier = {group.address: group for group in world.before}
    changes: list[str] = []
    groups: list[NodeGroup] = []
    for group in world.node_groups:
        old = earlier.pop(group.address, None)
        if old is None:
            changes.append(f"{group.address} is made")
            continue
        told = list(_changes(old, group))
        if group.address in world.doubled:
            told.append(f"{group.address} is made anew before the old one goes")
        changes += told
        groups.append(
            replace(
                group,
                minimum_size=old.minimum_size,
                desired_size=old.desired_size if _exceeds(group.desired_size, old.maximum_size) else group.desired_size,
                maximum_size=old.maximum_size,
                instance_types=old.instance_types,
                subnets=group.subnets if _change_of_subnets(old, group) is None else old.subnets,
                launch_template=old.launch_template,
                launch_template_missing=old.launch_template_missing,
            )
            if told
            else group
        )
    removed = world.removed or Removed()
    changes += [f"{address} goes away" for address in (*(one.address for one in removed.clusters), *earlier)]
    groups += earlier.values()
    if not changes:
        return None
    before = replace(
        world,
        clusters=(*world.clusters, *removed.clusters),
        node_groups=tuple(groups),
        subnets=(*world.subnets, *removed.subnets),
        vpcs=(*world.vpcs, *removed.vpcs),
        before=None,
        removed=None,
        doubled=(),
    )
    return before, tuple(changes)


def while_applied(world: World) -> World | None:
    """Return the World while the plan that was read is applied: old groups beside the new ones that take their place.

    None where no group is made anew before the old one goes.  Both sides are as large as desired, and what runs belongs
    to the old one; other groups are as they will be.
    """
    groups = tuple(side for group in world.node_groups for side in _sides(group, world))
    if len(groups) == len(world.node_groups):
        return None
    return replace(world, node_groups=groups, before=None, doubled=())


def _sides(group: NodeGroup, world: World) -> Iterator[NodeGroup]:
    """Iterate over a group and, where the plan makes it anew, what it was before."""
    old = next((one for one in world.before or () if one.address == group.address), None)
    if old is None or group.address not in world.doubled:
        yield group
        return
    new = None if group.running is None else replace(group.running, subnets=Members())
    yield replace(group, maximum_size=group.desired_size, running=new)
    yield replace(
        old,
        address=f"{old.address} (before the plan)",
        cluster=group.cluster,
        maximum_size=old.desired_size,
        running=group.running,
    )


def _changes(old: NodeGroup, new: NodeGroup) -> Iterator[str]:
    for name, before, after in (
        ("min_size", old.minimum_size, new.minimum_size),
        ("max_size", old.maximum_size, new.maximum_size),
    ):
        if isinstance(before, Known) and isinstance(after, Known) and before.value != after.value:
            yield f"{new.address}.{name} goes from {before.value} to {after.value}"
    types = _listed(old.instance_types), _listed(new.instance_types)
    if None not in types and types[0] != types[1]:
        yield f"{new.address}.instance_types go from {types[0]} to {types[1]}"
    subnets = _change_of_subnets(old, new)
    if subnets is not None:
        yield f"{new.address}.subnets go from {subnets[0]} to {subnets[1]}"
    numbers = _max_pods(old), _max_pods(new)
    if None not in numbers and numbers[0] != numbers[1]:
        yield f"{new.address}: max pods of its user data go from {numbers[0]} to {numbers[1]}"


def _change_of_subnets(old: NodeGroup, new: NodeGroup) -> tuple[str, str] | None:
    """Return the subnets of a group before and after as text, None if they are the same or one of them is not known.

    A subnet may be known by its address on one side and by its id on the other, which is no change.
    """
    sides = []
    for group in (old, new):
        names = {use.subnet.value for use in group.subnets if isinstance(use.subnet, Known)}
        if group.subnets.missing or not all(isinstance(use.subnet, Known) for use in group.subnets):
            return None
        sides.append(names)
    differing = sides[0] ^ sides[1]
    by_address = {"." in name for name in differing}
    if len(by_address) != 1 or any("data." in name for name in differing):
        return None
    before, after = (", ".join(sorted(side)) for side in sides)
    return before, after


def _max_pods(group: NodeGroup) -> str | None:
    """Return the numbers that user data gives kubelet as text, None if there may be others."""
    said = group.user_data
    numbers = [str(one.value.value) for one in said.fixed if isinstance(one.value, Known)]
    surely = group.launch_template_missing is None and not said.gaps and len(numbers) == len(said.fixed)
    return ", ".join(numbers) or "none" if surely else None


def _exceeds(size: Value[int], most: Value[int]) -> bool:
    return isinstance(size, Known) and isinstance(most, Known) and size.value > most.value


def _listed(types: Members[InstanceChoice]) -> str | None:
    """Return the types of a group as text, None if one of them is not known."""
    names = [choice.type.value for choice in types if isinstance(choice.type, Known)]
    return ", ".join(sorted(names)) if types.complete and len(names) == len(types.items) else None
