"""cloud-config: the files that it writes before any script runs."""

from __future__ import annotations

from collections.abc import Iterator

from podroom.assembly.user_data.notes import SHELLS, Notes
from podroom.sources.mime import decode_base64_text
from podroom.sources.yaml import Mapping, Node, Scalar, Sequence, compose
from podroom.traced_text import HOLE, TracedText

_BASE64 = frozenset(("b64", "base64", "gz+b64", "gz+base64", "gzip+b64", "gzip+base64"))


def read_cloud_config(text: TracedText, notes: Notes) -> Iterator[tuple[str, TracedText | None, Scalar]]:
    """Yield path, content and place of every file of `write_files`; anything else about max pods is a gap.

    The content is None where it is not known.
    """
    stream = compose(text)
    if stream.problem is not None:
        notes.mentions(text, "stands in a cloud-config that cannot be read")
        return
    for document in stream.documents:
        for entry in document.entries if isinstance(document, Mapping) else ():
            if isinstance(entry.key, Scalar) and entry.key.text == "write_files":
                yield from _files(entry.value, notes)
            else:
                _others(entry.key, notes)
                _others(entry.value, notes)
                if isinstance(entry.key, Scalar) and entry.key.text in ("runcmd", "bootcmd"):
                    _commands(entry.value, notes)


def _files(node: Node, notes: Notes) -> Iterator[tuple[str, TracedText | None, Scalar]]:
    for item in node.items if isinstance(node, Sequence) else ():
        path = item.get("path") if isinstance(item, Mapping) else None
        if not isinstance(item, Mapping) or not isinstance(path, Scalar):
            _others(item, notes)
            continue
        content, encoding = item.get("content"), item.get("encoding")
        known = content.content if isinstance(content, Scalar) else None
        if known is not None and isinstance(encoding, Scalar) and encoding.text not in ("text/plain", ""):
            known = decode_base64_text(known) if encoding.text in _BASE64 else None
        yield path.text, known, path
    if isinstance(node, Scalar):
        _others(node, notes)


def _commands(node: Node, notes: Notes) -> None:
    """Note unknown commands: a line for a shell, the first word of a list, or a word for a shell in a list."""
    for item in node.items if isinstance(node, Sequence) else (node,):
        words = item.items if isinstance(item, Sequence) else (item,)
        is_shell = isinstance(words[0], Scalar) and words[0].text in SHELLS if words else False
        for word in words if is_shell else words[:1]:
            if isinstance(word, Scalar) and word.text.startswith(HOLE) and not word.text.startswith(f"{HOLE}/"):
                notes.hole(word.content, 0, len(word.content), "an unknown command in cloud-config")


def _others(node: Node, notes: Notes) -> None:
    """Note what speaks of max pods in what is not read further."""
    pending = [node]
    seen: set[int] = set()
    while pending:
        node = pending.pop()
        if id(node) in seen:
            continue
        seen.add(id(node))
        if isinstance(node, Mapping):
            pending.extend(part for entry in node.entries for part in (entry.key, entry.value))
        elif isinstance(node, Sequence):
            pending.extend(node.items)
        else:
            notes.mentions(node.content, "stands in cloud-config, which is not understood")
