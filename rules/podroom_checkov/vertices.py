"""The resources, data sources and module calls that Checkov knows, as its graph holds them."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

RESOURCES = (
    "aws_autoscaling_group",
    "aws_default_subnet",
    "aws_eks_addon",
    "aws_eks_cluster",
    "aws_eks_fargate_profile",
    "aws_eks_node_group",
    "aws_launch_configuration",
    "aws_launch_template",
    "aws_subnet",
    "helm_release",
    "kubectl_manifest",
    "kubernetes_daemonset",
    "kubernetes_daemon_set_v1",
    "kubernetes_env",
    "kubernetes_manifest",
)
"""Types of resources that podroom judges, or that configure what it judges."""
DATA_SOURCES = ("aws_eks_cluster", "aws_subnet", "aws_subnets")

_ADDRESS = "__address__"
_FILE = "file_path_"


class Vertex(NamedTuple):
    """A block that Checkov runs checks on.

    `address` is Terraform's own, `module.eks` for a module call; `file` is an absolute path, as Checkov has it.
    """

    kind: str
    address: str
    file: str
    first: int
    last: int


def read_vertices(graph: Any) -> list[Vertex]:
    """Return the blocks of Checkov's graph that this pack has checks for."""
    found = []
    for attributes in _nodes(graph):
        kind, address, file = attributes.get("block_type_"), attributes.get(_ADDRESS), attributes.get(_FILE)
        if not (isinstance(address, str) and isinstance(file, str)) or kind not in ("resource", "data", "module"):
            continue
        if kind == "module":
            address = module_address(address)
        elif _type_of(address) not in (RESOURCES if kind == "resource" else DATA_SOURCES):
            continue
        lines = (attributes.get("__start_line__"), attributes.get("__end_line__"))
        first, last = (line if isinstance(line, int) else 0 for line in lines)
        found.append(Vertex(kind, address, file, first, last))
    return found


def _nodes(graph: Any) -> Iterator[Mapping[str, Any]]:
    for node in graph.nodes():
        attributes = node[1] if isinstance(node, tuple) else graph.nodes[node]
        if isinstance(attributes, Mapping):
            yield attributes


def split_address(address: str) -> list[str]:
    """Return the parts of an address between its dots; dots in the key of an instance belong to their part."""
    parts, depth, quoted, start = [], 0, False, 0
    for at, character in enumerate(address):
        if character == '"' and address[at - 1 : at] != "\\":
            quoted = not quoted
        elif quoted:
            continue
        elif character in "[]":
            depth += 1 if character == "[" else -1
        elif character == "." and depth == 0:
            parts.append(address[start:at])
            start = at + 1
    return [*parts, address[start:]]


def without_keys(address: str) -> str:
    """Return the address of the block that an instance comes from."""
    return ".".join(part.partition("[")[0] for part in split_address(address))


def module_address(address: str) -> str:
    """Return the address of a module call for what Checkov calls it, which lacks the last `module.`."""
    parts = split_address(address)
    return ".".join([*parts[:-1], "module", parts[-1]]) if parts[-2:-1] != ["module"] else address


def enclosing_calls(address: str) -> list[str]:
    """Return the addresses of the module calls that an address lies in or names, the innermost first."""
    parts = split_address(address)
    calls = []
    for at in range(0, len(parts) - 1, 2):
        if parts[at] != "module":
            break
        calls.append(".".join(parts[: at + 2]))
    return calls[::-1]


def _type_of(address: str) -> str:
    """Return the type of a resource or data source."""
    parts = split_address(address)
    while parts[:1] == ["module"]:
        parts = parts[2:]
    return parts[1] if parts[:1] == ["data"] and len(parts) > 1 else parts[0] if parts else ""


class Vertices:
    """All blocks of one graph, by address."""

    def __init__(self, graph: Any) -> None:
        """Take Checkov's graph, and keep it: while it is there, no other one has its id."""
        self.graph = graph
        self.all = read_vertices(graph)
        self._by_address: dict[str, list[Vertex]] = {}
        for vertex in self.all:
            self._by_address.setdefault(vertex.address, []).append(vertex)

    def file_of(self, address: str, scanned: str) -> str | None:
        """Return the file of a block that Checkov names by its address and a path below the folder that it scans.

        The same address may be in several files, and the folder is not known: of paths that end alike the shortest is
        meant, as the longer ones lie deeper.
        """
        ending = scanned.rpartition("..")[2].replace("/", os.sep)
        found = (vertex.file for vertex in self._by_address.get(address, ()) if vertex.file.endswith(ending))
        return min(found, key=len, default=None)
