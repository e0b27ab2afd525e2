"""Tells configuration that cannot bear on pods by its text, so that nobody needs a tree of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from podroom.patterns import pattern

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from podroom.positions import Document

_SPEAKS = (
    *("aws_eks_", "aws_subnet", "aws_vpc", "aws_autoscaling_group", "aws_launch_", "aws_ec2_subnet_"),
    *("helm_release", "kubernetes_", "kubectl_", "null_resource", "terraform_data"),
    "podroom",
    *("\\u", "\\U"),
)
"""What begins a description of clusters, nodes, their settings or their subnets.

The types of resources and data sources (others, such as roles and load balancers, count only beside them), what
installs manifests and runs commands, comments for podroom, and escapes, which could spell any of these.
"""
_CALL = pattern(r"(?<![.\w-])module(?![\w-]*\s*[.=])")
"""A call of a module; `path.module` and `module = x` are none."""


class SilentFolders:
    """Knows of each folder that was asked for whether it is silent: nothing in its configuration can bear on pods."""

    def __init__(self, read: Callable[[str], Mapping[str, Document | None]]) -> None:
        """Take what reads the configuration of a folder, by path, with None for what cannot be read."""
        self._read = read
        self._known: dict[str, bool] = {}

    def __contains__(self, directory: str) -> bool:
        """Return whether a folder is silent; one with a file that cannot be read is not."""
        known = self._known.get(directory)
        if known is None:
            texts = list(self._read(directory).values())
            documents = [text for text in texts if text is not None]
            known = self._known[directory] = len(documents) == len(texts) and says_nothing(documents)
        return known

    def paths(self) -> Iterator[str]:
        """Iterate over the files in silent folders."""
        for directory, silent in self._known.items():
            if silent:
                yield from self._read(directory)


def says_nothing(documents: Iterable[Document]) -> bool:
    """Return whether nothing in the files of a folder can make or call what bears on pods."""
    return not any(map(_speaks, documents))


def _speaks(document: Document) -> bool:
    text = document.text
    return any(word in text for word in _SPEAKS) or ("module" in text and _CALL.search(text) is not None)
