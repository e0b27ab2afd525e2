"""User data -> its parts: MIME multipart as cloud-init and nodeadm read it, or one part by content."""

from __future__ import annotations

import re
from enum import Enum

from podroom.patterns import pattern
from podroom.records import dataclass
from podroom.traced_text import HOLE, Piece, TracedText

MAXIMUM_DEPTH = 10
"""Multipart messages inside each other; what is nested deeper counts as a part of unknown kind."""


class PartKind(Enum):
    """What reads a part on the node."""

    SHELL_SCRIPT = "shell script"
    CLOUD_CONFIG = "cloud-config"
    NODE_CONFIG = "NodeConfig"
    BOTTLEROCKET = "Bottlerocket settings"
    POWERSHELL = "PowerShell script"
    UNREADABLE = "a part that cannot be decoded"
    OTHER = "a part that nothing on the node is known to read"


@dataclass(frozen=True, slots=True)
class Part:
    """One part: its content type in lower case ("" if none is given), what it is, and its text."""

    content_type: str
    kind: PartKind
    body: TracedText


def split_parts(text: TracedText) -> tuple[Part, ...]:
    """Return the parts of user data in order; a text that is no MIME message is one part; never raises."""
    lower = text.text.lower()
    if not any(f"{name}:" in lower for name in _OF_A_MESSAGE):
        return (_part("", {}, text),)
    start = len(text.text) - len(text.text.lstrip("\ufeff\r\n"))
    headers, body = _headers(text.text, start)
    if not _is_message(headers):
        return (_part("", {}, text),)
    return tuple(_split(text, headers, body, 0))


_HEADER = pattern(r"([!-9;-~]+):[ \t]*([^\r\n]*(?:\r?\n[ \t]+[^\r\n]+)*)(?:\r?\n|$)")
_BOUNDARY = pattern(r'boundary\s*=\s*(?:"([^"]*)"|([^\s;]+))', re.IGNORECASE)


_OF_A_MESSAGE = _VERSION, _TYPE = "mime-version", "content-type"


def _is_message(headers: dict[str, str]) -> bool:
    return _VERSION in headers or headers.get(_TYPE, "").lower().startswith("multipart/")


def _headers(text: str, at: int) -> tuple[dict[str, str], int]:
    """Return the headers at `at` (names in lower case, the first of a name) and the offset of the body.

    A line that is no header ends them even without an empty line, as in Python's email package.
    """
    headers: dict[str, str] = {}
    while match := _HEADER.match(text, at):
        headers.setdefault(match.group(1).lower(), " ".join(match.group(2).split()))
        at = match.end()
    if blank := re.compile(r"[ \t]*\r?\n").match(text, at):
        at = blank.end()
    return headers, at


def _split(text: TracedText, headers: dict[str, str], body: int, depth: int) -> list[Part]:
    content_type = headers.get(_TYPE, "")
    boundary = _BOUNDARY.search(content_type) if content_type.lower().startswith("multipart/") else None
    if boundary is None or depth >= MAXIMUM_DEPTH:
        return [_part(content_type, headers, text.slice(body, len(text)))]
    parts = []
    for start, end in _stretches(text.text, body, boundary.group(1) or boundary.group(2) or ""):
        inner = text.slice(start, end)
        parts.extend(_split(inner, *_headers(inner.text, 0), depth + 1))
    return parts


def _stretches(text: str, at: int, boundary: str) -> list[tuple[int, int]]:
    """Return where the parts stand; the preamble and what follows the closing boundary are left out."""
    found: list[tuple[int, int]] = []
    open_at: int | None = None
    for line in re.compile(rf"^--{re.escape(boundary)}(--)?[ \t]*(?:\r?\n|\r?\Z)", re.MULTILINE).finditer(text, at):
        if open_at is not None:
            end = line.start()
            end -= 2 if text.endswith("\r\n", 0, end) else 1
            found.append((open_at, max(open_at, end)))
        if line.group(1):
            return found
        open_at = line.end()
    if open_at is not None:
        found.append((open_at, len(text)))
    return found


def _part(content_type: str, headers: dict[str, str], body: TracedText) -> Part:
    media_type = content_type.partition(";")[0].strip().lower()
    encoding = headers.get("content-transfer-encoding", "").lower()
    if encoding == "base64":
        decoded = decode_base64_text(body)
        if decoded is None:
            return Part(media_type, PartKind.UNREADABLE, body)
        body = decoded
    elif encoding == "quoted-printable" and re.search(r"=(?:[0-9A-F]{2}|\r?\n)", body.text):
        return Part(media_type, PartKind.UNREADABLE, body)
    return Part(media_type, _kind(media_type, body.text), body)


_KIND_OF_TYPE = {
    "text/x-shellscript": PartKind.SHELL_SCRIPT,
    "text/x-shellscript-per-boot": PartKind.SHELL_SCRIPT,
    "text/x-shellscript-per-instance": PartKind.SHELL_SCRIPT,
    "text/x-shellscript-per-once": PartKind.SHELL_SCRIPT,
    "text/cloud-boothook": PartKind.SHELL_SCRIPT,
    "text/cloud-config": PartKind.CLOUD_CONFIG,
    "application/node.eks.aws": PartKind.NODE_CONFIG,
}
_TOLD_BY_CONTENT = frozenset(("", "text/plain", "text/x-not-multipart", "application/octet-stream"))
_NODE_CONFIG = pattern(r"""^[\s{]*["']?apiVersion["']?\s*:\s*["']?node\.eks\.aws/""", re.MULTILINE)
_BOTTLEROCKET = pattern(r"^[ \t]*(?:\[{1,2}\s*settings\b|settings\.[\w.\"-]+\s*=)", re.MULTILINE)


def _kind(media_type: str, text: str) -> PartKind:
    if media_type in _KIND_OF_TYPE:
        return _KIND_OF_TYPE[media_type]
    if media_type not in _TOLD_BY_CONTENT:
        return PartKind.OTHER
    text = text.lstrip("\ufeff \t\r\n")
    lower = text[:40].lower()
    if lower.startswith(("#!", "#cloud-boothook")):
        return PartKind.SHELL_SCRIPT
    if lower.startswith("#cloud-config"):
        return PartKind.CLOUD_CONFIG
    if lower.startswith(("<powershell>", "<script>", "<persist>")):
        return PartKind.POWERSHELL
    if _NODE_CONFIG.search(text):
        return PartKind.NODE_CONFIG
    return PartKind.BOTTLEROCKET if _BOTTLEROCKET.search(text) else PartKind.OTHER


_BASE64 = pattern(r"[A-Za-z0-9+/\s]+={0,2}\s*")
_GZIP = b"\x1f\x8b"
MAXIMUM_DECODED = 1_000_000
"""Bytes that packed user data may unpack to; EC2 accepts 16 KiB before packing."""


def decode_base64_text(text: TracedText) -> TracedText | None:
    """Return what a base64 text says, unpacked if it is gzip; None if it is none or is no UTF-8 text."""
    if HOLE in text.text or not text.text.strip() or not _BASE64.fullmatch(text.text):
        return None
    from base64 import b64decode  # noqa: PLC0415 - most user data is plain text

    try:
        content = b64decode("".join(text.text.split()), validate=True)
        if content.startswith(_GZIP):
            content = _unpacked(content)
        decoded = content.decode("utf-8")
    except ValueError:  # no base64, or no UTF-8
        return None
    return TracedText([Piece(decoded, text.span(0, len(text)))])


def _unpacked(content: bytes) -> bytes:
    """Return the content of a gzip file; the file itself, which is no text, if it is broken or too large."""
    import zlib  # noqa: PLC0415 - only packed user data needs it

    unpack = zlib.decompressobj(wbits=31)
    try:
        unpacked = unpack.decompress(content, MAXIMUM_DECODED)
    except zlib.error:
        return content
    return unpacked if unpack.eof else content
