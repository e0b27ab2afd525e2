"""Which resources the ids in a plan by itself belong to.

An id that is known belongs to the resource that has it.  Of one that is known only after apply a plan keeps the names
in the expression that yields it, and those are followed: variables to the call of the module, outputs into the module,
`each` to what the block is repeated for.  Local values and `dynamic` blocks are not kept.  Where the names lead to
more ids than there are, the number of unknown ids decides; where that does not decide either, the id stays unknown.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import combinations

from podroom.patterns import pattern
from podroom.records import dataclass, replace
from podroom.sources.plan_configuration import ConfiguredModule, ConfiguredResource, References
from podroom.sources.plan_values import UNKNOWN, Calls, Hidden, Instance, RecordedValue, ResourceId
from podroom.sources.terraform_addresses import Steps, steps_of

_MOST_NAMES = 5_000
_DEEPEST = 60
_MOST_GROUPS = 8
_CONDITION = pattern(r"create|enable|(?:attach|create|deploy|enable|has|is|manage|needs?|should|use)d?_.+|.+_enabled")
"""Names of local values that say whether there is something, not what."""
_NOT_NAMES = frozenset({"count", "path", "self", "terraform"})
_PASSED = frozenset({"data", "ephemeral"})


@dataclass(frozen=True, slots=True)
class _Target:
    """What an attribute names: resources of a type, by one of these attributes.

    `hint` is in the names of everything that may hold such a name too.
    """

    type: str
    attributes: tuple[str, ...]
    hint: str
    mode: str = "managed"


_CLUSTER = _Target("aws_eks_cluster", ("name", "id"), "cluster")
_ADD_ON_VERSION = _Target("aws_eks_addon_version", ("version",), "version", "data")
_CONFIGURATION = _Target("aws_launch_configuration", ("name", "id"), "launch")
_SUBNET = _Target("aws_subnet", ("id",), "subnet")
_TEMPLATE = _Target("aws_launch_template", ("id",), "launch")
_CERTIFICATE = _Target("aws_eks_cluster", ("certificate_authority",), "certificate")
_VPC = _Target("aws_vpc", ("id",), "vpc")

_LINKS: dict[str, tuple[tuple[tuple[str, ...], _Target], ...]] = {
    "aws_autoscaling_group": (
        (("vpc_zone_identifier",), _SUBNET),
        (("launch_template", "id"), _TEMPLATE),
        (
            ("mixed_instances_policy", "launch_template", "launch_template_specification", "launch_template_id"),
            _TEMPLATE,
        ),
        (("launch_configuration",), _CONFIGURATION),
    ),
    "aws_ec2_subnet_cidr_reservation": ((("subnet_id",), _SUBNET),),
    "aws_eks_addon": ((("cluster_name",), _CLUSTER), (("addon_version",), _ADD_ON_VERSION)),
    "aws_eks_cluster": ((("vpc_config", "subnet_ids"), _SUBNET),),
    "aws_eks_fargate_profile": ((("cluster_name",), _CLUSTER), (("subnet_ids",), _SUBNET)),
    "aws_eks_node_group": (
        (("cluster_name",), _CLUSTER),
        (("subnet_ids",), _SUBNET),
        (("launch_template", "id"), _TEMPLATE),
    ),
    "aws_subnet": ((("vpc_id",), _VPC),),
    "aws_vpc_ipv4_cidr_block_association": ((("vpc_id",), _VPC),),
}

_WITH_USER_DATA = frozenset({"aws_launch_configuration", "aws_launch_template"})
_USER_DATA = ("user_data", "user_data_base64")
_LINKED = _WITH_USER_DATA | _LINKS.keys()


class PlanLinks:
    """Puts resources in the place of ids, as far as a plan tells which they are."""

    def __init__(self, instances: Mapping[str, Instance], configuration: ConfiguredModule | None) -> None:
        """Take what a plan or state holds; a state has no configuration."""
        self._configuration = configuration
        self._by_block: dict[tuple[Calls, str], list[Instance]] = {}
        self._by_type: dict[tuple[str, str], list[Instance]] = {}
        self._children: dict[tuple[Calls, str], dict[Calls, None]] = {}
        self._ids: dict[str, dict[str, ResourceId | None]] = {}
        self._made: dict[_Target, tuple[Sequence[Instance], Mapping[Calls, Sequence[Instance]]]] = {}
        self._read = {one.type for one in instances.values() if one.actions == ("read",)}
        for one in instances.values():
            self._by_block.setdefault((one.calls, one.block), []).append(one)
            self._by_type.setdefault((one.mode, one.type), []).append(one)
            for depth in range(1, len(one.calls) + 1):
                inner = one.calls[:depth]
                self._children.setdefault((inner[:-1], inner[-1][0]), {})[inner] = None

    def linked(self, instance: Instance) -> Instance:
        """Return an instance with resources in the place of those of its ids that are surely theirs."""
        if instance.mode != "managed" or instance.type not in _LINKED:
            return instance
        values: RecordedValue = dict(instance.values)
        for path, target in _LINKS.get(instance.type, ()):
            values = self._put(values, path, instance, target, path)
        if not isinstance(values, dict):
            return instance
        for name in _USER_DATA:
            if values.get(name) is UNKNOWN and instance.type in _WITH_USER_DATA:
                values = {**values, name: self._user_data(instance, name)}
        return replace(instance, values=values)

    def _user_data(self, instance: Instance, name: str) -> Hidden:
        """Return unknown user data, and the cluster whose certificate authority it is made with."""
        resource = self.resource(instance)
        trail = _Trail(self, _CERTIFICATE, through_calls=True)
        trail.follow(instance.calls, (resource.find([name]) if resource is not None else None) or (), ())
        clusters = {one.address for group in trail.groups for one in group}
        return Hidden(UNKNOWN.why, (f"{clusters.pop()}.certificate_authority",)) if len(clusters) == 1 else UNKNOWN

    def _put(
        self, value: RecordedValue, path: Sequence[str], instance: Instance, target: _Target, whole: Sequence[str]
    ) -> RecordedValue:
        if path:
            if isinstance(value, list):
                return [self._put(one, path, instance, target, whole) for one in value]
            if isinstance(value, dict) and path[0] in value:
                return {**value, path[0]: self._put(value[path[0]], path[1:], instance, target, whole)}
            return value
        if isinstance(value, list):
            unknown = [at for at, one in enumerate(value) if one is UNKNOWN]
            found = self._unknown(instance, target, whole, len(unknown))
            put: list[RecordedValue] = [self._known(one, target) for one in value]
            for at, one in zip(unknown, found, strict=True):
                put[at] = one
            return put
        return self._unknown(instance, target, whole, 1)[0] if value is UNKNOWN else self._known(value, target)

    def _known(self, value: RecordedValue, target: _Target) -> RecordedValue:
        """Return the resource that has an id or name, else the id as it is."""
        if not isinstance(value, str) or target.attributes[0] != "id":
            return value
        return self._with_id(target).get(value) or value

    def _with_id(self, target: _Target) -> Mapping[str, ResourceId | None]:
        """Return the resources of a type by what they are called, None for what several are called."""
        if target.type not in self._ids:
            found: dict[str, ResourceId | None] = {}
            for one in self._by_type.get((target.mode, target.type), ()):
                identity = one.values.get("id")
                if isinstance(identity, str):
                    found[identity] = None if identity in found else ResourceId(one.address, "id", identity)
            self._ids[target.type] = found
        return self._ids[target.type]

    def _unknown(
        self, instance: Instance, target: _Target, path: Sequence[str], number: int
    ) -> Sequence[ResourceId | Hidden]:
        """Return the resources that a number of unknown ids belong to, or why that is not told."""
        if not number:
            return []
        candidates, _ = self._candidates(target)
        found = self._reached(instance, target, path, number)
        if found is not None:
            return [ResourceId(one.address, target.attributes[0]) for one in found]
        several = f"one of {len(candidates)} of type {target.type}" if candidates else f"of no {target.type} in it"
        return [
            Hidden(f"is known only after apply, and the plan by itself does not tell whose it is ({several})")
        ] * number

    def _candidates(self, target: _Target) -> tuple[Sequence[Instance], Mapping[Calls, Sequence[Instance]]]:
        """Return the resources that an unknown id may be of, and those of each module instance."""
        if target not in self._made:
            made = [one for one in self._by_type.get((target.mode, target.type), ()) if _is_made(one, target)]
            by_module: dict[Calls, list[Instance]] = {}
            for one in made:
                by_module.setdefault(one.calls, []).append(one)
            self._made[target] = made, by_module
        return self._made[target]

    def _reached(
        self, instance: Instance, target: _Target, path: Sequence[str], number: int
    ) -> Sequence[Instance] | None:
        candidates, by_module = self._candidates(target)
        beside = by_module.get(instance.calls, ())
        if len(candidates) == number and not self._reads_more(target):
            return candidates
        resource = self.resource(instance)
        names = None if resource is None else resource.find(path)
        if resource is None or names is None:
            # The block is `dynamic`: what is made beside it in the same module is for it.
            return beside if len(beside) == number else None
        trail = _Trail(self, target)
        trail.follow(instance.calls, names, resource.repeated)
        found = trail.unions(number)
        if trail.open_ended:
            return beside if not trail.groups and len(beside) == number and target is not _SUBNET else None
        if found is None and number == 1 and len(trail.groups) == 1:
            return self._of_own_key(instance, names, trail.groups[0])
        return found

    def _of_own_key(
        self, instance: Instance, names: References, group: Sequence[Instance]
    ) -> Sequence[Instance] | None:
        """Return the one of a group with the key of an instance, where its expression speaks of that key."""
        own = {one.key for one in self.instances_of(instance.calls, instance.block)}
        theirs = {one.key for one in group}
        picked = ("each.key" in names and own <= theirs) or ("count.index" in names and own == theirs)
        return [one for one in group if one.key == instance.key] if picked else None

    def _reads_more(self, target: _Target) -> bool:
        """Return whether Terraform reads anything only when it applies that could have such ids too."""
        return any(target.hint in kind for kind in self._read)

    def resource(self, instance: Instance) -> ConfiguredResource | None:
        """Return what is kept of the block of an instance, None if nothing is."""
        module = self.module(instance.calls)
        return None if module is None else module.resources.get(instance.block)

    def instances_of(self, calls: Calls, block: str) -> Sequence[Instance]:
        """Return the instances of a block of a module instance."""
        return self._by_block.get((calls, block), ())

    def children(self, calls: Calls, name: str) -> Iterable[Calls]:
        """Return the instances of a module that a module instance calls."""
        return self._children.get((calls, name), ())

    def module(self, calls: Calls) -> ConfiguredModule | None:
        """Return the configuration of a module instance."""
        module = self._configuration
        for name, _ in calls:
            call = None if module is None else module.calls.get(name)
            module = None if call is None else call.module
        return module


class _Trail:
    """Follows names to the resources of one type; `open_ended` says that a name led to where a plan keeps nothing."""

    def __init__(
        self, links: PlanLinks, target: _Target, names: int = 0, depth: int = 0, *, through_calls: bool = False
    ) -> None:
        """Begin anywhere; with `through_calls` what a module is given counts where its outputs lead to nothing."""
        self._links = links
        self._target = target
        self._names = names
        self._depth = depth
        self._through_calls = through_calls
        self._seen: set[tuple[Calls, str]] = set()
        self.groups: list[tuple[Instance, ...]] = []
        self.open_ended = False

    def unions(self, number: int) -> Sequence[Instance] | None:
        """Return the instances of some of the groups that are so many together, None if there is no one answer."""
        groups = list({tuple(one.address for one in group): group for group in self.groups}.values())
        if len(groups) > _MOST_GROUPS:
            return None
        found: dict[tuple[str, ...], list[Instance]] = {}
        for size in range(1, len(groups) + 1):
            for some in combinations(groups, size):
                union = {one.address: one for group in some for one in group}
                if len(union) == number:
                    found[tuple(sorted(union))] = list(union.values())
        return next(iter(found.values())) if len(found) == 1 else None

    def follow(self, calls: Calls, names: References, repeated: References) -> None:
        """Follow the names in an expression of a module instance; `repeated` are those of the block around it."""
        self._depth += 1
        for name in _longest(names):
            steps = steps_of(name)
            self._names += 1
            if steps is None or len(steps) < 2 or self._names > _MOST_NAMES or self._depth > _DEEPEST:
                self.open_ended = True
            elif steps[0][0] == "each":
                self._once(
                    calls,
                    f"each of {' '.join(repeated)}",
                    lambda: self.follow(calls, _without_conditions(repeated), ()),
                )
            elif steps[0][0] not in _NOT_NAMES:
                self._follow_one(calls, name, steps)
        self._depth -= 1

    def _once(self, calls: Calls, name: str, work: Callable[[], None]) -> None:
        if (calls, name) not in self._seen:
            self._seen.add((calls, name))
            work()

    def _follow_one(self, calls: Calls, name: str, steps: Steps) -> None:
        links = self._links
        first = steps[0][0]
        if first == "var":
            self._once(calls, name, lambda: self._into_caller(calls, steps[1][0]))
        elif first == "module":
            self._once(calls, name, lambda: self._into_module(calls, steps))
        elif first == "local":
            self.open_ended = True
        elif first in _PASSED:
            block = ".".join(step for step, _ in steps[:3])
            read = tuple(one for one in links.instances_of(calls, block) if one.actions == ("read",))
            if read and (first, steps[1][0]) == (self._target.mode, self._target.type):
                self.groups.append(read)
            else:
                self.open_ended |= any(self._target.hint in one.type for one in read)
        else:
            self._once(calls, name, lambda: self._into_resource(calls, steps))

    def _into_caller(self, calls: Calls, name: str) -> None:
        if not calls:
            return  # the plan knows the values of root variables
        outer = self._links.module(calls[:-1])
        call = None if outer is None else outer.calls.get(calls[-1][0])
        if call is None:
            self.open_ended = True
        else:
            self.follow(calls[:-1], call.arguments.get(name, ()), call.repeated)

    def _into_module(self, calls: Calls, steps: Steps) -> None:
        (name, key), output = steps[1], steps[2] if len(steps) > 2 else None
        for inner in self._links.children(calls, name):
            module = self._links.module(inner)
            if output is None or module is None or output[0] not in module.outputs:
                self.open_ended = True
            elif key is None or inner[-1][1] == key:
                self._output(inner, module.outputs[output[0]], output[1])
        outer = self._links.module(calls)
        call = outer.calls.get(name) if outer is not None and self._through_calls and not self.groups else None
        for names in call.arguments.values() if call is not None else ():
            self.follow(calls, names, call.repeated if call is not None else ())

    def _output(self, calls: Calls, names: References, key: str | int | None) -> None:
        """Follow an output; with an index only the member there counts, if the output lists one group of resources."""
        if key is None:
            self.follow(calls, names, ())
            return
        inner = _Trail(self._links, self._target, self._names, self._depth)
        inner.follow(calls, names, ())
        self._names = inner._names
        group = inner.groups[0] if len(inner.groups) == 1 and not inner.open_ended else ()
        if isinstance(key, int) and key < len(group) and all(isinstance(one.key, int) for one in group):
            self.groups.append((group[key],))
        else:
            self.open_ended |= bool(inner.groups) or inner.open_ended

    def _into_resource(self, calls: Calls, steps: Steps) -> None:
        kind, (name, key) = steps[0][0], steps[1]
        attribute = steps[2][0] if len(steps) > 2 else None
        instances = [one for one in self._links.instances_of(calls, f"{kind}.{name}") if key is None or one.key == key]
        if ("managed", kind) == (self._target.mode, self._target.type):
            made = tuple(one for one in instances if _is_made(one, self._target))
            if made and (attribute is None or attribute in (*self._target.attributes, "arn")):
                self.groups.append(made)
            return
        module = self._links.module(calls)
        resource = None if module is None else module.resources.get(f"{kind}.{name}")
        if resource is None or attribute is None:
            self.open_ended |= bool(instances)
        elif attribute in resource.expressions:
            self.follow(calls, resource.find([attribute]) or (), resource.repeated)
        elif self._target.hint in attribute:
            self.open_ended |= bool(instances)


def _is_made(instance: Instance, target: _Target) -> bool:
    """Return whether a resource has an id that is known only after apply."""
    return any(instance.values.get(name) is UNKNOWN for name in target.attributes)


def _longest(names: References) -> Iterator[str]:
    """Iterate over the names as they were written, without their own beginnings, which follow each of them."""
    last = ""
    for name in names:
        if not (len(name) < len(last) and last.startswith(name) and last[len(name)] in ".["):
            yield name
        last = name


def _without_conditions(repeated: References) -> References:
    """Return the names in a `for_each` but for those that only say whether there is anything."""
    return tuple(name for name in repeated if not (name.startswith("local.") and _CONDITION.fullmatch(name[6:])))
