"""What all formats of a forecast share: how a number that is only partly known is written, labels, and notes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from podroom.capacity.assessment import Assumptions, ZoneBalance
from podroom.capacity.estimate import Estimate, LoadState
from podroom.capacity.forecast import ClusterForecast, Forecast, GroupForecast, all_gaps
from podroom.capacity.node_forecast import NodeForecast
from podroom.capacity.recommendation import Recommendation
from podroom.capacity.subnet_forecast import ShareForecast, SubnetForecast
from podroom.capacity.subnets import (
    CONTROL_PLANE_INTERFACES,
    CONTROL_PLANE_RECOMMENDED,
    CONTROL_PLANE_REQUIRED,
    CONTROL_PLANE_UPDATE,
    LOAD_BALANCER_REQUIRED,
    SubnetPart,
)
from podroom.capacity.working import counted
from podroom.patterns import pattern
from podroom.records import dataclass
from podroom.values import Known, OneOf, Unknown, Value

UNKNOWN = "unknown"
NO_FIGURE = "-"
"""Stands where there is nothing to count, such as nodes that would not work."""
WHAT_IF = "what if: "
WHILE_APPLIED = "while_applied"
"""What the forecast of the time during which a plan is applied is called in JSON."""
_MOST_NAMED = 5
_DIGITS = pattern(r"([0-9]+)")
_OFF = {"", "0", "false", "unset"}


@dataclass(frozen=True, slots=True)
class Scenario:
    """A subnet as it would be: `title` is what the scenario is called, `member` what it is called in JSON."""

    title: str
    member: str
    found: SubnetForecast

    @property
    def prefix(self) -> str:
        """Return what stands before a sentence about it."""
        return f"{self.title}: "

    def sentences(self, assumptions: Assumptions) -> list[str]:
        """Return what is to be said of the subnet then beside its table."""
        if self.member == WHILE_APPLIED:  # nodes that are on their way out do not grow
            found = [
                sum_sentence(self.found, assumptions, "both sides at the desired size"),
                blocks_sentence(self.found),
            ]
        else:
            found = sentences(self.found, assumptions)
        return [f"{self.prefix}{sentence}" for sentence in found if sentence]


@dataclass(frozen=True, slots=True)
class Comparison:
    """The forecast of today and, if something was asked for, what would be if it were otherwise.

    `changes` are what was asked for, as it was written; `during` what is there while a plan is applied, where that is
    more than before and after it; `recommendation` what the settings of the CNI could be.
    """

    today: Forecast
    what_if: Forecast | None = None
    changes: tuple[str, ...] = ()
    recommendation: Recommendation | None = None
    during: Forecast | None = None

    def scenarios(self, subnet: SubnetForecast) -> tuple[Scenario, ...]:
        """Return the same subnet as it would be, in the order of time."""
        named = (("while applied", WHILE_APPLIED, self.during), ("what if", "what_if", self.what_if))
        return tuple(
            Scenario(title, member, found)
            for title, member, forecast in named
            if forecast is not None
            for found in forecast.subnets
            if found.subnet.address == subnet.subnet.address
        )

    def other(self, subnet: SubnetForecast) -> SubnetForecast | None:
        """Return the same subnet as it would be; None if it would not be used, or nothing was asked for."""
        if self.what_if is None:
            return None
        address = subnet.subnet.address
        return next((found for found in self.what_if.subnets if found.subnet.address == address), None)

    def has_nodes(self, subnet: SubnetForecast) -> bool:
        """Return whether there are nodes or pods in a subnet, today or as it would be."""
        return bool(subnet.shares or any(scenario.found.shares for scenario in self.scenarios(subnet)))

    def gaps(self) -> tuple[tuple[str, Unknown], ...]:
        """Return everything that is not known, each with what stands before it: those of the what-if alone say so."""
        found = [("", gap) for gap in all_gaps(self.today)]
        for prefix, other in ((WHAT_IF, self.what_if), ("while applied: ", self.during)):
            found += [(prefix, gap) for gap in (() if other is None else all_gaps(other))]
        once: dict[tuple[str, str], tuple[str, Unknown]] = {}
        for prefix, gap in found:
            once.setdefault((gap.reason, str(gap.origin)), (prefix, gap))
        return tuple(once.values())

    def other_group(self, group: GroupForecast) -> GroupForecast | None:
        """Return the same node group as it would be; None if nothing was asked for."""
        if self.what_if is None:
            return None
        address = group.group.address
        return next((found for found in self.what_if.groups if found.group.address == address), None)


def shown(estimate: Estimate) -> str:
    """Return a number as people write it: "4,000", "10 to 30", "at least 40", "unknown"."""
    least, most = estimate.least, estimate.most
    if least is None and most is None and not estimate.gaps:
        return NO_FIGURE
    if least == most and least is not None:
        return f"{least:,}"
    if least is not None and most is not None:
        return f"{least:,} to {most:,}"
    if most is not None:
        return f"at most {most:,}"
    if least is not None and (least > 0 or not estimate.gaps):
        return f"at least {least:,}"
    return UNKNOWN


def fitting(holds: Estimate) -> str:
    """Return how many nodes a subnet holds; where too little is known, "at most 40" and not "0 to 40"."""
    known = holds.least != 0 or holds.most is None or not holds.gaps or holds.most == 0
    return shown(holds) if known else f"at most {holds.most:,}"


def several(estimate: Estimate, noun: str) -> str:
    """Return a number with its noun: "1 node", "3 to 5 nodes", "at least 1 node"."""
    text = shown(estimate)
    return f"{text} {noun if text.rpartition(' ')[2] == '1' else f'{noun}s'}"


def label(state: LoadState, assumptions: Assumptions) -> str:
    """Return what a state of load is called: "16 pods" for the expected one."""
    if state is LoadState.EXPECTED:
        return counted(assumptions.expected_pods_per_node, "pod")
    return {LoadState.IDLE: "idle", LoadState.ONE_POD: "one pod"}.get(state, "full")


def condition(state: LoadState, assumptions: Assumptions) -> str:
    """Return a state of load as the end of a sentence about nodes."""
    if state is LoadState.EXPECTED:
        return f"with {counted(assumptions.expected_pods_per_node, 'pod')} each"
    return {LoadState.IDLE: "when idle", LoadState.ONE_POD: "with one pod each"}.get(state, "when full")


def assumed(assumptions: Assumptions) -> tuple[str, ...]:
    """Return everything that was assumed, each with the option that says otherwise."""
    balance = {
        ZoneBalance.BALANCED: "the nodes of a group spread evenly over its zones",
        ZoneBalance.SKEWED: "all nodes of a group crowd into one zone",
    }[assumptions.zone_balance]
    control_plane = (
        f"a subnet of the cluster keeps {CONTROL_PLANE_INTERFACES} addresses for interfaces of the control plane (2 to "
        f"{CONTROL_PLANE_INTERFACES} in all its subnets) and {CONTROL_PLANE_UPDATE} for an update of it; Amazon EKS "
        f"requires {CONTROL_PLANE_REQUIRED} when a cluster is made and recommends {CONTROL_PLANE_RECOMMENDED}"
    )
    expected = counted(assumptions.expected_pods_per_node, "pod")
    host = counted(assumptions.host_network_pods, "pod")
    return (
        f"a node is expected to run {expected} with an address (--pods-per-node)",
        f"{host} of a node use the host's network (--host-network-pods)",
        f"{balance} (--zone-balance)",
        control_plane,
        f"a subnet that is tagged for load balancers keeps {LOAD_BALANCER_REQUIRED} addresses for them",
    )


def value_text(value: Value[str]) -> str:
    """Return a setting as text."""
    if isinstance(value, Known):
        return value.value or "unset"
    if isinstance(value, OneOf):
        return " or ".join(value.values)
    return UNKNOWN


def settings_that_tell(cluster: ClusterForecast) -> list[tuple[str, str]]:
    """Return the variables of aws-node that are set to something, or may be."""
    texts = [(name, value_text(value)) for name, value in cluster.settings]
    return [(name, value) for name, value in texts if value not in _OFF]


def cni_line(cluster: ClusterForecast) -> str:
    """Return the version of the CNI and its settings; what EKS Auto Mode does instead where it runs all nodes."""
    mode = cluster.cluster.auto_mode
    if isinstance(mode, Known) and mode.value and not cluster.groups:
        return "EKS Auto Mode: it has no aws-node to set"
    settings = [f"{name} {value}" for name, value in settings_that_tell(cluster)]
    return f"VPC CNI {value_text(cluster.cluster.cni.version)}: {', '.join(settings)}"


def place(gap: Unknown) -> str:
    """Return where something unknown stands."""
    return str(gap.origin)


def groups_of_alike(comparison: Comparison) -> list[tuple[SubnetForecast, ...]]:
    """Return the subnets in groups of which all numbers are the same, in the order of the configuration."""
    alike: dict[tuple[object, ...], list[SubnetForecast]] = {}
    for subnet in comparison.today.subnets:
        others = tuple(_numbers(scenario.found) for scenario in comparison.scenarios(subnet))
        alike.setdefault((_numbers(subnet), others), []).append(subnet)
    return [tuple(several) for several in alike.values()]


def _numbers(subnet: SubnetForecast) -> tuple[object, ...]:
    shares = tuple(
        (share.group.address, share.part, share.desired, share.maximum, share.surge, share.per_node)
        for share in subnet.shares
    )
    return (subnet.usable, tuple(subnet.reserves), shares)


def alike(groups: Sequence[GroupForecast], comparison: Comparison) -> list[tuple[GroupForecast, ...]]:
    """Return node groups in tuples of which all numbers are the same, in natural order of their addresses."""
    found: dict[tuple[object, ...], list[GroupForecast]] = {}
    for group in sorted(groups, key=lambda group: _natural(group.group.address)):
        other = comparison.other_group(group)
        found.setdefault((_key(group), None if other is None else _key(other)), []).append(group)
    return [tuple(several) for several in found.values()]


def _key(group: GroupForecast) -> tuple[object, ...]:
    sizes = (group.desired, group.maximum, group.zones, group.surge)
    return (group.group.kind, sizes, tuple(deciders(group)), group.node.addresses)


def _natural(address: str) -> list[tuple[int, str]]:
    """Return a key that puts m["9"] before m["10"]."""
    parts = _DIGITS.split(address)
    return [(len(part), part) if at % 2 else (-1, part) for at, part in enumerate(parts)]


def named(addresses: Sequence[str]) -> str:
    """Return addresses with commas between them; of many only the first two and the last, and how many they are."""
    ordered = sorted(addresses, key=_natural)
    if len(ordered) <= _MOST_NAMED:
        return ", ".join(ordered)
    return f"{ordered[0]}, {ordered[1]} ... {ordered[-1]} ({counted(len(ordered), 'node group')})"


def share_sentences(subnet: SubnetForecast, scenarios: Sequence[Scenario] = ()) -> list[str]:
    """Return how many nodes of each group a subnet has, and how many it would have where that is another number."""
    today = _of_alike(subnet.shares)
    return [
        *today,
        *(
            f"{scenario.prefix}{sentence}"
            for scenario in scenarios
            for sentence in _of_alike(scenario.found.shares, while_applied=scenario.member == WHILE_APPLIED)
            if sentence not in today
        ),
    ]


def _of_alike(shares: Sequence[ShareForecast], *, while_applied: bool = False) -> list[str]:
    groups: dict[tuple[str, str], list[str]] = {}
    for share in shares:
        which = "pods of " if share.part is SubnetPart.PODS else ""
        nodes = several(share.maximum, "node") if while_applied else _nodes_of(share)
        groups.setdefault((which, nodes), []).append(share.group.address)
    return [
        f"{which}{named(addresses)}: {nodes}{', each' if len(addresses) > 1 else ''}"
        for (which, nodes), addresses in groups.items()
    ]


def _nodes_of(share: ShareForecast) -> str:
    """Return how many nodes of a group a subnet has, with the sum."""
    sizes = f"{several(share.desired, 'node')} at the desired size, {shown(share.maximum)} at the maximum size"
    working = f" ({share.maximum.working})" if " = " in share.maximum.working else ""
    surge = "" if share.surge.is_zero else f", {shown(share.surge)} more during an update"
    return f"{sizes}{working}{surge}"


def holds_sentence(subnet: SubnetForecast, assumptions: Assumptions) -> str:
    """Return how many nodes a subnet holds at each load, as a sentence; empty if it has no nodes."""
    parts = [(fitting(number), condition(state, assumptions)) for state, number in subnet.holds]
    (first, when), *others = [(number, when) for number, when in parts if number != NO_FIGURE] or [("", "")]
    if not when:
        return ""
    which = "these nodes" if len({share.group.address for share in subnet.shares}) == 1 else "these nodes together"
    more = "".join(f", {number} {when}" for number, when in others)
    return f"{size_of(subnet)} holds {first} of {which} {when}{more}; one more runs it dry"


def sum_sentence(subnet: SubnetForecast, assumptions: Assumptions, when: str = "at maximum size") -> str:
    """Return the sums of a subnet with the expected pods; empty where they are not certain."""
    taken, left = subnet.at_maximum.expected, subnet.left.expected
    if " x " not in taken.working or not left.working:
        return ""
    nodes = condition(LoadState.EXPECTED, assumptions)
    return f"{when}, nodes {nodes}: {taken.working} addresses, which leaves {left.working}"


def sentences(subnet: SubnetForecast, assumptions: Assumptions) -> list[str]:
    """Return what is to be said of a subnet beside its table."""
    found = (
        sum_sentence(subnet, assumptions),
        update_sentence(subnet, assumptions),
        holds_sentence(subnet, assumptions),
        blocks_sentence(subnet),
    )
    return [sentence for sentence in found if sentence]


def update_sentence(subnet: SubnetForecast, assumptions: Assumptions) -> str:
    """Return what an update of all groups adds, and what is left then; empty if it adds nothing."""
    added = subnet.added_by_update.expected
    if added.is_zero:
        return ""
    when = f"an update of all groups at maximum size, nodes {condition(LoadState.EXPECTED, assumptions)}"
    return f"{when}: {shown(added)} more addresses, which leaves {shown(subnet.left.expected.minus(added))}"


def remark(subnet: SubnetForecast, state: LoadState) -> str:
    """Return what keeps a subnet from holding nodes although addresses may be left; empty if nothing does."""
    return "; ".join(text for text in (starving(subnet, state), _scattered(subnet, state)) if text)


def _scattered(subnet: SubnetForecast, state: LoadState) -> str:
    """Return how many /28 blocks are asked for; empty where there are enough of them wherever single addresses lie."""
    blocks = subnet.blocks
    if blocks is None or blocks.asked.of(state).is_zero or blocks.risk(state) in {"none", "unknown"}:
        return ""
    few = "too few" if blocks.risk(state) == "certain" else "enough only if single addresses lie side by side"
    return f"{several(blocks.asked.of(state), '/28 block')} asked for, {shown(blocks.blocks)} in all: {few}"


def starving(subnet: SubnetForecast, state: LoadState) -> str:
    """Return how many pods get no address, and on nodes of which groups; empty where all have one."""
    groups: dict[str, list[str]] = {}
    for share in subnet.shares:
        text = hungry(share.node, state)
        if text and share.group.address not in groups.setdefault(text, []):
            groups[text].append(share.group.address)
    return "; ".join(f"{named(addresses)}: {text}" for text, addresses in groups.items())


def hungry(node: NodeForecast, state: LoadState) -> str:
    """Return how many pods of a node get no address, as a sentence; empty if all have one, or too little is known."""
    unserved, wanted = node.unserved.of(state), node.wanted.of(state)
    if node.ready is False:
        return "the nodes never become Ready"
    if node.serves(state) is not False and not unserved.most:
        return ""
    return f"{shown(unserved)} of {several(wanted, 'pod')} get no address"


def size_of(subnet: SubnetForecast) -> str:
    """Return "a /20" or "the subnet"."""
    if isinstance(subnet.subnet.cidr, Known) and "/" in subnet.subnet.cidr.value:
        return f"a /{subnet.subnet.cidr.value.rpartition('/')[2]}"
    return "the subnet"


def cidr_of(subnet: SubnetForecast) -> str:
    """Return a subnet's block."""
    return value_text(subnet.subnet.cidr)


def kept_free(subnet: SubnetForecast) -> str:
    """Return what is kept for others than nodes: "9 for the control plane and 8 for the load balancers"."""
    *others, last = list(_reserve_notes(subnet)) or [""]
    return f"{', '.join(others)} and {last}" if others else last


def _reserve_notes(subnet: SubnetForecast) -> Iterator[str]:
    for reserve in subnet.reserves:
        if not reserve.addresses.is_zero:
            number = reserve.addresses
            yield f"{shown(number) if number.least or number.most else 'a number nobody knows'} for the {reserve.name}"


def deciders(group: GroupForecast) -> Iterator[str]:
    """Iterate over the types of a group, each with its max pods, who decides it, and its room."""
    if not group.node.types:
        yield group.node.note or "instance types unknown"
    for found in group.node.types:
        who = " or ".join(dict.fromkeys(limit.authority for limit in found.limits))
        max_pods = f"max pods {shown(found.max_pods)}" + (f" ({who})" if who else "")
        never = "" if found.ready else ", never Ready"
        yield f"{found.instance.name}: {max_pods}, room for {shown(found.room)}{never}"


def percent(part: Estimate, whole: Estimate) -> str:
    """Return what part of a subnet is taken; empty if that is not known."""
    if not whole.value or part.least is None:
        return ""
    low = 100 * part.least // whole.value
    if part.most is None:
        return f">= {low} %" if low else ""
    high = -(-100 * part.most // whole.value)
    return f"{high} %" if part.value is not None else f"{low} to {high} %"


def blocks_sentence(subnet: SubnetForecast) -> str:
    """Return how many blocks for prefixes a subnet has and needs; empty without prefix delegation."""
    blocks = subnet.blocks
    if blocks is None:
        return ""
    risks = {
        "none": "wherever single addresses lie, there are enough",
        "possible": "enough only if single addresses lie side by side (aws_ec2_subnet_cidr_reservation)",
        "certain": "too few",
        "unknown": "whether that is enough is not known",
    }
    state = LoadState.EXPECTED
    return (
        f"/28 blocks for prefixes: {shown(blocks.blocks)} in all, {shown(blocks.asked.of(state))} asked for with the "
        f"expected pods, {shown(blocks.free.of(state))} free then: {risks[blocks.risk(state)]}"
    )


def recommended_sentence(comparison: Comparison) -> str:
    """Return what the recommended settings would make of the fullest subnet; empty if today's are best."""
    found = comparison.recommendation
    if found is None:
        return ""
    changes = [str(change) for advice in found.advice for change in advice.changes]
    subnets = [subnet for subnet in found.today.subnets if subnet.shares and subnet.left.expected.least is not None]
    if not changes or not subnets:
        return ""
    fullest = min(subnets, key=lambda subnet: subnet.left.expected.least or 0)
    then = next(subnet for subnet in found.then.subnets if subnet.subnet is fullest.subnet)
    before, after = fitting(fullest.holds.expected), fitting(then.holds.expected)
    if before == after:
        return ""
    nodes = condition(LoadState.EXPECTED, comparison.today.assumptions)
    contrast = f"instead of {before}" if before != NO_FIGURE else f"(today {starving(fullest, LoadState.EXPECTED)})"
    return (
        f"With {' and '.join(dict.fromkeys(changes))} {size_of(fullest)} would hold {after} of these nodes {nodes} "
        f"{contrast}; podroom recommend says why, and how to set them"
    )
