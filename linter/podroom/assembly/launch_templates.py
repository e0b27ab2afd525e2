"""Launch templates and launch configurations."""

from __future__ import annotations

from podroom.assembly.inventory import Inventory, blocks, first_field, sole_block, string
from podroom.evaluation.project import BodyReader, Field, ResourceInstance
from podroom.model.world import InstanceChoice, LaunchTemplate, NamedTemplate, TemplateDrift, TypeSource, UserData
from podroom.positions import Span
from podroom.values import Default, Known, Members, Unknown, Value

_ID_OR_NAME = (("id", None), ("launch_template_id", None), ("name", "name"), ("launch_template_name", "name"))
"""The arguments that name a launch template, with the attribute of the resource that they hold if not the id."""
_REFERENCES = (("launch_template",), ("mixed_instances_policy", "launch_template", "launch_template_specification"))
_OF_VERSION = {"latest_version": "$Latest", "default_version": "$Default"}
_DEFAULT_VERSION = Default(
    "Amazon EC2", "https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_LaunchTemplateSpecification.html"
)


def named_template(body: BodyReader, inventory: Inventory) -> NamedTemplate | None:
    """Return the launch template that a node group names by a text, itself or through a data source."""
    references = (sole_block(body, *path) for path in _REFERENCES)
    reference = next((one for one, doubt in references if one is not None and doubt is None), None)
    if reference is None:
        return None
    for name, attribute in _ID_OR_NAME:
        field = reference.attribute(name)
        if field is None:
            continue
        link, version = field.link(), _version(reference)
        if link.literal is not None:
            text = Known(link.literal, link.span)
            by_id, by_name = (text, None) if attribute is None else (None, text)
            return NamedTemplate(by_id, by_name, version, field.span)
        source = inventory.find(link, "aws_launch_template", mode="data")
        if source is None:
            return None
        return NamedTemplate(_written(source.body, "id"), _written(source.body, "name"), version, field.span)
    return None


def _written(body: BodyReader, name: str) -> Value[str] | None:
    return None if body.attribute(name) is None else string(body, name)


def _version(reference: BodyReader) -> Value[str]:
    field = reference.attribute("version")
    if field is None:
        return Known("$Default", _DEFAULT_VERSION)
    version = _OF_VERSION.get(field.link().attribute)
    return field.string() if version is None else Known(version, field.span)


def find_launch_template(reference: BodyReader, inventory: Inventory) -> ResourceInstance | Unknown:
    """Return the launch template that a block with `id`/`name` (or `launch_template_id`/`_name`) names."""
    for name, attribute in _ID_OR_NAME:
        field = reference.attribute(name)
        if field is not None:
            return _resource(field, inventory, "aws_launch_template", attribute)
    return Unknown("the launch template is not named", reference.span)


def find_launch_configuration(field: Field, inventory: Inventory) -> ResourceInstance | Unknown:
    """Return the launch configuration that an Auto Scaling group names."""
    return _resource(field, inventory, "aws_launch_configuration", "name")


def read_launch_template(resource: ResourceInstance) -> LaunchTemplate:
    """Return a launch template or launch configuration."""
    body = resource.body
    template = resource.type == "aws_launch_template"
    image = image_of(body)
    return LaunchTemplate(
        address=resource.address,
        span=resource.span,
        instance_type=_instance_type(body, TypeSource.LAUNCH_TEMPLATE if template else TypeSource.LAUNCH_CONFIGURATION),
        image=image.string() if image else None,
        user_data=_user_data(body, encoded=template),
        network_interfaces=_network_interfaces(body),
        drift=_drift(resource),
        metadata_tokens=_metadata_tokens(body),
    )


def _drift(resource: ResourceInstance) -> TemplateDrift | None:
    if resource.drift is None:
        return None
    from podroom.assembly.drift import read_template_drift  # noqa: PLC0415 - only with a plan

    return read_template_drift(resource.drift, resource.span)


def _instance_type(body: BodyReader, source: TypeSource) -> InstanceChoice | None:
    field = body.attribute("instance_type")
    if field is not None:
        return InstanceChoice(field.string(), source, field.expression_span)
    requirements = next(blocks(body, "instance_requirements"), None)
    if requirements is None:
        return None
    from podroom.assembly.instance_requirements import read_requirements  # noqa: PLC0415 - few templates have them

    types = read_requirements(requirements, source)
    if len(types.items) == 1 and not types.missing:
        return types.items[0]
    why = types.missing[0] if types.missing else Unknown("several instance types are allowed", requirements.span)
    return InstanceChoice(why, source, requirements.span)


def image_of(body: BodyReader) -> Field | None:
    """Return the image that a template names; an empty text, as modules write it, names none."""
    image = body.attribute("image_id")
    return None if image is None or image.term == "" else image


def _network_interfaces(body: BodyReader) -> Members[Span]:
    interfaces = body.blocks("network_interfaces")
    return Members(tuple(interface.span for interface in interfaces), interfaces.missing)


def _metadata_tokens(body: BodyReader) -> Value[str] | None:
    options = next(blocks(body, "metadata_options"), None)
    return None if options is None or options.attribute("http_tokens") is None else string(options, "http_tokens")


def _user_data(body: BodyReader, *, encoded: bool) -> UserData:
    field = first_field(body, "user_data_base64", "user_data")
    if field is None:
        return UserData()
    text = field.traced()
    if not text.text:
        return UserData()
    if text.text == text.pieces[0].text and text.pieces[0].hole is not None:
        hole = text.pieces[0].hole
        return UserData(gaps=(Unknown(hole.reason, field.span, hole.refs),))
    from podroom.assembly.user_data import decode_base64, read_user_data  # noqa: PLC0415 - most projects have none

    if encoded or field.name == "user_data_base64":
        text = decode_base64(text) or text  # a text that `base64encode` was to encode is there already
    return read_user_data(text)


def _resource(field: Field, inventory: Inventory, kind: str, by: str | None) -> ResourceInstance | Unknown:
    link = field.link()
    resource = inventory.find(link, kind, by=by)
    if resource is not None:
        return resource
    if link.unknown is not None:
        return link.unknown
    named = link.literal or link.address
    if not named:
        what = kind.removeprefix("aws_").replace("_", " ")
        return Unknown(f"the {what} is named by an empty text, so it is not known", link.span)
    return Unknown(f"{named} is not in this configuration", link.span, (named,))
