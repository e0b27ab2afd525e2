"""The modules that `terraform init` has downloaded, as `.terraform/modules/modules.json` lists them."""

from __future__ import annotations

import re
from collections.abc import Mapping

from podroom.patterns import pattern
from podroom.positions import Document, Span
from podroom.records import dataclass
from podroom.sources.module_source import allowed, read_version
from podroom.sources.problem import Problem

_HOST = pattern(r"[a-z0-9-]+(?:\.[a-z0-9-]+)+/", re.IGNORECASE)
_REGISTRY_ADDRESS = pattern(r"(?:[a-z0-9.-]+\.[a-z]+/)?[\w-]+/[\w-]+/[a-z0-9-]+(?://.*)?", re.IGNORECASE)
_TRANSPORT = pattern(r"^git::|^(?:https?|ssh|git)://|^[\w.-]+@", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class InstalledModule:
    """A downloaded module: the source and version that were asked for, and its folder as it is listed."""

    source: str
    version: str | None
    directory: str

    def answers(self, source: str, constraint: str | None) -> bool:
        """Return whether it is what a call asks for now; after a change of either, `terraform init` is due again."""
        if _plain(self.source) != _plain(source):
            return False
        version = read_version(self.version) if self.version else None
        return constraint is None or version is None or allowed(constraint, version)


def _plain(source: str) -> str:
    """Return a source without what the writer may leave out: the public registry, the transport, `.git`."""
    if _REGISTRY_ADDRESS.fullmatch(source) and not source.startswith(("github.com/", "bitbucket.org/")):
        return source.removeprefix("registry.terraform.io/").removeprefix("registry.opentofu.org/")
    address, mark, query = source.partition("?")
    while (shorter := _TRANSPORT.sub("", address, count=1)) != address:
        address = shorter
    host = _HOST.match(address.replace(":", "/", 1))
    address = address.replace(":", "/", 1) if host else address
    return re.sub(r"\.git(?=//|$)", "", address) + mark + query


def read_manifest(document: Document) -> Mapping[str, InstalledModule] | Problem:
    """Return the downloaded modules by their key, the dotted path of the call (`platform.eks`)."""
    from podroom.sources.json_text import (  # noqa: PLC0415 - only after `terraform init`
        JsonArray,
        JsonObject,
        JsonString,
        read_json,
    )

    root = read_json(document)
    if isinstance(root, Problem):
        return root
    listed = root.get("Modules") if isinstance(root, JsonObject) else None
    if not isinstance(listed, JsonArray):
        return Problem("this is no list of modules: it has no Modules", Span(document, 0, min(1, len(document.text))))
    found = {}
    for entry in listed.items:
        texts = {
            member.key.value: member.value.value
            for member in (entry.members if isinstance(entry, JsonObject) else [])
            if isinstance(member.value, JsonString)
        }
        if texts.get("Key") and "Source" in texts and "Dir" in texts:
            found[texts["Key"]] = InstalledModule(texts["Source"], texts.get("Version"), texts["Dir"])
    return found
