"""Which operating system an AMI carries, as far as its name or its parameter path tells."""

from __future__ import annotations

import re

from podroom.assembly.inventory import Inventory, blocks
from podroom.catalog.ami_families import AmiFamily
from podroom.evaluation.project import Field
from podroom.model.world import UserData
from podroom.patterns import pattern
from podroom.positions import Span
from podroom.values import Known, OneOf, Unknown, Value

# Names that Amazon publishes its images under, and the paths of the public SSM parameters:
# https://docs.aws.amazon.com/eks/latest/userguide/retrieve-ami-id.html
# https://docs.aws.amazon.com/eks/latest/userguide/retrieve-ami-id-bottlerocket.html
_FAMILY_PATTERNS = (
    (pattern(r"bottlerocket", re.IGNORECASE), AmiFamily.BOTTLEROCKET),
    (pattern(r"windows", re.IGNORECASE), AmiFamily.WINDOWS),
    (pattern(r"amazon-linux-2023|amazon-eks-[a-z0-9-]*al2023", re.IGNORECASE), AmiFamily.AL2023),
    (pattern(r"amazon-linux-2\b|amazon-eks-(?:gpu-|arm64-)?node-[0-9*$v]", re.IGNORECASE), AmiFamily.AL2),
)


def family_in_name(name: str) -> AmiFamily | None:
    """Return the family that an AMI's name or parameter path belongs to."""
    for named, family in _FAMILY_PATTERNS:
        if named.search(name):
            return family
    return None


def family_of_image(image: Field | None, user_data: UserData, inventory: Inventory, owner: Span) -> Value[AmiFamily]:
    """Return the family of a node whose image somebody chose.

    The image tells where it is looked up by name; otherwise the program that the user data speaks
    to tells, because each belongs to one family.
    """
    if image is not None:
        for text in _names(image, inventory):
            if isinstance(text, Known):
                family = family_in_name(text.value)
                if family is not None:
                    return Known(family, text.origin)
            elif isinstance(text, OneOf):
                families = {family_in_name(candidate) for candidate in text.values}
                if len(families) == 1 and None not in families:
                    return text.map(lambda candidate: family_in_name(candidate) or AmiFamily.AL2)
    spoken = {bootstrap.value.family for bootstrap in user_data.bootstraps if isinstance(bootstrap, Known)}
    span = image.span if image is not None else owner
    if len(spoken) == 1:
        return Known(spoken.pop(), span)
    return Unknown("the operating system of the AMI is not known", span)


def _names(image: Field, inventory: Inventory) -> list[Value[str]]:
    """Return every text that may name the image."""
    link = image.link()
    if link.literal is not None:
        return [Known(link.literal, link.span)]
    parameter = inventory.find(link, "aws_ssm_parameter", mode="data")
    if parameter is not None:
        name = parameter.body.attribute("name")
        return [name.traced().value()] if name is not None and not _has_hole(name) else _literal_parts(name)
    ami = inventory.find(link, "aws_ami", "aws_ami_ids", mode="data")
    names: list[Value[str]] = []
    if ami is not None:
        for criterion in blocks(ami.body, "filter"):
            kind = criterion.attribute("name")
            values = criterion.attribute("values")
            if kind is None or values is None:
                continue
            by = kind.string()
            if isinstance(by, Known) and by.value == "name":
                for item in values.items():
                    names += _literal_parts(item)
        names += _literal_parts(ami.body.attribute("name_regex"))
    return names or _literal_parts(image)


def _has_hole(field: Field) -> bool:
    return next(field.traced().holes(), None) is not None


def _literal_parts(field: Field | None) -> list[Value[str]]:
    """Return the text of a field, its unknown parts left as they are: they are versions and dates."""
    if field is None:
        return []
    text = field.traced()
    return [Known(text.text, field.span)] if text.text else []
