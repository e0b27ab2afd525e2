"""Findings as JUnit XML, as Jenkins and GitLab read it.

A test case that fails is a finding that makes the run fail; a less severe one is a test case that passes and has
output.  What could not be decided is skipped, what could not be read is an error, and each configuration that was
judged is a test case that passes, so that a report without findings says what was looked at.

Source: https://github.com/jenkinsci/xunit-plugin, junit-10.xsd
"""

from __future__ import annotations

import xml.etree.ElementTree as ET

from podroom.engine import Outcome
from podroom.report.findings_wording import left_open, remarks
from podroom.report.frame import Frame
from podroom.report.style import printable
from podroom.rule import Finding


def render(outcome: Outcome, frame: Frame) -> str:
    """Return the document; the same outcome gives the same bytes."""
    top = ET.Element("testsuites", {"name": "podroom"})
    by_path: dict[str, list[Finding]] = {}
    for finding in outcome.findings:
        by_path.setdefault(finding.span.path, []).append(finding)
    for path, findings in by_path.items():
        suite = ET.SubElement(top, "testsuite", {"name": printable(frame.paths.from_top(path))})
        for finding in findings:
            _add_finding(suite, finding, frame)
    run = ET.SubElement(top, "testsuite", {"name": "podroom"})
    _add_run(run, outcome, frame)
    for suite in top:
        _count(suite, list(suite))
    _count(top, [case for suite in top for case in suite])
    del top.attrib["skipped"]  # which the schema has for a suite only
    ET.indent(top)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{ET.tostring(top, encoding="unicode")}\n'


def _add_finding(suite: ET.Element, finding: Finding, frame: Frame) -> None:
    name = printable(f"{finding.code} {finding.name}: {finding.address}")
    case = ET.SubElement(suite, "testcase", {"name": name, "classname": suite.attrib["name"]})
    lines = [
        printable(f"{finding.span}: {finding.severity}: {finding.message}"),
        printable(f"because: {finding.label}"),
        *(f"{title}: {text}" for title, text in remarks(finding)),
        *(printable(f"{note.span}: {note.message}") for note in finding.related),
    ]
    if finding.severity >= frame.fail_on:
        result = ET.SubElement(case, "failure", {"type": str(finding.severity), "message": printable(finding.message)})
    else:
        result = ET.SubElement(case, "system-out")
    result.text = "\n".join(lines)


def _add_run(suite: ET.Element, outcome: Outcome, frame: Frame) -> None:
    for problem in outcome.problems:
        name = f"read {frame.paths.from_top(problem.path)}"
        case = ET.SubElement(suite, "testcase", {"name": printable(name), "classname": "podroom"})
        result = ET.SubElement(case, "error", {"type": "not read", "message": printable(problem.message)})
        place = f"{problem.span}: " if problem.span else ""
        result.text = printable(place + problem.message)
    for undecided in outcome.undecided:
        name = f"decide {undecided.span}"
        case = ET.SubElement(suite, "testcase", {"name": printable(name), "classname": "podroom"})
        result = ET.SubElement(case, "skipped", {"message": printable(undecided.reason)})
        result.text = "\n".join(left_open(undecided))
    for root in dict.fromkeys(world.root for world in outcome.worlds):
        name = f"judge {frame.paths.from_top(root)}"
        ET.SubElement(suite, "testcase", {"name": printable(name), "classname": "podroom"})


def _count(element: ET.Element, cases: list[ET.Element]) -> None:
    element.set("tests", str(len(cases)))
    for attribute, tag in (("failures", "failure"), ("errors", "error"), ("skipped", "skipped")):
        element.set(attribute, str(sum(case.find(tag) is not None for case in cases)))
