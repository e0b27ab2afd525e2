"""What a remedy makes of every subnet, and the lines that apply it."""

from __future__ import annotations

from collections.abc import Iterator

from podroom.capacity.estimate import LoadState
from podroom.capacity.forecast import Forecast
from podroom.capacity.remedies import PODS_BLOCK, Remedy
from podroom.capacity.subnet_forecast import SubnetForecast
from podroom.catalog.ami_families import AmiFamily
from podroom.model.world import Cluster, NodeGroup, Subnet
from podroom.report.capacity_wording import NO_FIGURE, cidr_of, fitting, label, shown
from podroom.report.cni_lines import Lines, ways_to_set
from podroom.values import Known, Undecidable

_SHOWN = (LoadState.EXPECTED, LoadState.SATURATED)
_EKSCTL = "ClusterConfig/"


def effects(before: Forecast, remedy: Remedy) -> Iterator[str]:
    """Iterate over what is left of every subnet that a remedy changes, before and after."""
    if remedy.then is None:
        return
    subnets = {subnet.subnet.address: subnet for subnet in before.subnets}
    for after in remedy.then.subnets:
        today = subnets.get(after.subnet.address)
        texts = [_effect(today, after, state, before) for state in _SHOWN]
        if any(texts):
            parts = "; ".join(text for text in texts if text)
            yield f"{after.subnet.address} {cidr_of(after)}, left: {parts}"


def _effect(today: SubnetForecast | None, after: SubnetForecast, state: LoadState, before: Forecast) -> str:
    name, then = label(state, before.assumptions), shown(after.left.of(state))
    if today is None:
        return f"{name} {then}"
    was = shown(today.left.of(state))
    held, holds = fitting(today.holds.of(state)), fitting(after.holds.of(state))
    texts = [f"{was} before, {then} after"] if was != then else []
    if held != holds:
        texts.append(f"room for {_or_no(held)} nodes before, {_or_no(holds)} after")
    return f"{name} {', '.join(texts)}" if texts else ""


def _or_no(number: str) -> str:
    return "no" if number == NO_FIGURE else number


def lines_for(cluster: Cluster, remedy: Remedy, *, one_of_several: bool = False) -> Iterator[Lines]:
    """Iterate over the lines that apply a remedy; none where nobody can write them without knowing more."""
    if remedy.added:
        yield from _pod_subnets(remedy)
    if remedy.changes:
        yield from ways_to_set(cluster, remedy.changes, one_of_several=one_of_several)
    if remedy.added:
        yield _eni_configs(remedy)
    if remedy.max_pods is not None:
        seen: set[str] = set()
        for group in remedy.groups:
            lines = _max_pods(group, remedy.max_pods)
            if lines.title not in seen:
                seen.add(lines.title)
                yield lines
    if remedy.types:
        for group in remedy.groups:
            quoted = ", ".join(f'"{name}"' for name in remedy.types)
            eksctl = cluster.address.startswith(_EKSCTL)
            text = f"instanceTypes: [{quoted}]" if eksctl else f"instance_types = [{quoted}]"
            yield Lines(f"in {group.address}{_at(group)}", "yaml" if eksctl else "hcl", text)
    for subnet, block in remedy.resized:
        yield Lines(
            f"{subnet.address}{_at(subnet)}: a subnet cannot grow, this makes a new one", "hcl", _cidr(subnet, block)
        )


def _cidr(subnet: Subnet, block: str) -> str:
    if block.startswith("/"):
        return f"# a {block} that nothing else uses, in place of {_text(subnet)}"
    return f'cidr_block = "{block}"  # today {_text(subnet)}'


def _text(subnet: Subnet) -> str:
    return subnet.cidr.value if isinstance(subnet.cidr, Known) else "a block that is not known"


def _max_pods(group: NodeGroup, number: int) -> Lines:
    """Return the lines for the program that configures the nodes of a group."""
    if group.max_pods_setting is not None:
        return Lines(f"in {group.address}{_at(group)}", "yaml", f"{group.max_pods_setting}: {number}")
    try:
        families = set(group.ami_family.candidates())
    except Undecidable:
        families = set()
    if families == {AmiFamily.BOTTLEROCKET}:
        return Lines("in the user data of the launch template", "toml", f"[settings.kubernetes]\nmax-pods = {number}")
    if families == {AmiFamily.AL2}:
        text = f"--use-max-pods false --kubelet-extra-args '--max-pods={number}'"
        return Lines("in the call of bootstrap.sh, which needs an image of your own", "sh", text)
    text = (
        f"apiVersion: node.eks.aws/v1alpha1\nkind: NodeConfig\nspec:\n  kubelet:\n    config:\n      maxPods: {number}"
    )
    return Lines("NodeConfig in the user data of the launch template", "yaml", text)


def _pod_subnets(remedy: Remedy) -> Iterator[Lines]:
    first = remedy.added[0]
    vpc = f"{first.vpc.value}.id" if isinstance(first.vpc, Known) else '"the id of the VPC"'
    lines = [
        'resource "aws_vpc_ipv4_cidr_block_association" "pods" {',
        f"  vpc_id     = {vpc}",
        f'  cidr_block = "{PODS_BLOCK.partition("/")[0]}/16"',
        "}",
    ]
    for subnet in remedy.added:
        lines += [
            f'resource "aws_subnet" "{subnet.address.rpartition(".")[2]}" {{',
            "  vpc_id            = aws_vpc_ipv4_cidr_block_association.pods.vpc_id",
            f"  availability_zone = {_zone(subnet)}",
            f'  cidr_block        = "{_text(subnet)}"',
            "}",
        ]
    yield Lines("Terraform, subnets for pods", "hcl", "\n".join(lines))


def _eni_configs(remedy: Remedy) -> Lines:
    lines = ["eniConfig = {", "  create = true", '  region = "the region of the cluster"', "  subnets = {"]
    lines += [
        f'    {_key(subnet)} = {{ id = {subnet.address}.id, securityGroups = ["those of the nodes"] }}'
        for subnet in remedy.added
    ]
    return Lines("Terraform, in configuration_values beside env", "hcl", "\n".join([*lines, "  }", "}"]))


def _zone(subnet: Subnet) -> str:
    """Return the zone as Terraform writes it: a text, or the expression that yields it."""
    if not isinstance(subnet.zone, Known):
        return '"the zone of the nodes"'
    return f'"{subnet.zone.value.name}"' if subnet.zone.value.name else subnet.zone.value.identity


def _key(subnet: Subnet) -> str:
    zone = _zone(subnet)
    return zone if zone.startswith('"') else f"({zone})"


def _at(thing: NodeGroup | Subnet) -> str:
    return f" ({thing.span.shown.path}:{thing.span.shown.first.line})"
