"""A forecast as one HTML page that needs nothing else: no network, no scripts, readable in light and dark."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence

from podroom.capacity.assessment import Assumptions
from podroom.capacity.estimate import Estimate, Loads, LoadState
from podroom.capacity.forecast import ClusterForecast, GroupForecast
from podroom.capacity.subnet_forecast import SubnetForecast
from podroom.report.capacity_charts import bars, curves, text
from podroom.report.capacity_style import STYLE
from podroom.report.capacity_wording import (
    WHAT_IF,
    WHILE_APPLIED,
    Comparison,
    alike,
    assumed,
    cidr_of,
    cni_line,
    deciders,
    fitting,
    groups_of_alike,
    kept_free,
    label,
    named,
    place,
    recommended_sentence,
    remark,
    sentences,
    share_sentences,
    shown,
)

_NO_CURVE = "No curve: the size of the subnet, or how many nodes there are at the maximum size, is not known."
_POLICY = "default-src 'none'; style-src 'unsafe-inline'"
_LOADS = ("at_desired", "at_maximum", "added_by_update", "left", "holds")
_TITLES = ("at desired size", "at maximum size", "added by an update", "left", "nodes it holds")


def render(comparisons: Sequence[Comparison], data: str, assumptions: Assumptions, *, version: str) -> str:
    """Return the page; `data` is what `capacity_json.render` says of the same forecasts, which the page embeds."""
    body = "".join(part for number, found in enumerate(comparisons) for part in _configuration(found, number))
    if not comparisons:
        body = "<p>Nothing about Amazon EKS here.</p>"
    # The end of a script and of a comment are what could break out of the embedded data.
    embedded = json.dumps(json.loads(data), separators=(",", ":")).replace("<", "\\u003c")
    assumptions_list = "".join(f"<li>{text(assumption)}</li>" for assumption in assumed(assumptions))
    page = (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="color-scheme" content="light dark">\n'
        f"<title>podroom: room for nodes and pods</title>\n<style>{STYLE}</style>\n</head>\n<body>\n<main>\n"
        "<header><h1>Will the pods have room?</h1>"
        f"<p>Addresses that nodes take of every subnet, worked out by podroom {text(version)} from what is written.</p>"
        f"</header>\n{body}\n"
        f"<section><h2>Assumed</h2><ul>{assumptions_list}</ul></section>\n</main>\n"
        f'<script type="application/json" id="podroom-capacity">{embedded}</script>\n</body>\n</html>\n'
    )
    # In ASCII the page is right in whatever encoding it is saved.
    return page.encode("ascii", "xmlcharrefreplace").decode("ascii")


def _configuration(comparison: Comparison, number: int) -> Iterator[str]:
    found = comparison.today
    yield f"<section><h2>{text(found.title)}</h2>"
    if comparison.changes:
        yield f'<p class="what-if">What if: <code>{text(", ".join(comparison.changes))}</code></p>'
    sentence = recommended_sentence(comparison)
    if sentence:
        yield f'<p class="advice">{text(sentence)}</p>'
    for cluster in found.clusters:
        yield from _cluster(cluster, comparison)
    if found.stray_groups:
        yield "<h3>Of a cluster that is not known</h3>"
        yield from _groups(found.stray_groups, comparison)
    if found.subnets:
        yield from _subnets(comparison, number)
    gaps = comparison.gaps()
    if gaps:
        items = "".join(
            f"<li>{prefix}{text(gap.reason)}<br><code>{text(place(gap))}</code></li>" for prefix, gap in gaps
        )
        yield f'<h3>Not known</h3><ul class="gaps">{items}</ul>'
    yield "</section>\n"


def _cluster(cluster: ClusterForecast, comparison: Comparison) -> Iterator[str]:
    yield f"<h3>Cluster <code>{text(cluster.cluster.address)}</code></h3>"
    yield f"<p>{text(cni_line(cluster))}</p>"
    if cluster.groups:
        yield from _groups(cluster.groups, comparison)


def _groups(groups: Sequence[GroupForecast], comparison: Comparison) -> Iterator[str]:
    states = "".join(f'<th class="n">{text(label(state, comparison.today.assumptions))}</th>' for state in LoadState)
    yield (
        '<div class="scroll"><table><thead><tr><th>types, max pods and who decides</th>'
        '<th class="n">desired</th><th class="n">maximum</th><th class="n">zones</th><th class="n">update</th>'
        f"{states}</tr></thead><tbody>"
    )
    for several in alike(groups, comparison):
        group = several[0]
        addresses = [each.group.address for each in several]
        kind = group.group.kind.value
        title = f"<code>{text(named(addresses))}</code> <small>{kind}</small>"
        yield f'<tr class="title"><td colspan="9">{title}</td></tr>'
        for found in (group, comparison.other_group(group)):
            if found is not None:
                yield from _group_row(found, addresses, "" if found is group else WHAT_IF)
    yield "</tbody></table></div><p><small>The last four columns are addresses that one node takes.</small></p>"


def _group_row(group: GroupForecast, addresses: Sequence[str], which: str) -> Iterator[str]:
    types = "<br>".join(text(kind) for kind in deciders(group)) or "unknown"
    yield f"<tr><td>{which}{types}</td>"
    scenario = "what_if" if which else "today"
    numbers = (
        ("desired_size", group.desired),
        ("maximum_size", group.maximum),
        ("zones", group.zones),
        ("update_surge", group.surge),
    )
    for member, number in numbers:
        yield _cell(number, scenario, addresses, member)
    for state, number in group.node.addresses:
        yield _cell(number, scenario, addresses, "addresses_per_node", state)
    yield "</tr>"


def _subnets(comparison: Comparison, number: int) -> Iterator[str]:
    found = comparison.today
    others = [[scenario.found for scenario in comparison.scenarios(subnet)] for subnet in found.subnets]
    chart = bars(found.subnets, others, found.assumptions, f"bars-{number}")
    yield "<h3>Subnets at maximum size</h3>"
    if chart:
        yield f"{_legend(found.assumptions)}<figure>{chart}</figure>"
    for group, subnets in enumerate(groups_of_alike(comparison)):
        first = subnets[0]
        other = comparison.other(first)
        yield '<div class="subnets">'
        names = "".join(
            f"<li><code>{text(subnet.subnet.address)}</code> {text(cidr_of(subnet))} "
            f"<small>{text(subnet.zone or 'zone unknown')}</small></li>"
            for subnet in subnets
        )
        title = f"{len(subnets)} subnets alike" if len(subnets) > 1 else "One subnet"
        yield f'<h4>{title}: {text(shown(first.usable))} usable addresses</h4><ul class="names">{names}</ul>'
        scenarios = comparison.scenarios(first)
        notes = share_sentences(first, scenarios)
        notes += [f"kept free: {kept_free(first)}"] if kept_free(first) else []
        notes += sentences(first, found.assumptions)
        during = [scenario for scenario in scenarios if scenario.member == WHILE_APPLIED]
        notes += [sentence for scenario in during for sentence in scenario.sentences(found.assumptions)]
        yield "<ul>" + "".join(f"<li>{text(note)}</li>" for note in notes if note) + "</ul>"
        if comparison.has_nodes(first):
            chart = curves(first, other, found.assumptions, f"curve-{number}-{group}")
            yield f"<figure>{chart}</figure>" if chart else f'<p class="none">{_NO_CURVE}</p>'
            yield from _table(subnets, comparison)
        yield "</div>"


def _table(subnets: Sequence[SubnetForecast], comparison: Comparison) -> Iterator[str]:
    """Iterate over a table of a subnet and those like it: every cell says which numbers it stands for."""
    titles = "".join(f'<th class="n">{title}</th>' for title in _TITLES)
    yield f'<div class="scroll"><table><thead><tr><th>load</th>{titles}</tr></thead><tbody>'
    first = subnets[0]
    addresses = [subnet.subnet.address for subnet in subnets]
    scenarios = [(f"{one.title}, ", one.member, one.found) for one in comparison.scenarios(first)]
    for which, scenario, found in (("", "today", first), *scenarios):
        for state in LoadState:
            yield f"<tr><td>{which}{text(label(state, comparison.today.assumptions))}</td>"
            for member in _LOADS:
                loads: Loads = getattr(found, member)
                yield _cell(loads.of(state), scenario, addresses, member, state)
            yield "</tr>"
            note = remark(found, state)
            if note:
                yield f'<tr class="starving"><td colspan="{1 + len(_LOADS)}">{text(note)}</td></tr>'
    yield "</tbody></table></div>"


def _cell(
    number: Estimate, scenario: str, addresses: Sequence[str], member: str, state: LoadState | None = None
) -> str:
    """Return a cell with a number, which says in its attributes what the number is."""
    whose = "&#10;".join(map(text, addresses))
    load = f' data-load="{state.value}"' if state is not None else ""
    least = "" if number.least is None else str(number.least)
    most = "" if number.most is None else str(number.most)
    lacking = " lacking" if member == "left" and number.most is not None and number.most < 0 else ""
    return (
        f'<td class="n{lacking}" data-scenario="{scenario}" data-of="{whose}" data-member="{member}"{load} '
        f'data-least="{least}" data-most="{most}" title="{text(number.working)}">'
        f"{text(fitting(number) if member == 'holds' else shown(number))}</td>"
    )


def _legend(assumptions: Assumptions) -> str:
    keys = "".join(
        f'<li><span class="key {state.value}"></span>{text(label(state, assumptions))}</li>' for state in LoadState
    )
    keys += '<li><span class="key possible"></span>possible, not certain</li>'
    keys += '<li><span class="key usable"></span>usable addresses</li>'
    return f'<ul class="legend">{keys}</ul>'
