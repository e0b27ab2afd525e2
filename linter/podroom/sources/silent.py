"""Tells configuration that cannot bear on pods by its text, so that nobody needs a tree of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from podroom.patterns import pattern

if TYPE_CHECKING:
    from collections.abc import Iterable

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


def says_nothing(documents: Iterable[Document]) -> bool:
    """Return whether nothing in the files of a folder can make or call what bears on pods."""
    return not any(map(_speaks, documents))


def _speaks(document: Document) -> bool:
    text = document.text
    return any(word in text for word in _SPEAKS) or ("module" in text and _CALL.search(text) is not None)
