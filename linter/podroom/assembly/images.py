"""Which operating system an AMI carries, as far as its name or its parameter path tells."""

from __future__ import annotations

import re
from itertools import chain

from podroom.assembly.inventory import Inventory, blocks
from podroom.catalog.ami_families import AmiFamily
from podroom.evaluation.project import BodyReader, Field
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
    fields = [] if image is None else _naming(image, inventory)
    for field in fields:
        text = _text(field)
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
    return _unknown_family(fields, user_data, span)


def _unknown_family(fields: list[Field], user_data: UserData, span: Span) -> Unknown:
    """Return why the family is not known: what the user data or the name of the image hangs on, if there is that."""
    if user_data.gaps:
        return user_data.gaps[0]
    sentence = "the operating system of the AMI is not known"
    holes = (hole for field in fields for hole in field.traced().holes())
    open_bootstraps = (bootstrap for bootstrap in user_data.bootstraps if not isinstance(bootstrap, Known))
    cause = next(chain(open_bootstraps, holes), None)
    return Unknown(sentence, span) if cause is None else Unknown(f"{sentence}: {cause.reason}", span, cause.refs)


def _naming(image: Field, inventory: Inventory) -> list[Field]:
    """Return every field whose text may name the image."""
    link = image.link()
    if link.literal is not None:
        return [image]
    parameter = inventory.find(link, "aws_ssm_parameter", mode="data")
    if parameter is not None:
        return _attributes(parameter.body, "name")
    ami = inventory.find(link, "aws_ami", "aws_ami_ids", mode="data")
    fields: list[Field] = []
    if ami is not None:
        for criterion in blocks(ami.body, "filter"):
            kind, values = criterion.attribute("name"), criterion.attribute("values")
            by = kind.string() if kind is not None else None
            if isinstance(by, Known) and by.value == "name" and values is not None:
                fields += values.items()
        fields += _attributes(ami.body, "name_regex")
    return fields or [image]


def _attributes(body: BodyReader, name: str) -> list[Field]:
    field = body.attribute(name)
    return [] if field is None else [field]


def _text(field: Field) -> Value[str]:
    """Return the text of a field; unknown parts between others are left as they are: they are versions and dates."""
    text = field.traced()
    value = text.value()
    return Known(text.text, field.span) if isinstance(value, Unknown) else value
