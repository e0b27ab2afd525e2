"""Kustomizations: which manifests they build from which files, and what their patches make of them.

A manifest is judged as the kustomizations build it that no other one uses.  What two of them make different is not
known; a patch of something that is not here is read as a manifest that is part of another.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Protocol

from podroom.assembly.manifests.objects import Manifest
from podroom.assembly.manifests.patching import Operation, common, merge, operate
from podroom.assembly.manifests.tree import Item, Leaf, Listing, Table, from_yaml, items_of, text_of
from podroom.evaluation.failures import BeyondReach, EvaluationFailure
from podroom.positions import Document, Span
from podroom.records import dataclass, field, replace
from podroom.sources.templated import read_template
from podroom.sources.yaml import compose
from podroom.traced_text import TracedText
from podroom.values import Known, Unknown, first_unknown

_STRATEGIC = frozenset(("DaemonSet", "Deployment", "ConfigMap"))
"""Kinds of Kubernetes itself, whose lists have keys; those of custom objects have none."""
_IDENTITY = ("apiVersion", "kind", "metadata")
"""What a patch says of an object that stays as it is, or that does not bear on pods."""
_IMAGE = ("spec", "template", "spec", "containers", "[name=aws-node]", "image")
_SELECTORS = ("labelSelector", "annotationSelector")
_DEEPEST = 100
"""Kustomizations that build from each other; what lies deeper is not followed."""
_MOST_VARIANTS = 20
"""Ways to build one file of which each is worked out."""


def _matches(expression: str, text: str) -> bool:
    """Return whether a pattern of a target is of a whole text, as RE2; one that podroom does not try is."""
    from podroom.evaluation.functions.pattern_language import compile_pattern  # noqa: PLC0415 - few projects have a patch

    try:
        return compile_pattern(expression, text).fullmatch(text) is not None
    except (EvaluationFailure, BeyondReach):
        return True


class Reader(Protocol):
    """What reads the files that a kustomization names."""

    def __call__(self, folder: str, path: str) -> Document | None:
        """Return a file of a folder."""


@dataclass(frozen=True, slots=True, eq=False)
class Patch:
    """A patch: an object to merge, or operations; `kind` and `name` (a pattern) say of what, None for any.

    `source` is as it is written; `perhaps` says why it may be of fewer objects than these.
    """

    span: Span
    folder: str
    source: Item
    kind: str | None
    name: str | None
    body: Table | None
    operations: tuple[Operation, ...] = ()
    perhaps: Unknown | None = None

    @property
    def of(self) -> str:
        """Return what it changes, as far as it says so."""
        name = self.name or ""
        if self.body is not None:
            name = name.replace("\\", "")  # of an object it is a name, escaped to match itself
        return f"{self.kind or 'any object'} {name}".rstrip()

    def is_of(self, manifest: Manifest) -> bool:
        """Return whether it changes an object, as far as its name is known."""
        if self.kind is not None and not _matches(self.kind, manifest.kind):
            return False
        return self.name is None or not isinstance(manifest.name, Known) or _matches(self.name, manifest.name.value)

    def applied(self, manifest: Manifest) -> Table:
        """Return what it makes of an object."""
        body = manifest.body
        changed = (
            operate(body, self.operations)
            if self.body is None
            else merge(body, self.body, strategic=manifest.kind in _STRATEGIC)
        )
        if self.perhaps is None and isinstance(manifest.name, Known):
            return changed
        return common([body, changed], f"{self.span.path}:{self.span.first.line} may patch it, or not")


@dataclass(frozen=True, slots=True)
class _Kustomization:
    folder: str
    document: Document
    resources: tuple[str, ...]
    components: tuple[str, ...]
    patches: tuple[Patch, ...]


@dataclass(slots=True)
class Kustomizations:
    """The patches of a project, by the path of the files that they are for."""

    patches: tuple[Patch, ...]
    _variants: dict[str, list[tuple[str, tuple[Patch, ...]]]]
    _by_folder: dict[str, _Kustomization]
    _applied: set[int] = field(default_factory=set)

    def amended(self, manifest: Manifest, path: str) -> Manifest:
        """Return a manifest of a file, whose absolute path is given, as it is built."""
        variants = self._variants.get(path, [])
        tables: list[Table] = []
        for _, patches in variants:
            built = manifest
            for patch in patches:
                if patch.is_of(manifest):
                    self._applied.add(id(patch.span))
                    built = replace(built, body=patch.applied(built))
            tables.append(built.body)
        if not tables:
            return manifest
        names = " and ".join(dict.fromkeys(name for name, _ in variants))
        return replace(manifest, body=common(tables, f"{names} make different things of it"))

    def builds(self, path: str) -> bool:
        """Return whether the objects of a file, whose absolute path is given, are built."""
        return path in self._variants

    def left(self) -> Iterator[Patch]:
        """Iterate over the patches of which nothing was found that they change."""
        yield from (patch for patch in self.patches if id(patch.span) not in self._applied)

    def not_read(self, folder: str) -> Iterator[str]:
        """Iterate over the absolute paths that a folder is built from, and on which no kustomization was read."""
        waiting, known = [folder], {folder}
        while waiting:
            one = self._by_folder.get(waiting[0])
            if one is None:
                yield waiting[0]
            else:
                added = [path for path in (*one.resources, *one.components) if path not in known]
                waiting += added
                known.update(added)
            del waiting[0]


def read_kustomizations(documents: Iterable[tuple[str, Document]], read: Reader) -> Kustomizations:
    """Return the patches of kustomizations; each comes with the absolute path of its folder."""
    by_folder: dict[str, _Kustomization] = {}
    for folder, document in documents:
        found = _kustomization(folder, document, read)
        if found is not None:
            by_folder[folder] = found
    used = {other for one in by_folder.values() for other in (*one.resources, *one.components)}
    variants: dict[str, list[tuple[str, tuple[Patch, ...]]]] = {}
    builds = _Builds(by_folder)
    for folder, one in by_folder.items():
        if folder not in used:
            for path, patches in builds.of(one):
                variants.setdefault(path, []).append((one.document.path, patches))
    return Kustomizations(tuple(patch for one in by_folder.values() for patch in one.patches), variants, by_folder)


class _Builds:
    """Works out what kustomizations build, each once, however many others build from it."""

    def __init__(self, by_folder: Mapping[str, _Kustomization]) -> None:
        self._by_folder = by_folder
        self._known: dict[str, tuple[tuple[str, tuple[Patch, ...]], ...]] = {}
        self._around: set[str] = set()

    def of(self, one: _Kustomization) -> tuple[tuple[str, tuple[Patch, ...]], ...]:
        """Return the files that a kustomization builds from, each with its patches, the innermost first."""
        known = self._known.get(one.folder)
        if known is not None:
            return known
        if one.folder in self._around or len(self._around) >= _DEEPEST:
            return ()
        self._around.add(one.folder)
        variants: dict[str, dict[tuple[int, ...], tuple[Patch, ...]]] = {}
        for path, patches in self._each(one):
            variants.setdefault(path, {})[tuple(map(id, patches))] = patches
        self._around.discard(one.folder)
        built = tuple((path, patches) for path, several in variants.items() for patches in _few(several.values()))
        self._known[one.folder] = built
        return built

    def _each(self, one: _Kustomization) -> Iterator[tuple[str, tuple[Patch, ...]]]:
        components = [self._by_folder[folder] for folder in one.components if folder in self._by_folder]
        outer = (*(patch for component in components for patch in component.patches), *one.patches)
        for resource in (*one.resources, *(path for component in components for path in component.resources)):
            inner = self._by_folder.get(resource)
            if inner is None:
                yield resource, outer
            else:
                yield from ((path, (*patches, *outer)) for path, patches in self.of(inner))


def _few(variants: Collection[tuple[Patch, ...]]) -> Collection[tuple[Patch, ...]]:
    """Return the ways in which one file is built; of too many only that each of their patches may apply."""
    if len(variants) <= _MOST_VARIANTS:
        return variants
    patches = {id(patch): patch for several in variants for patch in several}
    unknown = (Unknown("it is built in more ways than podroom follows", patch.span) for patch in patches.values())
    return [tuple(replace(patch, perhaps=why) for patch, why in zip(patches.values(), unknown, strict=True))]


def _kustomization(folder: str, document: Document, read: Reader) -> _Kustomization | None:
    table = next((item for item in _items(document) if isinstance(item, Table)), None)
    if table is None:
        return None
    patches = (*read_patches(table, folder, read), *_replacements(table, folder, read), *_images(table, folder))
    resources = [*_paths(table, "resources", folder), *_paths(table, "bases", folder)]
    return _Kustomization(folder, document, tuple(resources), tuple(_paths(table, "components", folder)), patches)


def _paths(table: Table, key: str, folder: str) -> Iterator[str]:
    for item in items_of(table.get(key), key)[0]:
        path = text_of(item, key) if isinstance(item, Leaf) else None
        if isinstance(path, Known):
            yield joined(folder, path.value)


def joined(folder: str, path: str) -> str:
    """Return the path that a relative one means in a folder, `.` and `..` being followed."""
    parts = folder.split("/")
    for part in path.split("/"):
        if part == "..":
            parts = parts[:-1]
        elif part not in ("", "."):
            parts.append(part)
    return "/".join(parts)


def read_patches(table: Table, folder: str, read: Reader) -> Iterator[Patch]:
    """Iterate over the patches that a kustomization lists, also those in files of its folder."""
    for key in ("patches", "patchesJson6902", "patchesStrategicMerge"):
        for item in items_of(table.get(key), key)[0]:
            if isinstance(item, Table):
                target = item.get("target")
                for part in _texts(item, folder, read):
                    yield from _of_item(part, target if isinstance(target, Table) else None, folder)
            elif isinstance(item, Leaf):
                for part in _file_or_text(item, folder, read):
                    yield from _of_item(part, None, folder)


def _replacements(table: Table, folder: str, read: Reader) -> Iterator[Patch]:
    """Iterate over what replacements change: fields that get the value of another one, which is not followed."""
    for item in items_of(table.get("replacements"), "replacements")[0]:
        path = text_of(item.get("path"), "path") if isinstance(item, Table) else None
        document = read(folder, path.value) if isinstance(path, Known) else None
        for part in (item,) if document is None else _items(document):
            for one in part.items if isinstance(part, Listing) else (part,):
                targets = items_of(one.get("targets"), "targets")[0] if isinstance(one, Table) else ()
                for target in targets:
                    select = target.get("select") if isinstance(target, Table) else None
                    if isinstance(target, Table) and isinstance(select, Table):
                        fields = items_of(target.get("fieldPaths"), "fieldPaths")[0]
                        yield _patch(target, folder, select, None, tuple(_fields(fields)))


def _images(table: Table, folder: str) -> Iterator[Patch]:
    """Iterate over what gives aws-node another image."""
    for item in items_of(table.get("images"), "images")[0]:
        name = text_of(item.get("name"), "name") if isinstance(item, Table) else None
        if isinstance(name, Known) and name.value.endswith("amazon-k8s-cni"):
            change = Operation("images", _IMAGE, None, item.span)
            yield Patch(item.span, folder, item, "DaemonSet", "aws-node", None, (change,))


def _fields(items: Iterable[Item]) -> Iterator[Operation]:
    for item in items:
        path = text_of(item, "fieldPaths") if isinstance(item, Leaf) else None
        if isinstance(path, Known):
            steps = [step.replace("\\.", ".") for step in re.split(r"(?<!\\)\.", path.value)]
            yield Operation("replacement", tuple(steps), None, item.span)


def _texts(item: Table, folder: str, read: Reader) -> Iterator[Item]:
    inline, path = item.get("patch"), text_of(item.get("path"), "path")
    if isinstance(inline, Leaf):
        yield from _items(inline.traced())
    elif isinstance(path, Known):
        document = read(folder, path.value)
        if document is not None:
            yield from _items(document)


def _file_or_text(leaf: Leaf, folder: str, read: Reader) -> Iterator[Item]:
    text = leaf.text()
    if isinstance(text, Known) and "\n" not in text.value and ":" not in text.value:
        document = read(folder, text.value)
        if document is not None:
            yield from _items(document)
    else:
        yield from _items(leaf.traced())


def _items(source: Document | TracedText) -> Iterator[Item]:
    if isinstance(source, Document):
        template = read_template(source)
        yield from (from_yaml(node, template.conditions) for node in compose(template.text).documents)
    else:
        yield from (from_yaml(node) for node in compose(source).documents)


def _of_item(item: Item, target: Table | None, folder: str) -> Iterator[Patch]:
    """Read a document of a patch: a list of operations needs a target, an object is its own if there is none."""
    if isinstance(item, Listing) and target is not None:
        yield _patch(item, folder, target, None, tuple(_operations(item)))
    elif isinstance(item, Table):
        body = replace(item, entries={key: entry for key, entry in item.entries.items() if key not in _IDENTITY})
        yield _patch(item, folder, item if target is None else target, body, ())


def _patch(item: Item, folder: str, target: Table, body: Table | None, operations: tuple[Operation, ...]) -> Patch:
    """Return a patch of what `target` says: a table with kind and name, or an object."""
    is_object = isinstance(target.get("metadata"), Table)
    kind = text_of(target.get("kind"), "kind")
    name = text_of(target.find("metadata", "name") if is_object else target.get("name"), "name")
    doubts = [entry.span for key in _SELECTORS if (entry := target.entries.get(key)) is not None]
    perhaps = Unknown("which objects have these labels is not known", doubts[0]) if doubts else None
    perhaps = first_unknown(perhaps, *(value for value in (kind, name) if isinstance(value, Unknown)))
    pattern = name.value if isinstance(name, Known) else None
    return Patch(
        span=item.span,
        folder=folder,
        source=item,
        kind=kind.value if isinstance(kind, Known) else None,
        name=re.escape(pattern) if is_object and pattern is not None else pattern,
        body=body,
        operations=operations,
        perhaps=perhaps,
    )


def _operations(items: Listing) -> Iterator[Operation]:
    for item in items.items:
        if not isinstance(item, Table):
            continue
        name, path, value = text_of(item.get("op"), "op"), text_of(item.get("path"), "path"), item.get("value")
        if isinstance(name, Known) and isinstance(path, Known):
            steps = tuple(step.replace("~1", "/").replace("~0", "~") for step in path.value.split("/")[1:])
            known = value if not isinstance(value, Unknown) else None
            yield Operation(name.value, steps, known, item.span)
