"""`instance_requirements`: attributes by which AWS chooses instance types -> the types that it may choose for certain.

Which types it leaves out for their price is not known.  The cheapest that meet the requirements are always among those
it chooses from: they are of the current general families c, m and r, with the fewest vCPUs.
https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_InstanceRequirementsRequest.html
"""

from __future__ import annotations

from collections.abc import Iterable
from fnmatch import fnmatchcase

from podroom.assembly.inventory import place, sole_block
from podroom.catalog.instance_types import InstanceCatalog, InstanceType
from podroom.evaluation.project import BodyReader, Field
from podroom.model.world import InstanceChoice, TypeSource
from podroom.patterns import pattern
from podroom.positions import Span
from podroom.values import Known, Members, OneOf, Unknown, Value, first_unknown

_REASON = "instance_requirements let AWS choose the instance type"
_GENERAL = pattern(r"[cmr]([5-9]|[1-9][0-9]).*")
_MOST_SHAPES = 8
_BOUNDS = ("vcpu_count", "memory_mib")
_OTHER_BLOCKS = (
    *("accelerator_count", "accelerator_total_memory_mib", "baseline_ebs_bandwidth_mbps", "memory_gib_per_vcpu"),
    *("network_bandwidth_gbps", "network_interface_count", "total_local_storage_gb"),
)
_SPECIAL = ("bare_metal", "burstable_performance")
"""What general types are not; without a word AWS leaves such types out."""
_OTHER_ATTRIBUTES = (
    *("accelerator_manufacturers", "accelerator_names", "accelerator_types", "cpu_manufacturers", "local_storage"),
    "local_storage_types",
)


def read_requirements(body: BodyReader, source: TypeSource) -> Members[InstanceChoice]:
    """Return the types that AWS may choose for certain, and why there may be others."""
    open_ended = Unknown(_REASON, body.span)
    allowed, doubt = _texts(body, "allowed_instance_types")
    if doubt is not None:
        return Members((), (doubt,))
    if allowed:
        return _of_names(allowed, source, body.span, open_ended)
    smallest = _smallest(body)
    if not 0 < len(smallest) <= _MOST_SHAPES:
        return Members((), (open_ended,))
    reason = f"{_REASON}, and these stand for all of their size"
    kind: Value[str] = (
        Known(smallest[0], body.span) if len(smallest) == 1 else OneOf(tuple(smallest), reason, body.span)
    )
    return Members((InstanceChoice(kind, source, body.span),), (open_ended,))


def _of_names(names: list[Known[str]], source: TypeSource, span: Span, open_ended: Unknown) -> Members[InstanceChoice]:
    """Return those of several allowed types that are the smallest: others may be too expensive."""
    if any("*" in name.value for name in names):
        return Members((), (open_ended,))
    known = [(name, InstanceCatalog.bundled().find(name.value)) for name in names]
    sizes = [instance.vcpus for _, instance in known if instance is not None and instance.vcpus is not None]
    if len(names) > 1 and len(sizes) < len(names):
        return Members((), (open_ended,))
    least = min(sizes, default=None)
    chosen = [name for name, instance in known if instance is None or instance.vcpus == least]
    choices = tuple(InstanceChoice(name, source, place(name, span)) for name in chosen)
    return Members(choices, () if len(chosen) == len(names) else (open_ended,))


def _smallest(body: BodyReader) -> list[str]:
    """Return a type of each shape that the smallest general types have; nothing where that is not known."""
    if _asks_for_more(body):
        return []
    bounds = [_bounds(body, name) for name in _BOUNDS]
    excluded, doubt = _texts(body, "excluded_instance_types")
    if doubt is not None or any(bound is None for bound in bounds):
        return []
    (least_cpus, most_cpus), (least_memory, most_memory) = (bound for bound in bounds if bound is not None)
    fitting = [
        instance
        for instance in InstanceCatalog.bundled()
        if _is_general(instance)
        and instance.vcpus is not None
        and instance.memory_mib is not None
        and least_cpus <= instance.vcpus <= most_cpus
        and least_memory <= instance.memory_mib <= most_memory
        and not any(fnmatchcase(instance.name, name.value) for name in excluded)
    ]
    fewest = min((instance.vcpus for instance in fitting if instance.vcpus is not None), default=None)
    shapes: dict[tuple[int | None, ...], str] = {}
    for instance in sorted(fitting, key=lambda one: one.name):
        if instance.vcpus == fewest:
            shape = (instance.interfaces, instance.addresses_per_interface, instance.branch_interfaces)
            shapes.setdefault(shape, instance.name)
    return list(shapes.values())


def _asks_for_more(body: BodyReader) -> bool:
    """Return whether anything is asked for, or may be, that this room does not look at."""
    generations, unknown = _texts(body, "instance_generations")
    if unknown is not None or (generations and all(one.value != "current" for one in generations)):
        return True
    special = [field.string() for field in _set(body, _SPECIAL)]
    if any(isinstance(value, Unknown) or "required" in value.candidates() for value in special):
        return True
    if _set(body, _OTHER_ATTRIBUTES):
        return True
    return any(body.blocks(name).items or body.blocks(name).missing for name in _OTHER_BLOCKS)


def _set(body: BodyReader, names: Iterable[str]) -> list[Field]:
    """Return the attributes of these names that are there and not null."""
    fields = (body.attribute(name) for name in names)
    return [field for field in fields if field is not None and not field.is_null]


def _is_general(instance: InstanceType) -> bool:
    return instance.hypervisor == "nitro" and _GENERAL.fullmatch(instance.name) is not None


def _bounds(body: BodyReader, name: str) -> tuple[float, float] | None:
    """Return the least and the most of an attribute, None where either is not known."""
    block, doubt = sole_block(body, name)
    if block is None or doubt is not None:
        return None if doubt is not None else (0, float("inf"))
    found: list[float] = []
    for key, otherwise in (("min", 0.0), ("max", float("inf"))):
        field = block.attribute(key)
        value = None if field is None or field.is_null else field.integer()
        if value is not None and not isinstance(value, Known):
            return None
        found.append(otherwise if value is None else value.value)
    return found[0], found[1]


def _texts(body: BodyReader, name: str) -> tuple[list[Known[str]], Unknown | None]:
    field = body.attribute(name)
    if field is None or field.is_null:
        return [], None
    items = field.items()
    values = [item.string() for item in items]
    doubt = first_unknown(*items.missing, *(value for value in values if isinstance(value, Unknown)))
    known = [value for value in values if isinstance(value, Known)]
    if doubt is None and len(known) < len(values):
        doubt = Unknown(f"{name} is not known", body.span)
    return known, doubt
