"""Outcomes for tests of report formats: with texts that nobody would write, and with many findings."""

from __future__ import annotations

from podroom.catalog.instance_types import InstanceCatalog
from podroom.engine import Engine, Outcome, Problem, Undecided, Unused
from podroom.packs import find_rules
from podroom.positions import Document, Paths, Span
from podroom.report.frame import Frame
from podroom.rule import Confidence, Finding, Note, Severity
from podroom.run import Request, check
from podroom.sources.hcl.parser import parse
from podroom.suppressions import Suppression
from podroom.values import Unknown

RULES = {rule.code: rule for rule in find_rules()}


def frame(**changes: object) -> Frame:
    """Return what stands around findings, made at the top of a repository unless told otherwise."""
    usual = {"rules": RULES, "paths": Paths("/repository", "/repository")}
    return Frame("0.1.0", InstanceCatalog.bundled().date, **{**usual, **changes})  # type: ignore[arg-type] - fields by name


def judged(*paths: object) -> Outcome:
    """Return what podroom finds."""
    return check(Request([str(path) for path in paths], parse), Engine(find_rules()))


def finding(span: Span, text: str = "x", **changes: object) -> Finding:
    """Return a finding of which every text is `text`."""
    usual: dict[str, object] = {
        "code": "PR101",
        "name": "stale-max-pods",
        "severity": Severity.ERROR,
        "confidence": Confidence.MEDIUM,
        "span": span,
        "subjects": (text, f"second {text}"),
        "message": text,
        "label": text,
        "effect": text,
        "fix": text,
        "assumption": text,
        "related": (Note(text, span),),
        "evidence": {"text": text},
        "variants": (text,),
    }
    return Finding(**{**usual, **changes})  # type: ignore[arg-type] - fields by name


def outcome_of(text: str) -> Outcome:
    """Return an outcome of which every text that comes from an input is `text`, the path of the file too."""
    document = Document(text, f"a = 1\nb = {text}\n")
    span = Span(document, 10, len(document.text) - 1)
    return Outcome(
        findings=tuple(finding(span, text, severity=severity) for severity in sorted(Severity, reverse=True)),
        undecided=(Undecided((("PR101", text),), Unknown(text, span), span, variants=(text,)),),
        problems=(Problem(text, span, text), Problem(f"whole {text}", None, text)),
        unused=(Unused(Suppression((text,), text, span, 1, 1), text),),
    )
