"""Which instance types the requirements of a NodePool allow.

The labels of a type are those that Karpenter gives it (pkg/providers/instancetype/types.go computeRequirements), the
operators those of pkg/scheduling/requirement.go.  What the table of types does not tell, such as the number of GPUs,
local disks and bandwidth, leaves it open whether a type is allowed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from enum import Enum
from functools import cache

from podroom.catalog.instance_types import InstanceCatalog, InstanceType
from podroom.model.world import Requirement
from podroom.patterns import pattern
from podroom.positions import Span
from podroom.records import dataclass, field
from podroom.values import Known, Members, OneOf, Origin, Undecidable, Unknown, Value, first_unknown

INSTANCE_TYPE = "node.kubernetes.io/instance-type"
_KARPENTER = "karpenter.k8s.aws/"
_ALIASES = {
    "beta.kubernetes.io/instance-type": INSTANCE_TYPE,
    "beta.kubernetes.io/arch": "kubernetes.io/arch",
}
_ARCHITECTURES = {"x86_64": "amd64", "arm64": "arm64"}
_SCHEME = pattern(r"([a-z]+)(?:-[0-9]+tb)?([0-9]+)([a-z]*)")
_SIZES = frozenset((INSTANCE_TYPE, *(f"{_KARPENTER}instance-{what}" for what in ("size", "cpu", "memory", "family"))))
_ONLY_PARAVIRTUAL = frozenset(("t1", "m1", "m2", "c1"))
"""Families without hardware virtualization, which Karpenter asks for."""
_SPECIAL = frozenset(("dl", "f", "g", "gr", "hpc", "inf", "p", "trn", "vt"))
"""Categories with GPUs, accelerators or FPGAs, or for tightly coupled computing."""
_CHOOSES_SPECIAL = frozenset((INSTANCE_TYPE, f"{_KARPENTER}instance-family", f"{_KARPENTER}instance-category"))


class Label(Enum):
    """What a label of a type is where it has no value."""

    ABSENT = "absent"
    NOT_KNOWN = "not known"


LabelValue = str | Label


@cache
def _parts(name: str) -> tuple[str, ...] | None:
    """Return category, generation and further letters of the name of a type, None if it has another form."""
    found = _SCHEME.match(name)
    return None if found is None else found.groups()


def _named(part: int) -> Callable[[InstanceType], LabelValue]:
    def value(instance: InstanceType) -> LabelValue:
        parts = _parts(instance.name)
        return Label.ABSENT if parts is None else parts[part]

    return value


def _fact(read: Callable[[InstanceType], object]) -> Callable[[InstanceType], LabelValue]:
    def value(instance: InstanceType) -> LabelValue:
        fact = read(instance)
        return Label.NOT_KNOWN if fact is None else str(fact)

    return value


def _hypervisor(instance: InstanceType) -> LabelValue:
    if instance.hypervisor is None:
        return Label.NOT_KNOWN
    return "" if instance.hypervisor == "none" else instance.hypervisor


def _architecture(instance: InstanceType) -> LabelValue:
    if instance.architecture is None:
        return Label.NOT_KNOWN
    return _ARCHITECTURES.get(instance.architecture, instance.architecture)


def _manufacturer(instance: InstanceType) -> LabelValue:
    """Return who makes the processor, which the letters after the generation tell: g is Graviton, a is AMD."""
    if instance.architecture is None:
        return Label.NOT_KNOWN
    if instance.architecture == "arm64":
        return "aws"
    letters = _named(2)(instance)
    return "amd" if isinstance(letters, str) and letters.startswith("a") else "intel"


def _gpu_manufacturer(instance: InstanceType) -> LabelValue:
    """Return who makes the GPUs, as Karpenter's list of instance types has it for every family of g, gr and p."""
    category = _named(0)(instance)
    if category == "dl":
        return Label.NOT_KNOWN
    if category not in ("g", "gr", "p"):
        return Label.ABSENT
    return "amd" if instance.name.startswith("g4ad.") else "nvidia"


_LABELS: dict[str, Callable[[InstanceType], LabelValue]] = {
    INSTANCE_TYPE: lambda instance: instance.name,
    "kubernetes.io/arch": _architecture,
    f"{_KARPENTER}instance-category": _named(0),
    f"{_KARPENTER}instance-generation": _named(1),
    f"{_KARPENTER}instance-family": lambda instance: instance.name.partition(".")[0],
    f"{_KARPENTER}instance-size": lambda instance: instance.name.partition(".")[2],
    f"{_KARPENTER}instance-cpu": _fact(lambda instance: instance.vcpus),
    f"{_KARPENTER}instance-memory": _fact(lambda instance: instance.memory_mib),
    f"{_KARPENTER}instance-hypervisor": _hypervisor,
    f"{_KARPENTER}instance-cpu-manufacturer": _manufacturer,
    f"{_KARPENTER}instance-gpu-manufacturer": _gpu_manufacturer,
    f"{_KARPENTER}instance-capability-flex": lambda instance: (
        "true" if "-flex" in instance.name.partition(".")[0] else "false"
    ),
}


@dataclass(frozen=True, slots=True)
class AllowedTypes:
    """The types that a pool surely may launch, by name, and why there may be others.

    `sized` says that somebody chose types, sizes, processors or memory, so that the small types among them are meant.
    """

    certain: tuple[InstanceType, ...]
    unknown: Unknown | None
    sized: bool


@dataclass(slots=True)
class _Types:
    """Types that requirements allow, and why there may be more of this sort."""

    certain: list[InstanceType] = field(default_factory=list)
    doubt: Unknown | None = None


def _is_special(instance: InstanceType, *, chosen: bool) -> bool:
    """Return whether a type is one that Karpenter leaves out, or does not come to, while general ones fit.

    Where requirements choose types, families or categories, those that they allow are chosen, bare metal excepted.
    """
    if "metal" in instance.name.partition(".")[2]:
        return True
    return not chosen and _named(0)(instance) in _SPECIAL


def allowed_types(requirements: Members[Requirement], catalog: InstanceCatalog, owner: Span) -> AllowedTypes:
    """Return the types that all requirements allow; `owner` is the place of the pool.

    Karpenter launches types with hardware virtualization on amd64 or arm64 only.  Types of which the table knows no
    vCPUs are those that EC2 does not list; they count if a requirement names them.

    While general types fit, and no requirement has minValues, Karpenter drops bare metal and what has GPUs or
    accelerators (pkg/providers/instance/filter/filter.go ExoticInstanceTypeFilter).  Parts of GPUs and types for
    high-performance computing it keeps, but it asks EC2 for the cheapest, which they are not.  So these count only if
    a requirement chooses them by type, family or category, for pods that ask for them, or if there are no others.
    """
    relevant = [requirement for requirement in requirements if _bears(requirement)]
    named = _names(relevant)
    chosen = any(_key(one) in _CHOOSES_SPECIAL and _is(one.operator, "In") for one in relevant)
    verdicts = [_verdict_of(requirement) for requirement in relevant]
    general = _Types()
    special = _Types()
    for instance in catalog:
        doubt: Unknown | None = None
        for verdict_of in verdicts:
            verdict = verdict_of(instance)
            if verdict is False:
                break
            if isinstance(verdict, Unknown):
                doubt = first_unknown(doubt, verdict)
        else:
            if instance.name.partition(".")[0] in _ONLY_PARAVIRTUAL or str(instance.architecture).endswith("_mac"):
                continue
            if instance.vcpus is None and instance.name not in named:
                continue
            types = special if _is_special(instance, chosen=chosen) else general
            if doubt is None:
                types.certain.append(instance)
            else:
                types.doubt = first_unknown(types.doubt, doubt)
    dropped = general.certain and all(requirement.minimum_values is None for requirement in requirements)
    certain = general.certain if dropped else [*general.certain, *special.certain]
    doubts = (general.doubt, None if dropped else special.doubt)
    unknown = first_unknown(*requirements.missing, *doubts, *_strangers(named, catalog))
    if not certain and unknown is None:
        unknown = Unknown("no instance type in podroom's table meets all requirements", owner)
    if requirements.missing:
        # A requirement that is not known can forbid any type.
        certain = []
    return AllowedTypes(tuple(certain), unknown, any(map(_chooses_sizes, relevant)))


def _key(requirement: Requirement) -> str | None:
    key = requirement.key
    return _ALIASES.get(key.value, key.value) if isinstance(key, Known) else None


def _bears(requirement: Requirement) -> bool:
    """Return whether a requirement is one on instance types; a key that is not known may be."""
    key = _key(requirement)
    if key is None or key in _LABELS:
        return True
    return key.startswith(f"{_KARPENTER}instance-") and key != f"{_KARPENTER}instance-tenancy"


def _chooses_sizes(requirement: Requirement) -> bool:
    operator = requirement.operator
    key = _key(requirement)
    if key == f"{_KARPENTER}instance-family" or key not in _SIZES:
        return False
    return isinstance(operator, Known) and operator.value in ("In", "Gt", "Gte")


def _names(requirements: Iterable[Requirement]) -> dict[str, Origin]:
    """Return the types that requirements name, with the place of each."""
    return {
        value.value: value.origin
        for requirement in requirements
        if _key(requirement) == INSTANCE_TYPE and _is(requirement.operator, "In")
        for value in requirement.values
        if isinstance(value, Known)
    }


def _strangers(names: Mapping[str, Origin], catalog: InstanceCatalog) -> Iterator[Unknown]:
    """Iterate over named types that the table lacks."""
    for name, origin in names.items():
        if catalog.find(name) is None:
            yield Unknown(catalog.why_absent(name), origin)


def _is(value: Value[str], text: str) -> bool:
    return isinstance(value, Known) and value.value == text


def _verdict_of(requirement: Requirement) -> Callable[[InstanceType], bool | Unknown]:
    """Return what says whether a requirement allows a type; there are many types, so it is prepared once for all."""
    name = _key(requirement)
    if name is None:
        return _always(_why(requirement.key))
    if not isinstance(requirement.operator, Known):
        return _always(_why(requirement.operator))
    read = _LABELS.get(name)
    test = _test_of(requirement, requirement.operator)
    what = name.removeprefix(_KARPENTER)
    not_told = Unknown(f"podroom's table of instance types does not tell {what}", requirement.span)
    if read is None:
        return _always(not_told)

    def verdict(instance: InstanceType) -> bool | Unknown:
        label = read(instance)
        return not_told if label is Label.NOT_KNOWN else test(label)

    return verdict


def _always(verdict: Unknown) -> Callable[[object], bool | Unknown]:
    return lambda _: verdict


def _test_of(requirement: Requirement, operator: Known[str]) -> Callable[[LabelValue], bool | Unknown]:
    """Return what says whether a requirement allows a value of its label."""
    if operator.value in ("In", "NotIn"):
        return _among(requirement.values, wanted=operator.value == "In")
    if operator.value in ("Exists", "DoesNotExist"):
        return lambda label: (label is Label.ABSENT) is (operator.value == "DoesNotExist")
    if operator.value in _BOUNDS:
        return lambda label: _within(label, operator.value, requirement)
    return _always(Unknown(f'Karpenter has no operator "{operator.value}"', operator.origin))


def _among(values: Members[Value[str]], *, wanted: bool) -> Callable[[LabelValue], bool | Unknown]:
    known = frozenset(value.value for value in values if isinstance(value, Known))
    others = [value for value in values if not isinstance(value, Known)]
    if not others and not values.missing:
        return lambda label: (label in known) is wanted

    def test(label: LabelValue) -> bool | Unknown:
        if label in known:
            return wanted
        doubt = first_unknown(*values.missing, *(_why(value) for value in others if _may_be(value, label)))
        return not wanted if doubt is None else doubt

    return test


def _may_be(value: Value[str], label: LabelValue) -> bool:
    return not isinstance(value, OneOf) or label in value.values


def _why(value: Value[str]) -> Unknown:
    try:
        value.need()
    except Undecidable as cause:
        return cause.unknown
    raise AssertionError(value)  # only asked of what is not known


_BOUNDS: dict[str, Callable[[int, int], bool]] = {
    "Gt": lambda value, bound: value > bound,
    "Gte": lambda value, bound: value >= bound,
    "Lt": lambda value, bound: value < bound,
    "Lte": lambda value, bound: value <= bound,
}


_LONGEST_BOUND = 70


def _within(label: LabelValue, operator: str, requirement: Requirement) -> bool | Unknown:
    if not isinstance(label, str) or not label.isdecimal():
        return False
    values = requirement.values
    if values.missing:
        return values.missing[0]
    if not values.items:
        return Unknown(f"{operator} has no number", requirement.span)
    bound = values.items[0]
    if not isinstance(bound, Known):
        return _why(bound)
    if not bound.value.strip().isdecimal():
        return Unknown(f'{operator} wants a number, not "{bound.value}"', bound.origin)
    if len(bound.value) > _LONGEST_BOUND:
        return Unknown(f"{operator} wants a number of at most {_LONGEST_BOUND} digits", bound.origin)
    return _BOUNDS[operator](int(label), int(bound.value))
