"""Configurations written in another way: what must not change a verdict, done to the files of a project."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from podroom.patterns import pattern
from podroom.positions import Document
from podroom.sources.hcl.parser import parse
from podroom.sources.hcl.syntax import Attribute, Block, Body, Literal

Files = Mapping[str, str]

_NAMES = pattern(r"[A-Za-z_][\w-]*")
_BARE = frozenset(("depends_on", "ignore_changes", "replace_triggered_by", "providers", "provider"))
"""Arguments that are names and not values: in JSON they stand without `${}`."""


def is_hcl(name: str) -> bool:
    """Return whether a file is configuration in HCL."""
    return name.endswith((".tf", ".tofu"))


def other_order(files: Files) -> dict[str, str]:
    """Return the same blocks, the last one first, each in a file of its own, with their arguments the other way round.

    Blocks inside a block keep their order, which counts for some of them.
    """
    written: dict[str, str] = {}
    blocks: list[tuple[str, str]] = []
    for name, text in files.items():
        if not is_hcl(name) or name.endswith(("override.tf", "override.tofu")):
            written[name] = text
            continue
        parsed = parse(Document(name, text))
        folder = name.rpartition("/")[0]
        blocks += [(folder, _turned(block, text)) for block in parsed.body.blocks]
    for number, (folder, text) in enumerate(reversed(blocks)):
        written[f"{folder}/part{number:04}.tf".lstrip("/")] = text
    return written


def _turned(block: Block, text: str) -> str:
    """Return a block with the arguments at its end, in the other order."""
    head = text[block.start : block.header_end]
    inner = "".join(f"  {_turned(one, text)}" for one in block.body.blocks)
    arguments = "".join(f"  {text[one.start : one.end]}\n" for one in reversed(block.body.attributes))
    return f"{head.rstrip('{').rstrip()} {{\n{inner}{arguments}}}\n"


def other_form(files: Files) -> dict[str, str]:
    """Return the same text with blank lines, comments and other indentation between blocks and arguments."""
    written = dict(files)
    for name, text in files.items():
        if is_hcl(name):
            body = parse(Document(name, text)).body
            written[name] = _spaced(text, sorted(_beginnings(body)))
    return written


def _beginnings(body: Body) -> Iterator[int]:
    for item in (*body.attributes, *body.blocks):
        yield item.start
        if isinstance(item, Block):
            yield from _beginnings(item.body)


def _spaced(text: str, beginnings: list[int]) -> str:
    """Return a text with comments in front of what begins on a line of its own."""
    pieces: list[str] = []
    done = 0
    for start in beginnings:
        line = text.rfind("\n", 0, start) + 1
        if not text[line:start].strip():
            pieces += [text[done:line], '\n   // {[( a comment "\n\t/* ${ and\n another */\n\t\t# one more }\n\t']
            done = start
    return "".join((*pieces, text[done:]))


def other_names(files: Files) -> dict[str, str]:
    """Return the same with other names for resources, data sources, modules, variables, outputs and locals."""
    renamed: dict[tuple[str, str], str] = {}
    for name, text in files.items():
        for block in parse(Document(name, text)).body.blocks if is_hcl(name) else ():
            if block.type in ("resource", "data") and len(block.labels) == 2:
                renamed[block.labels[0].value, block.labels[1].value] = f"other_{block.labels[1].value}"
    references = pattern(r'((?:data\.|\b)(?!data\.)\w+)(\.|" ")([A-Za-z_][\w-]*)')
    written = {}
    for name, text in files.items():
        written[name] = text
        if is_hcl(name) or name.endswith((".tftpl", ".tpl")):
            written[name] = references.sub(
                lambda found: (
                    f"{found[1]}{found[2]}{renamed.get((found[1].removeprefix('data.'), found[3]), found[3])}"
                ),
                text,
            )
    return written


def as_json(files: Files) -> dict[str, str]:
    """Return the same configuration in JSON, but for variables: their defaults hold no expressions there."""
    written: dict[str, str] = {}
    for name, text in files.items():
        if is_hcl(name):
            blocks = parse(Document(name, text)).body.blocks
            variables = "".join(f"{text[one.start : one.end]}\n" for one in blocks if one.type == "variable")
            others = Body([], [one for one in blocks if one.type != "variable"], 0, len(text))
            written[f"{name}.json"] = json.dumps(_blocks(others, text), indent=1)
            written[f"{name.removesuffix('.tf')}_variables.tf"] = variables
        else:
            written[name] = text
    return written


def _blocks(body: Body, text: str) -> dict[str, Any]:
    found: dict[str, Any] = {one.name: _value(one, text) for one in body.attributes}
    for block in body.blocks:
        inner: Any = _blocks(block.body, text)
        place = found
        keys = [block.type, *(label.value for label in block.labels)]
        for key in keys[:-1]:
            place = place.setdefault(key, {})
        place.setdefault(keys[-1], []).append(inner)
    return found


def _value(attribute: Attribute, text: str) -> Any:  # noqa: ANN401 - JSON of any shape
    node = attribute.expression
    written = text[node.start : node.end]
    if attribute.name in _BARE and _NAMES.match(written):
        return written
    if attribute.name in _BARE and written.startswith("["):
        return [one.strip() for one in written.strip("[]").replace("\n", ",").split(",") if one.strip()]
    if isinstance(node, Literal) and (node.value is None or isinstance(node.value, bool)):
        return node.value
    if isinstance(node, Literal) and isinstance(node.value, str):
        return node.value.replace("${", "$${").replace("%{", "%%{")
    end = "\n" if "<<" in written else ""  # the mark that ends a here-document stands on a line of its own
    return f"${{{written}{end}}}"
