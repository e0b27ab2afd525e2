"""What is known of nodes, for programs: JSON, which `schemas/node-v1.json` describes, and CSV."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from typing import Any

from podroom.capacity.estimates import Answer, NotKnown
from podroom.capacity.node import NodeReport, Row
from podroom.catalog.instance_types import InstanceType
from podroom.report.json_text import json_text

FORMAT_VERSION = "1"

_FACTS = ("vcpus", "memory_mib", "architecture", "hypervisor", "bare_metal", "network_cards")


def render_json(
    reports: Sequence[NodeReport],
    remarks: Sequence[str],
    asked: Mapping[str, object],
    *,
    version: str,
    catalog_date: str,
) -> str:
    """Return the document; `asked` are the options that shaped the answers."""
    document = {
        "version": FORMAT_VERSION,
        "podroom": {"version": version, "catalog_date": catalog_date},
        "asked": dict(asked),
        "remarks": list(remarks),
        "nodes": [
            {
                "instance_type": report.instance.name,
                "facts": _facts(report.instance),
                "max_pods": _group(report.max_pods),
                "room": _group(report.room),
                "addresses": _group(report.addresses),
                "notes": list(report.notes),
            }
            for report in reports
        ],
    }
    return json_text(document)


def render_csv(reports: Sequence[NodeReport]) -> str:
    """Return a row for each type; every answer has a column for its least and one for its most, empty if not known."""
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    keys = [row.key for row in reports[0].rows()]
    head = [name for key in keys for name in (key, f"{key}_at_most")]
    writer.writerow(["instance_type", "interfaces_of_card", "addresses_per_interface", *_FACTS, *head])
    for report in reports:
        instance = report.instance
        facts = [_cell(getattr(instance, name)) for name in _FACTS]
        cells = [cell for row in report.rows() for cell in _bounds(row.answer)]
        writer.writerow([instance.name, instance.interfaces, instance.addresses_per_interface, *facts, *cells])
    return stream.getvalue()


def _cell(fact: object) -> object:
    return str(fact).lower() if isinstance(fact, bool) else fact


def _facts(instance: InstanceType) -> dict[str, Any]:
    return {
        "interfaces": instance.interfaces,
        "addresses_per_interface": instance.addresses_per_interface,
        **{name: getattr(instance, name) for name in _FACTS},
    }


def _group(rows: Sequence[Row]) -> dict[str, dict[str, Any]]:
    return {row.key: _answer(row.answer) for row in rows}


def _answer(answer: Answer) -> dict[str, Any]:
    if isinstance(answer, NotKnown):
        return {"not_known": answer.reason} if answer.applies else {"none": answer.reason}
    bounds = {"value": answer.least} if answer.exact else {"at_least": answer.least, "at_most": answer.most}
    reason = {"reason": answer.reason} if answer.reason else {}
    return {**bounds, "working": answer.working, **reason, "sources": list(answer.sources)}


def _bounds(answer: Answer) -> tuple[int | str, int | str]:
    return ("", "") if isinstance(answer, NotKnown) else (answer.least, answer.most)
