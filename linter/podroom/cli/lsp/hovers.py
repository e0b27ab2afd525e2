"""What stands under the pointer of an editor: instance types and max pods with their sums, subnets with theirs."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from functools import partial

from podroom.capacity.assessment import Assumptions
from podroom.capacity.cni import CniBehavior
from podroom.capacity.forecast import ClusterForecast, Forecast, GroupForecast
from podroom.capacity.node import NodeQuestion, node_report
from podroom.capacity.subnet_forecast import SubnetForecast
from podroom.cli.lsp.judging import Judged
from podroom.model.world import NodeGroup, Subnet
from podroom.patterns import pattern
from podroom.positions import Document, Span
from podroom.records import dataclass
from podroom.report import hover_markdown
from podroom.report.hover_markdown import Told
from podroom.values import Default, Known, place_of

_TYPE = pattern(r"[a-z][a-z0-9-]*\.[a-z0-9-]+")


@dataclass(frozen=True, slots=True)
class Shown:
    """What is shown of a place, as Markdown."""

    span: Span
    text: str


def hover(judged: Judged, path: str, text: str, offset_in: Callable[[Document], int]) -> Shown | None:
    """Return what there is to show in a file with this text; None if nothing.

    `path` is its real path, and `offset_in` returns the character that is pointed at.
    """
    document = Document(path, text)
    offset = offset_in(document)
    found = [shown for shown in _known(judged, path, text) if shown[0].start <= offset <= shown[0].end]
    if found:
        least = min(span.end - span.start for span, _ in found)
        nearest = [(span, tell) for span, tell in found if span.end - span.start == least]
        text = hover_markdown.render(told for _, tell in nearest for told in tell())
        if text:
            return Shown(nearest[0][0], text)
    return _type_by_itself(judged, document, offset)


def _known(judged: Judged, path: str, text: str) -> Iterator[tuple[Span, Callable[[], Iterable[Told]]]]:
    """Yield the places of a file of which something is known, each with what tells it."""
    real: dict[Document, bool] = {}
    for place, tell in _places(judged):
        span = place.shown
        document = span.document
        if document not in real:
            real[document] = document.text == text and os.path.realpath(document.path) == path
        if real[document]:
            yield span, tell


def _places(judged: Judged) -> Iterator[tuple[Span, Callable[[], Iterable[Told]]]]:
    for found in judged.capacity():
        for group, cluster in _groups(found):
            for span, name in _places_of_nodes(group.group):
                yield span, partial(_nodes, name, group, cluster, found.assumptions)
        for subnet in found.subnets:
            for span in _places_of_subnet(subnet.subnet, found):
                yield span, partial(_of_subnet, subnet, found.assumptions)


def _groups(found: Forecast) -> Iterator[tuple[GroupForecast, ClusterForecast | None]]:
    for cluster in found.clusters:
        yield from ((group, cluster) for group in cluster.groups)
    yield from ((group, None) for group in found.stray_groups)


def _places_of_nodes(group: NodeGroup) -> Iterator[tuple[Span, str | None]]:
    """Yield what says of which type nodes are, with the type, and what tells kubelet its max pods, with None."""
    template = group.launch_template
    of_template = template.instance_type if template else None
    for choice in (*group.instance_types, *([of_template] if of_template else [])):
        origin = choice.type.origin
        if not isinstance(origin, Default):
            yield origin, choice.type.value if isinstance(choice.type, Known) else None
    user_data = group.user_data
    yield from ((fixed.span, None) for fixed in (*user_data.fixed, *user_data.stray))
    yield from ((use.span, None) for use in user_data.use_max_pods)
    yield from ((expression.span, None) for expression in user_data.expressions)
    yield group.span, None


def _places_of_subnet(subnet: Subnet, found: Forecast) -> Iterator[Span]:
    yield place_of(subnet.cidr.origin, subnet.span)
    yield subnet.span
    for group in found.groups:
        for use in group.group.subnets:
            if isinstance(use.subnet, Known) and use.subnet.value == subnet.address:
                yield use.span


def _nodes(
    name: str | None, group: GroupForecast, cluster: ClusterForecast | None, assumptions: Assumptions
) -> Iterator[Told]:
    """Yield what is known of the nodes of a group; of those of one type where it is one of the group's."""
    named = [of_type for of_type in group.node.types if of_type.instance.name == name]
    if not group.node.types:
        yield hover_markdown.unknown_nodes(group)
    for of_type in named or group.node.types:
        yield hover_markdown.node_of_group(of_type, group.group.address, cluster, assumptions)


def _of_subnet(subnet: SubnetForecast, assumptions: Assumptions) -> Iterator[Told]:
    yield hover_markdown.subnet(subnet, assumptions)


def _type_by_itself(judged: Judged, document: Document, offset: int) -> Shown | None:
    """Return what is known of a type by itself: one that is named where no node group is seen to use it."""
    line = document.position(offset).line
    start = document.line_starts()[line - 1]
    for match in _TYPE.finditer(document.line(line)):
        if start + match.start() <= offset <= start + match.end():
            settings = judged.settings_of(document.path)
            instance = settings.catalog.find(match[0])
            if instance is not None:
                host_network_pods = settings.assumptions.host_network_pods
                question = NodeQuestion(CniBehavior(), host_network_pods=host_network_pods)
                told = hover_markdown.node_by_itself(node_report(instance, question))
                span = Span(document, start + match.start(), start + match.end())
                return Shown(span, hover_markdown.render([told]))
    return None
