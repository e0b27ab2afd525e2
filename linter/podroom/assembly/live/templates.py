"""Versions of launch templates that were listed, as far as they bear on pods."""

from __future__ import annotations

from typing import TypeVar

from podroom.assembly.user_data import read_user_data
from podroom.model.live import Listed
from podroom.model.world import FixedMaxPods, InstanceChoice, LaunchTemplate, TypeSource, UseMaxPods, UserData
from podroom.positions import Document, Span
from podroom.sources.live.records import Listing, Live, LiveTemplate, TemplateReference
from podroom.traced_text import Piece, TracedText
from podroom.values import Known, Unknown, Value

T = TypeVar("T")

_VERSIONS = Listing.TEMPLATE_VERSIONS.value


def find_version(reference: TemplateReference, live: Live) -> LiveTemplate | Unknown:
    """Return the version of a launch template that something launches, or why it is not known."""
    mine = [one for one in live.templates.values() if reference.id in ("", one.id) and reference.name in ("", one.name)]
    number = _number(reference, mine, live)
    found = next((one for one in mine if one.version == number), None)
    if found is None:
        named = f"--launch-template-id {reference.id}" if reference.id else f"--launch-template-name {reference.name}"
        return Unknown(f"{reference} is in no inventory: {_VERSIONS} {named} lists it", Listed("", _VERSIONS))
    return found


def _number(reference: TemplateReference, mine: list[LiveTemplate], live: Live) -> int | None:
    """Return the number of a version; EC2 takes $Default where none is named."""
    if reference.version.isdecimal():
        return int(reference.version) if len(reference.version) < _LONGEST else None
    versions = live.versions.get(reference.id) or live.versions.get(reference.name)
    if versions is not None and versions.disputed:
        return None
    if reference.version == "$Latest":
        known = None if versions is None else versions.latest
        whole = live.whole(Listing.TEMPLATE_VERSIONS)
        return max((one.version for one in mine), default=None) if known is None and whole else known
    defaults = {one.version for one in mine if one.default}
    if versions is not None and versions.default is not None:
        defaults.add(versions.default)
    return defaults.pop() if len(defaults) == 1 else None


_LONGEST = 10
"""Digits of a number."""


def read_version(template: LiveTemplate, span: Span) -> LaunchTemplate:
    """Return what bears on pods in a version of a launch template or in a launch configuration, with the place `span`.

    User data may hold secrets, so nothing of it is kept but numbers.
    """
    origin = _origin(template)
    choice = None
    if template.instance_type:
        choice = InstanceChoice(Known(template.instance_type, origin), TypeSource.LAUNCH_TEMPLATE, span)
    elif template.requirements:
        reason = f"AWS chooses the instance types of {template.name or template.id} by their attributes"
        choice = InstanceChoice(Unknown(reason, span), TypeSource.LAUNCH_TEMPLATE, span)
    return LaunchTemplate(
        address=f"launch template {template.name or template.id} version {template.version}"
        if template.id
        else f"launch configuration {template.name}",
        span=span,
        instance_type=choice,
        image=Known(template.image, origin) if template.image else None,
        user_data=_numbers(template, span),
    )


def _origin(template: LiveTemplate) -> Listed:
    return Listed(template.source, _VERSIONS if template.id else Listing.LAUNCH_CONFIGURATIONS.value)


def _numbers(template: LiveTemplate, span: Span) -> UserData:
    if template.user_data is None:
        return UserData()
    document = Document(template.source, template.user_data)
    text = TracedText([Piece(template.user_data, Span(document, 0, len(template.user_data)))])
    said = read_user_data(text)
    origin = _origin(template)
    unread = Unknown(f"the user data of {template.name or template.id} is not understood as a whole", span)
    open_ends = said.gaps or said.expressions or said.open_here_documents or said.unusable_settings

    def here(value: Value[T]) -> Value[T]:
        return Known(value.value, origin) if isinstance(value, Known) else unread

    return UserData(
        bootstraps=tuple(here(one) for one in said.bootstraps),
        fixed=tuple(FixedMaxPods(one.mechanism, here(one.value), span) for one in said.fixed),
        use_max_pods=tuple(UseMaxPods(here(one.value), span) for one in said.use_max_pods),
        gaps=(unread,) if open_ends else (),
    )
