"""The text that `cloudinit_config` renders, as a template over its parts, so that it can be traced into them."""

from __future__ import annotations

from podroom.evaluation.bodies import BodyReader
from podroom.evaluation.provenance import bound
from podroom.evaluation.reading import Field
from podroom.evaluation.scope import Origin, Place, Scope
from podroom.evaluation.terms import Sym, Term
from podroom.evaluation.types import DYNAMIC
from podroom.positions import Span, SuppliedDocument
from podroom.sources.hcl.parser import parse_template

_BOUNDARY = "MIMEBOUNDARY"
_DOCUMENTATION = "https://registry.terraform.io/providers/hashicorp/cloudinit/latest/docs/data-sources/config"


def rendered_parts(body: BodyReader, scope: Scope, span: Span) -> Place:
    """Return the place of the rendered text: a MIME multipart archive, before base64 and gzip.

    Source: https://registry.terraform.io/providers/hashicorp/cloudinit/latest/docs/data-sources/config
    """
    names: dict[str, Term] = {}
    origins: dict[str, Origin] = {}
    lines = ["MIME-Version: 1.0", f'Content-Type: multipart/mixed; boundary="{_BOUNDARY}"', ""]
    parts = body.blocks("part")
    for at, part in enumerate(parts.items):
        kind = _add(part.attribute("content_type"), f"type{at}", names, origins) or "text/plain"
        content = _add(part.attribute("content"), f"content{at}", names, origins) or ""
        lines += [f"--{_BOUNDARY}", f"Content-Type: {kind}", "", content]
    for at, unknown in enumerate(parts.missing):
        names[f"missing{at}"] = Sym(DYNAMIC, unknown.reason, unknown.refs, origin=span)
        lines += [f"--{_BOUNDARY}", "", f"${{missing{at}}}"]
    lines += [f"--{_BOUNDARY}--", ""]
    document = SuppliedDocument(
        "cloudinit_config", "\n".join(lines), place=span, supplier="cloudinit_config", reference=_DOCUMENTATION
    )
    template, _ = parse_template(document)
    inner = Scope(scope.resolver, document, scope.budget, names, isolated=True, origins=origins)
    return Place(template, inner)


def _add(field: Field | None, name: str, names: dict[str, Term], origins: dict[str, Origin]) -> str | None:
    """Give the value of an attribute a name, and return the interpolation of that name."""
    if field is None:
        return None
    names[name] = field.term
    origins[name] = bound(field.place)
    return f"${{{name}}}"
