"""The commands that list what is there of a project: exact where names are known, read-only, a shell script."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Sequence
from itertools import count

from podroom.assembly.live.regions import region_of_zone
from podroom.model.world import Cluster, GroupKind, NodeGroup, World
from podroom.records import dataclass
from podroom.report.style import printable
from podroom.values import Known, Value

_CUSTOM_NETWORKING = "AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG"
_HEAD = """\
# What podroom can use of what is there. podroom runs none of this; every command only reads.
# Launch templates may hold secrets in their user data: podroom keeps the numbers of it, the files hold all of it.
# They go to a new folder outside the project: in it, podroom would read what kubectl prints as manifests.
LISTED="$(mktemp -d)"\
"""
_GIVEN = 'for file in "$LISTED"/*.json; do set -- "$@" --inventory "$file"; done'


@dataclass(frozen=True, slots=True)
class _Command:
    """A command, the file that takes what it prints, and what to say before it; it may fail where that is not there."""

    line: str
    file: str
    comment: str = ""
    may_fail: bool = False


def render(worlds: Sequence[World], paths: Sequence[str], options: Sequence[str] = ()) -> str:
    """Return the commands for all Worlds about EKS, and the call of podroom that takes their output.

    `options` are those by which podroom reads the project as it does now, as words for a shell.
    """
    lines = [_HEAD]
    files: dict[str, int] = {}
    seen: set[str] = set()
    about = [world for world in worlds if world.about_eks or world.subnets or world.lookups]
    numbers = count(1) if sum(len(world.clusters) for world in about) > 1 else None
    for world in about:
        commands = [one for one in _commands(world, numbers) if one.line not in seen]
        if commands:  # else all of them stand above, for another root
            lines += ["", f"# {printable(world.root)}" + (f" with {printable(world.variant)}" if world.variant else "")]
        for one in commands:
            seen.add(one.line)
            files[one.file] = files.get(one.file, 0) + 1
            number = f"-{files[one.file]}" if files[one.file] > 1 else ""
            target = f'"$LISTED/{one.file}{number}.json"'
            lines += [f"# {printable(one.comment)}"] if one.comment else []
            lines.append(f"{one.line} > {target}" + (f" || rm {target}" if one.may_fail else ""))
    if not files:
        return "# Nothing here is about Amazon EKS, so there is nothing to list.\n"
    check = " ".join(["podroom check", *(shlex.quote(path) for path in paths), *options])
    return "\n".join([*lines, "", "set --", _GIVEN, f'{check} "$@"']) + "\n"


def _commands(world: World, numbers: Iterator[int] | None) -> Iterator[_Command]:
    """Yield the commands for a World; `numbers` tell its clusters from others, None where there is one only."""
    name = _region(world)
    region = "" if name is None else f" --region {shlex.quote(name)}"
    unsaid = "" if region else "the region is not known here: that of your profile is taken"
    to_json = f"{region} --output json"
    yield _Command(f"aws ec2 describe-subnets{to_json}", "subnets", unsaid)
    yield _Command(f"aws ec2 describe-vpcs{to_json}", "vpcs")
    if world.node_groups:
        yield _Command(f"aws autoscaling describe-auto-scaling-groups{to_json}", "groups")
        if any(_launches_configuration(group) for group in world.node_groups):
            yield _Command(f"aws autoscaling describe-launch-configurations{to_json}", "launch-configurations")
        yield _Command(f"aws ec2 describe-launch-templates{to_json}", "templates")
        yield from _versions(world, to_json)
        running = "--filters Name=instance-state-name,Values=pending,running"
        yield _Command(f"aws ec2 describe-instances {running}{to_json}", "instances")
    for cluster in world.clusters:
        yield from _of_cluster(world, cluster, region, "" if numbers is None else f"_{next(numbers)}")


def _launches_configuration(group: NodeGroup) -> bool:
    """Return whether a group has, or may have, a launch configuration, which launch templates took the place of."""
    template = group.launch_template
    return template is not None and "aws_launch_configuration." in template.address


def _region(world: World) -> str | None:
    """Return the region of the provider or, as with a plan alone, the one that the subnets are in."""
    if isinstance(world.region, Known):
        return world.region.value
    zones = [one.zone.value.name for one in world.subnets if isinstance(one.zone, Known)]
    regions = {region_of_zone(zone) for zone in zones if zone is not None}
    return regions.pop() if len(regions) == 1 else None


def _versions(world: World, to_json: str) -> Iterator[_Command]:
    """Yield what lists the newest and the default version of every template, and all of those that are only named."""
    command = "aws ec2 describe-launch-template-versions"
    yield _Command(f"{command} --versions '$Latest' '$Default'{to_json}", "template-versions")
    for group in world.node_groups:
        named = group.named_template
        for option, name in (("id", named.id), ("name", named.name)) if named is not None else ():
            if isinstance(name, Known) and _is_plain(name.value):
                line = f"{command} --launch-template-{option} {shlex.quote(printable(name.value))}{to_json}"
                yield _Command(line, "template-versions")
                break


def _of_cluster(world: World, cluster: Cluster, region: str, suffix: str) -> Iterator[_Command]:
    to_json = f"{region} --output json"
    what = f"the name of {cluster.address}"
    name, why = _argument(cluster.name, f"CLUSTER{suffix}", what, f"aws eks list-clusters{region}")
    yield _Command(f"aws eks describe-cluster --name {name}{to_json}", "cluster", why)
    add_on = f"aws eks describe-addon --cluster-name {name} --addon-name vpc-cni{to_json}"
    yield _Command(add_on, "addon", "this one fails where the VPC CNI is no add-on", may_fail=True)
    for at, group in enumerate(_managed(world, cluster), start=1):
        lists = f"aws eks list-nodegroups --cluster-name {name}{region}"
        own, why = _argument(group.name, f"NODE_GROUP{suffix}_{at}", f"the name of {group.address}", lists)
        if isinstance(group.name_prefix, Known) and why:
            why += f"; it begins with {group.name_prefix.value}"
        yield _Command(
            f"aws eks describe-nodegroup --cluster-name {name} --nodegroup-name {own}{to_json}", "nodegroup", why
        )
    context = f"the context of kubectl has to be that of {cluster.address}"
    several = f": set CONTEXT{suffix} to it" if suffix else ""
    kubectl = f'kubectl --context "${{CONTEXT{suffix}:?}}"' if suffix else "kubectl"
    yield _Command(f"{kubectl} get nodes -o json", "nodes", context + several)
    yield _Command(f"{kubectl} get daemonset aws-node -n kube-system -o json", "aws-node", may_fail=True)
    if cluster.cni.find(_CUSTOM_NETWORKING) is not None or cluster.cni.missing is not None:
        comment = "this one fails where there are no ENIConfigs"
        yield _Command(f"{kubectl} get eniconfigs -o json", "eniconfigs", comment, may_fail=True)


def _managed(world: World, cluster: Cluster) -> list[NodeGroup]:
    groups = [group for group in world.node_groups if group.kind is GroupKind.MANAGED]
    return [group for group in groups if isinstance(group.cluster, Known) and group.cluster.value == cluster.address]


def _argument(name: Value[str] | None, variable: str, what: str, lists: str) -> tuple[str, str]:
    """Return a name for a shell, or a variable that has to be set, and what to say of it then.

    `lists` is a command that lists the names there are.
    """
    if isinstance(name, Known) and _is_plain(name.value):
        return shlex.quote(printable(name.value)), ""
    why = "it is not written" if name is None else "it is no name" if isinstance(name, Known) else name.reason
    return f'"${{{variable}:?}}"', f"set {variable} to {what}, one of those that `{lists}` lists: {why}"


def _is_plain(name: str) -> bool:
    """Return whether a text can be an argument: another one would be taken for an option."""
    return bool(name) and not name.startswith("-")
