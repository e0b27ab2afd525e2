"""EC2 instance types: how many interfaces and addresses each has, and what else capacity hangs on.

The facts are in `instance_table`, which is generated.  One look-up finds and parses one line of it, so that
loading the catalog costs nothing; only iterating, globbing and suggesting read the whole table.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache

from podroom.catalog import instance_table
from podroom.errors import CatalogError, UsageError
from podroom.records import dataclass, replace

_SIZES = ("nano", "micro", "small", "medium", "large", "xlarge")
_HYPERVISORS = ("nitro", "xen", "none")
_CLOSE_ENOUGH = 0.75
_MOST_DIGITS = 18


@dataclass(frozen=True, slots=True)
class InstanceType:
    """The facts of one EC2 instance type; None where no source knows.

    `interfaces` counts the default network card only, which is what the VPC CNI, nodeadm and Karpenter put in
    max pods; `interfaces_all_cards` is the total that EC2 calls `MaximumNetworkInterfaces`.
    `addresses_per_interface` are IPv4 addresses with the primary one.  `hypervisor` is "nitro", "xen" or, on bare
    metal, "none".  `branch_interfaces` is the limit where trunking is possible, else 0.
    """

    name: str
    interfaces: int
    addresses_per_interface: int
    ipv6_supported: bool | None = None
    vcpus: int | None = None
    memory_mib: int | None = None
    architecture: str | None = None
    hypervisor: str | None = None
    bare_metal: bool | None = None
    network_cards: int | None = None
    trunking_compatible: bool | None = None
    branch_interfaces: int | None = None
    interfaces_all_cards: int | None = None

    @property
    def slots(self) -> int:
        """Return how many addresses, or prefixes, an interface can hold for pods: all but its primary address."""
        return self.addresses_per_interface - 1


class EntryError(UsageError):
    """What is said of an instance type makes no sense; `setting` is the type, with the fact if it is about one."""

    def __init__(self, setting: tuple[str, ...], message: str) -> None:
        """Take what is wrong, and the sentence."""
        super().__init__(message)
        self.setting = setting


class InstanceCatalog:
    """The instance types that podroom knows: the bundled table and what the user adds to it."""

    __slots__ = ("_custom", "_suggested")

    def __init__(self, custom: Mapping[str, InstanceType] | None = None) -> None:
        """Put `custom` types before the bundled ones; `bundled` and `with_custom` are the usual ways in."""
        self._custom = dict(custom or {})
        self._suggested: dict[str, str | None] = {}

    @classmethod
    def bundled(cls) -> InstanceCatalog:
        """Return the catalog that podroom ships."""
        return cls()

    @property
    def date(self) -> str:
        """Return the date of the newest bundled facts, as YYYY-MM-DD."""
        return instance_table.DATE

    def find(self, name: str) -> InstanceType | None:
        """Return the instance type of exactly this name, or None if no source knows it."""
        custom = self._custom.get(name)
        if custom is not None:
            return custom
        if not name or not name.isprintable() or "," in name:
            return None
        return _bundled_type(name)

    def with_custom(self, limits: Mapping[str, Mapping[str, object]]) -> InstanceCatalog:
        """Return a catalog in which `limits`, by type name, add types or correct facts of known ones.

        The keys of an entry are the fields of `InstanceType`.  A type that is new needs `interfaces` and
        `addresses_per_interface`; what it leaves out is not known.  Raise `EntryError` for an entry that makes no
        sense.
        """
        merged = dict(self._custom)
        for name, entry in limits.items():
            merged[name] = self._customised(name, entry)
        return InstanceCatalog(merged)

    def matching(self, glob: str) -> tuple[InstanceType, ...]:
        """Return the types whose name matches `glob` (`m5.*`, `*.large`) in natural order.

        `*` and `?` mean what they mean in EC2's `allowed_instance_types`.
        """
        pattern = re.compile("".join({"*": ".*", "?": "."}.get(char, re.escape(char)) for char in glob))
        return tuple(instance_type for instance_type in self if pattern.fullmatch(instance_type.name))

    def why_absent(self, name: str) -> str:
        """Return what to say of a name that `find` does not know, and what to do about it."""
        close = self.suggest(name)
        hint = f"did you mean {close}?" if close else "give its limits under [instance_types] in podroom.toml"
        return f'the instance type "{name}" is not in the table of {self.date}; {hint}'

    def suggest(self, name: str) -> str | None:
        """Return the known name that is closest to a misspelt one, or None if none is close or `name` is known."""
        if name not in self._suggested:
            self._suggested[name] = None if self.find(name) is not None else self._closest(name)
        return self._suggested[name]

    def _closest(self, name: str) -> str | None:
        from difflib import get_close_matches  # noqa: PLC0415 - only a misspelt name needs it

        names = [instance_type.name for instance_type in self]
        close = get_close_matches(name.strip().lower(), names, n=1, cutoff=_CLOSE_ENOUGH)
        return close[0] if close else None

    def __iter__(self) -> Iterator[InstanceType]:
        """Iterate over all types in natural order."""
        if not self._custom:
            return iter(_bundled_types())
        merged = {instance_type.name: instance_type for instance_type in _bundled_types()} | self._custom
        return iter(sorted(merged.values(), key=lambda instance_type: natural_order(instance_type.name)))

    def __len__(self) -> int:
        """Return how many types are known."""
        return sum(1 for _ in self)

    def _customised(self, name: str, entry: Mapping[str, object]) -> InstanceType:
        facts = {key: _checked(name, key, value) for key, value in entry.items()}
        known = self.find(name)
        if known is not None:
            return replace(known, **facts)  # type: ignore[arg-type]  # _checked has compared each with its field
        missing = [key for key in ("interfaces", "addresses_per_interface") if key not in facts]
        if missing:
            raise EntryError(
                (name,), f"instance type {name!r} is not in podroom's table, so its entry needs {' and '.join(missing)}"
            )
        return InstanceType(name, **facts)  # type: ignore[arg-type]  # _checked has compared each with its field


def natural_order(name: str) -> tuple[object, ...]:
    """Return the key that sorts type names by family, then by size: `m5.large` < `m5.2xlarge` < `m5.metal`."""
    family, _, size = name.partition(".")
    return (_natural(family), _size_order(size), size)


def _natural(text: str) -> tuple[tuple[str, int], ...]:
    return tuple((letters, int(digits[:_MOST_DIGITS] or -1)) for letters, digits in re.findall(r"(\D*)(\d*)", text))


def _size_order(size: str) -> tuple[int, int]:
    if size in _SIZES:
        return (_SIZES.index(size), 0)
    multiple = re.fullmatch(r"(metal-)?(\d{1,9})x(?:large|l)", size)
    if multiple:
        return (len(_SIZES) + (2 if multiple[1] else 0), int(multiple[2]))
    return (len(_SIZES) + 1, 0)


@cache
def _bundled_type(name: str) -> InstanceType | None:
    start = instance_table.TABLE.find(f"\n{name},")
    if start < 0:
        return None
    return _parse(instance_table.TABLE[start + 1 : instance_table.TABLE.index("\n", start + 1)])


@cache
def _bundled_types() -> tuple[InstanceType, ...]:
    return tuple(_parse(line) for line in instance_table.TABLE.split())


def _parse(line: str) -> InstanceType:
    cells = dict(zip(instance_table.COLUMNS, line.split(","), strict=True))
    interfaces, addresses = _int(cells["max_enis"]), _int(cells["ipv4_per_eni"])
    if interfaces is None or addresses is None:
        raise CatalogError(f"the table of instance types has no limits in the line {line!r}: refresh it")
    return InstanceType(
        name=cells["instance_type"],
        interfaces=interfaces,
        addresses_per_interface=addresses,
        ipv6_supported=_bool(cells["ipv6_supported"]),
        vcpus=_int(cells["vcpus"]),
        memory_mib=_int(cells["memory_mib"]),
        architecture=cells["arch"] or None,
        hypervisor=cells["hypervisor"] or None,
        bare_metal=_bool(cells["bare_metal"]),
        network_cards=_int(cells["network_cards"]),
        trunking_compatible=_bool(cells["trunking_compatible"]),
        branch_interfaces=_int(cells["branch_enis"]),
        interfaces_all_cards=_int(cells["max_enis_all_cards"]),
    )


def _int(cell: str) -> int | None:
    return int(cell) if cell else None


def _bool(cell: str) -> bool | None:
    return cell == "true" if cell else None


def _checked(name: str, key: str, value: object) -> object:
    from dataclasses import fields  # noqa: PLC0415 - few projects have types of their own

    expected = {field.name: str(field.type).partition(" ")[0] for field in fields(InstanceType)}
    del expected["name"]
    if key not in expected and isinstance(value, dict):
        quoted = f'[instance_types."{name}.{key}"]'
        raise EntryError(
            (name, key), f"instance type {name!r} has the table {key!r}; if that is one name, quote it: {quoted}"
        )
    if key not in expected:
        raise EntryError(
            (name, key), f"instance type {name!r} has the entry {key!r}; podroom knows {', '.join(expected)}"
        )
    if type(value).__name__ != expected[key]:
        raise EntryError((name, key), f"instance type {name!r}: {key} must be of type {expected[key]}, not {value!r}")
    least = 0 if key == "branch_interfaces" else 1
    if isinstance(value, int) and not isinstance(value, bool) and value < least:
        raise EntryError((name, key), f"instance type {name!r}: {key} must be at least {least}, not {value}")
    if key == "hypervisor" and value not in _HYPERVISORS:
        raise EntryError(
            (name, key), f"instance type {name!r}: hypervisor must be one of {', '.join(_HYPERVISORS)}, not {value!r}"
        )
    return value
