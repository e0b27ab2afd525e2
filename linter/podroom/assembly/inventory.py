"""The resources of one root module and of all modules below it, found by type and by address."""

from __future__ import annotations

from collections.abc import Iterator

from podroom.evaluation.project import BodyReader, Field, Link, Module, ResourceInstance
from podroom.positions import Span
from podroom.values import Default, Known, Unknown, Value, first_unknown


class Inventory:
    """Looks up resources; types that nobody asks for are never evaluated.

    What a plan removes is left out, also where the configuration still has it: `terraform plan -destroy`.
    """

    def __init__(self, root: Module) -> None:
        """Take the root module."""
        self._modules = tuple(root.walk())
        self.alone = root.project.options.alone
        """Whether it is of a plan or state by itself, of which nothing but values is known."""
        self._settled = root.project.options.settled
        self._removed: list[ResourceInstance] = []
        self._by_type: dict[tuple[str, str], tuple[ResourceInstance, ...]] = {}
        self._by_address: dict[tuple[str, str], dict[str, ResourceInstance]] = {}

    @property
    def modules(self) -> tuple[Module, ...]:
        """Return the root module and everything below it."""
        return self._modules

    def declares(self, *kinds: str, mode: str = "managed") -> bool:
        """Return whether any resource or data source of some types is declared, whether or not there are instances."""
        return any(module.declarations.names(kind, mode) for module in self._modules for kind in kinds)

    def resources(self, kind: str, mode: str = "managed") -> tuple[ResourceInstance, ...]:
        """Return every instance of one resource type, or of one data source with `mode="data"`."""
        key = (kind, mode)
        if key not in self._by_type:
            self._by_type[key] = tuple(
                resource
                for module in self._modules
                for resource in module.resources(kind, mode=mode)
                if not self._removes(resource)
            )
        return self._by_type[key]

    def _removes(self, resource: ResourceInstance) -> bool:
        if self._settled is None or not self._settled.removes(resource.address):
            return False
        self._removed.append(resource)
        return True

    def removed(self, *kinds: str) -> list[ResourceInstance]:
        """Return the instances of some types that a plan removes, of those that were asked for."""
        return [resource for resource in self._removed if resource.type in kinds]

    def find(self, link: Link, *kinds: str, mode: str = "managed", by: str | None = None) -> ResourceInstance | None:
        """Return the resource that a link leads to.

        A link leads there by address or, where a plain text is written, by the attribute named `by`.
        """
        if link.address is not None:
            return self.at(link.address, *kinds, mode=mode)
        for kind in kinds:
            if link.literal is not None and by is not None:
                for resource in self.resources(kind, mode):
                    field = resource.body.attribute(by)
                    name = field.string() if field else None
                    if isinstance(name, Known) and name.value == link.literal:
                        return resource
        return None

    def at(self, address: str, *kinds: str, mode: str = "managed") -> ResourceInstance | None:
        """Return the resource with an address, None if none of these types has it."""
        found = (self._addresses(kind, mode).get(address) for kind in kinds)
        return next((resource for resource in found if resource is not None), None)

    def _addresses(self, kind: str, mode: str) -> dict[str, ResourceInstance]:
        key = (kind, mode)
        if key not in self._by_address:
            resources = self.resources(kind, mode)
            self._by_address[key] = {resource.address: resource for resource in reversed(resources)}
        return self._by_address[key]


def string(body: BodyReader, name: str, default: Default | None = None, value: str = "") -> Value[str]:
    """Return a text attribute; `value` stands for a missing one, supplied by `default`."""
    field = body.attribute(name)
    if field is not None:
        return field.string()
    if default is None:
        return Unknown(f"{name} is not set", body.span)
    return Known(value, default)


def integer(body: BodyReader, name: str, default: Default | None = None, value: int = 0) -> Value[int]:
    """Return a number attribute; `value` stands for a missing one, supplied by `default`."""
    field = body.attribute(name)
    if field is not None:
        return field.integer()
    if default is None:
        return Unknown(f"{name} is not set", body.span)
    return Known(value, default)


def boolean(body: BodyReader, name: str, default: Default, *, value: bool) -> Value[bool]:
    """Return a truth attribute; `value` stands for a missing one, supplied by `default`."""
    field = body.attribute(name)
    return field.boolean() if field is not None else Known(value, default)


def first_field(body: BodyReader, *names: str) -> Field | None:
    """Return the first of several attributes that is set."""
    return next((field for name in names if (field := body.attribute(name)) is not None), None)


def place(value: Value[object] | None, fallback: Span) -> Span:
    """Return where a value is written; `fallback` if nobody wrote it."""
    if value is None or isinstance(value.origin, Default):
        return fallback
    return value.origin


def sole_block(body: BodyReader, *path: str) -> tuple[BodyReader | None, Unknown | None]:
    """Return the nested block at the end of a path of block types, and why there may be none or another."""
    found: BodyReader | None = body
    doubt: Unknown | None = None
    for name in path:
        if found is not None:
            members = found.blocks(name)
            doubt = first_unknown(doubt, *members.missing)
            found = next(iter(members), None)
    return found, doubt


def blocks(body: BodyReader, *path: str) -> Iterator[BodyReader]:
    """Iterate over nested blocks, `path` naming the block types from the outside in."""
    name, *rest = path
    for block in body.blocks(name):
        if rest:
            yield from blocks(block, *rest)
        else:
            yield block
