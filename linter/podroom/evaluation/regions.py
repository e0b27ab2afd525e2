"""The AWS region that a module works in, where the configuration says it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from podroom.evaluation.scope import Place
from podroom.sources.hcl.syntax import Attribute, Body

if TYPE_CHECKING:
    from podroom.evaluation.modules import Module


def region_of(module: Module) -> Place | None:
    """Return the place of the region of the default AWS provider, None if nothing says it for certain.

    A module takes the provider of its caller unless it is handed others.  The provider reads AWS_REGION only where its
    block names no region (https://registry.terraform.io/providers/hashicorp/aws/latest/docs).
    """
    while module.call is not None:
        if "providers" in module.call.declaration.body.attributes:
            return None
        module = module.call.module
    blocks = [
        (block.body, file.document)
        for file in module.files
        for block in file.body.blocks
        if block.type == "provider" and [label.value for label in block.labels] == ["aws"]
    ]
    default = [(body, document) for body, document in blocks if _attribute(body, "alias") is None]
    if len(default) != 1:
        return None
    body, document = default[0]
    region = _attribute(body, "region")
    return None if region is None else Place(region.expression, module.scope(document))


def _attribute(body: Body, name: str) -> Attribute | None:
    return next((attribute for attribute in body.attributes if attribute.name == name), None)
