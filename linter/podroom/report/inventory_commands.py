"""The commands that list what is there of a project: exact where names are known, read-only, a shell script."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Sequence

from podroom.model.world import Cluster, GroupKind, NodeGroup, World
from podroom.report.style import printable
from podroom.values import Known, Value

_CUSTOM_NETWORKING = "AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG"
_HEAD = """\
# What podroom can use of what is there. podroom runs none of this; every command only reads.
# Launch templates may hold secrets in their user data: podroom keeps the numbers of it, the files hold all of it.
# They go to a new folder outside the project: in it, podroom would read what kubectl prints as manifests.
LISTED="$(mktemp -d)"\
"""


def render(worlds: Sequence[World], paths: Sequence[str]) -> str:
    """Return the commands for all Worlds about EKS, and the call of podroom that takes their output."""
    lines = [_HEAD]
    files: list[str] = []
    about = [world for world in worlds if world.about_eks or world.subnets or world.lookups]
    for number, world in enumerate(about, start=1):
        suffix = f"-{number}" if len(about) > 1 else ""
        lines += ["", f"# {printable(world.root)}" + (f" with {printable(world.variant)}" if world.variant else "")]
        for comment, command, name in _commands(world):
            file = f'"$LISTED/{name}{suffix}.json"'
            if comment:
                lines.append(f"# {printable(comment)}")
            lines.append(f"{command} > {file}")
            files.append(file)
    if not files:
        return "# Nothing here is about Amazon EKS, so there is nothing to list.\n"
    given = " ".join(shlex.quote(path) for path in paths)
    told = " \\\n  ".join(f"--inventory {file}" for file in files)
    return "\n".join([*lines, "", f"podroom check {given} \\\n  {told}"]) + "\n"


def _commands(world: World) -> Iterator[tuple[str, str, str]]:
    """Yield commands, each with what to say before it and the name of its file."""
    region = "" if not isinstance(world.region, Known) else f" --region {shlex.quote(world.region.value)}"
    unsaid = "" if region else "the region is not known here: that of your profile is taken"
    yield unsaid, f"aws ec2 describe-subnets{region} --output json", "subnets"
    yield "", f"aws ec2 describe-vpcs{region} --output json", "vpcs"
    if world.node_groups:
        yield "", f"aws autoscaling describe-auto-scaling-groups{region} --output json", "groups"
        versions = "--versions '$Latest' '$Default'"
        yield "", f"aws ec2 describe-launch-templates{region} --output json", "templates"
        yield "", f"aws ec2 describe-launch-template-versions {versions}{region} --output json", "template-versions"
        running = "--filters Name=instance-state-name,Values=pending,running"
        yield "", f"aws ec2 describe-instances {running}{region} --output json", "instances"
    for number, cluster in enumerate(world.clusters, start=1):
        suffix = f"-{number}" if len(world.clusters) > 1 else ""
        yield from _of_cluster(world, cluster, region, suffix)


def _of_cluster(world: World, cluster: Cluster, region: str, suffix: str) -> Iterator[tuple[str, str, str]]:
    number = suffix.replace("-", "_")
    name, why = _argument(cluster.name, f"CLUSTER{number}", f"the name of {cluster.address}")
    to_json = f"{region} --output json"
    yield why, f"aws eks describe-cluster --name {name}{to_json}", f"cluster{suffix}"
    add_on = f"aws eks describe-addon --cluster-name {name} --addon-name vpc-cni{to_json}"
    yield "this one fails where the VPC CNI is no add-on", add_on, f"addon{suffix}"
    for at, group in enumerate(_managed(world, cluster), start=1):
        own, why = _argument(group.name, f"NODE_GROUP{number}_{at}", f"the name of {group.address}")
        command = f"aws eks describe-nodegroup --cluster-name {name} --nodegroup-name {own}{to_json}"
        yield why, command, f"nodegroup{suffix}-{at}"
    context = f"the context of kubectl has to be that of {cluster.address}"
    yield context, "kubectl get nodes -o json", f"nodes{suffix}"
    yield "", "kubectl get daemonset aws-node -n kube-system -o json", f"aws-node{suffix}"
    if cluster.cni.find(_CUSTOM_NETWORKING) is not None or cluster.cni.missing is not None:
        yield "this one fails where there are no ENIConfigs", "kubectl get eniconfigs -o json", f"eniconfigs{suffix}"


def _managed(world: World, cluster: Cluster) -> list[NodeGroup]:
    groups = [group for group in world.node_groups if group.kind is GroupKind.MANAGED]
    return [group for group in groups if isinstance(group.cluster, Known) and group.cluster.value == cluster.address]


def _argument(name: Value[str] | None, variable: str, what: str) -> tuple[str, str]:
    """Return a name for a shell, or a variable that has to be set, and what to say of it then."""
    if isinstance(name, Known):
        return shlex.quote(printable(name.value)), ""
    why = "it is not written" if name is None else name.reason
    return f'"${{{variable}:?}}"', f"set {variable} to {what}: {why}"
