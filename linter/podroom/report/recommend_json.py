"""A recommendation as JSON, version 1; `schemas/recommend-v1.json` describes it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from podroom.capacity.forecast import Forecast
from podroom.capacity.recommendation import Advice, Price, Recommendation
from podroom.report.capacity_json import Frame, gap_data, loads_data
from podroom.report.cni_lines import Lines, ways_to_set
from podroom.report.remedy_lines import effects, lines_for

FORMAT_VERSION = "1"


def render(recommendations: Sequence[Recommendation], frame: Frame) -> str:
    """Return the document."""
    return frame.document(FORMAT_VERSION, [_configuration(found) for found in recommendations])


def _configuration(found: Recommendation) -> dict[str, Any]:
    then = {subnet.subnet.address: subnet for subnet in found.then.subnets}
    return {
        "root": found.today.root,
        "variant": found.today.variant,
        "clusters": [_advice(advice, found.then, several=len(found.advice) > 1) for advice in found.advice],
        "subnets": [
            {
                "address": subnet.subnet.address,
                "today": {"at_maximum": loads_data(subnet.at_maximum), "left": loads_data(subnet.left)},
                "then": {
                    "at_maximum": loads_data(then[subnet.subnet.address].at_maximum),
                    "left": loads_data(then[subnet.subnet.address].left),
                },
            }
            for subnet in found.today.subnets
        ],
    }


def _advice(advice: Advice, before: Forecast, *, several: bool) -> dict[str, Any]:
    return {
        "address": advice.cluster.address,
        "verdict": advice.verdict.value,
        "changes": {change.name: change.value for change in advice.changes},
        "reasons": list(advice.reasons),
        "today": _price(advice.today),
        "then": _price(advice.then),
        "remedies": [
            {
                "text": remedy.text,
                "effects": list(effects(before, remedy)),
                "lines": [_lines(way) for way in lines_for(advice.cluster, remedy, one_of_several=several)],
            }
            for remedy in advice.remedies
        ],
        "lines": [
            _lines(way)
            for way in (ways_to_set(advice.cluster, advice.changes, one_of_several=several) if advice.changes else ())
        ],
        "gaps": [gap_data(gap) for gap in advice.gaps],
    }


def _lines(way: Lines) -> dict[str, str]:
    return {"title": way.title, "language": way.language, "text": way.text}


def _price(price: Price | None) -> dict[str, Any] | None:
    if price is None:
        return None
    return {"unserved_pods": price.unserved, "addresses": price.addresses, "ec2_calls": price.calls}
