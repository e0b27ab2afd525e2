"""User data -> `UserData`: each part goes to the reader of what the node runs it with."""

from __future__ import annotations

import re

from podroom.assembly.user_data.kubelet_arguments import read_kubelet_arguments
from podroom.assembly.user_data.notes import Notes
from podroom.assembly.user_data.shell_script import ScriptReader
from podroom.model.world import Bootstrap, Mechanism, UserData
from podroom.patterns import pattern
from podroom.sources.mime import Part, PartKind, decode_base64_text, split_parts
from podroom.traced_text import HOLE, Piece, TracedText

_LOOKS_LIKE_USER_DATA = pattern(
    r"\s*(?:#!|#cloud-|MIME-Version:|Content-Type:\s*multipart/|<powershell>|<script>|<persist>|---|apiVersion:|[{\[]|\S+\s*=)",
    re.IGNORECASE,
)
_POWERSHELL_ARGUMENTS = pattern(r"""-KubeletExtraArgs\s+(?:"([^"]*)"|'([^']*)'|([^\s"'`;|]+))""", re.IGNORECASE)
_POWERSHELL_BOOTSTRAP = pattern(r"EKSBootstrap", re.IGNORECASE)
_POWERSHELL_COMMENT = pattern(r"<#.*?#>|(?m:^\s*#[^\n]*$)", re.DOTALL)


def decode_base64(text: TracedText) -> TracedText | None:
    """Return what a base64 text (gzip or not) says if that is user data; None if it is not."""
    decoded = decode_base64_text(text)
    return decoded if decoded is not None and _LOOKS_LIKE_USER_DATA.match(decoded.text) else None


def read_user_data(text: TracedText) -> UserData:
    """Return what user data (decoded, base64 or base64 and gzip) says about max pods; never raises.

    An unknown value becomes a gap only where it could set max pods: a whole command, line or part, or
    one of kubelet's arguments, but not the cluster's name or endpoint.
    """
    notes = Notes()
    scripts = ScriptReader(notes)
    for part in split_parts(decode_base64(text) or text):
        _read_part(part, scripts, notes)
    scripts.finish()
    return notes.user_data()


def _read_part(part: Part, scripts: ScriptReader, notes: Notes) -> None:
    body = part.body
    if not body.text.strip():
        return
    if part.kind is PartKind.SHELL_SCRIPT:
        scripts.read(body)
    elif part.kind is PartKind.NODE_CONFIG:
        from podroom.assembly.user_data.node_config import read_node_config  # noqa: PLC0415 - as below

        read_node_config(body, notes)
    elif part.kind is PartKind.BOTTLEROCKET:
        from podroom.assembly.user_data.bottlerocket import read_bottlerocket  # noqa: PLC0415 - most are shell scripts

        read_bottlerocket(body, notes)
    elif part.kind is PartKind.POWERSHELL:
        _powershell(body, notes)
    elif part.kind is PartKind.CLOUD_CONFIG:
        from podroom.assembly.user_data.cloud_config import read_cloud_config  # noqa: PLC0415 - most are shell scripts

        for path, content, place in read_cloud_config(body, notes):
            scripts.file(path, content, place.span)
    elif part.kind is PartKind.UNREADABLE:
        notes.gap("a part of the user data cannot be decoded", body.span(0, len(body)))
    else:
        _other(part, notes)


def _powershell(body: TracedText, notes: Notes) -> None:
    """Read the kubelet arguments of Start-EKSBootstrap.ps1; any other mention is a gap."""
    hidden = _POWERSHELL_COMMENT.sub(lambda comment: " " * len(comment.group()), body.text)
    call = _POWERSHELL_BOOTSTRAP.search(hidden)
    if call is not None:
        notes.bootstrap(Bootstrap.WINDOWS, body.span(*call.span()))
    at = 0
    for match in _POWERSHELL_ARGUMENTS.finditer(hidden):
        notes.mentions(_only(body, hidden, at, match.start()), "is not understood")
        group = next(number for number in (1, 2, 3) if match.group(number) is not None)
        read_kubelet_arguments(body.slice(*match.span(group)), Mechanism.KUBELET_EXTRA_ARGS, notes)
        at = match.end()
    notes.mentions(_only(body, hidden, at, len(hidden)), "is not understood")
    _whole_lines(body, hidden, notes)


def _only(body: TracedText, hidden: str, start: int, end: int) -> TracedText:
    """Return a stretch of a text without what is hidden in it."""
    pieces: list[Piece] = []
    for visible in re.compile(r"\S+").finditer(hidden, start, end):
        pieces.extend(body.slice(visible.start(), min(visible.end() + 1, end)).pieces)
    return TracedText(pieces)


def _other(part: Part, notes: Notes) -> None:
    """Judge a part that nothing on the node is known to read."""
    body = part.body
    notes.mentions(body, f"stands in {part.kind.value}, which is not understood")
    _whole_lines(body, body.text, notes)


def _whole_lines(body: TracedText, hidden: str, notes: Notes) -> None:
    for line in re.compile(rf"(?m)^[ \t-]*({HOLE}[{HOLE} \t]*)\r?$").finditer(hidden):
        notes.hole(body, line.start(1), line.end(1), "an unknown line")
