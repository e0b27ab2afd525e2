"""Finds the real sources of public modules in a folder, whichever way they are laid out there.

For the tools that compare podroom's adapters with the modules that they restate.  Understood are, at any depth:

- `modules.json` as Terraform writes it, whose entries name source, version and folder;
- `terraform-aws-modules/eks/aws/21.19.0`, `terraform-aws-modules_eks_aws_21.19.0`, the address in the registry;
- `terraform-aws-eks`, `terraform-aws-eks-21.19.0`, `terraform-aws-modules/terraform-aws-eks/v21.19.0`,
  `v21.19.0/terraform-aws-eks`, the repository;
- `eks-21.19.0`, `eks/v21.19.0`, `terraform-aws-modules/eks/21.19.0`, the name;
- `eks`, `eks.kms`, also below `.terraform/modules`: the way of the call, used where nothing better is there.

The folder may be that of a module itself.  A folder below it that has the name of a case is for that case alone.  Where
the place does not tell the version, the newest entry of CHANGELOG.md does.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from podroom.adapters.registry import _HOMES
from podroom.positions import Document
from podroom.sources.hcl.parser import parse
from podroom.sources.hcl.syntax import Attribute, Block, Expression, Literal, ParsedFile
from podroom.sources.module_source import ModuleSource, Version, allowed, read_source

_DEEPEST = 6
_DOWNLOADED = ".terraform/modules"
_VERSION = r"v?(?P<version>\d+\.\d+(?:\.\d+)?(?:-[\w.]+)?)"
_NAMESPACES = frozenset(module.split("/")[0] for module, _ in _HOMES)
_PROVIDERS = "|".join(sorted({module.split("/")[2] for module, _ in _HOMES}))
_OWNER = r"(?:(?:.*/)?(?P<namespace>[A-Za-z0-9-]+)[/+]|(?:.*/)?)"
_REPOSITORY = r"terraform-(?P<provider>[a-z0-9]+)-(?P<name>[\w-]+?)"
_PLACES = tuple(
    re.compile(place)
    for place in (
        rf"(?:.*/)?(?P<namespace>[A-Za-z0-9-]+)(?P<by>[/_])(?P<name>[A-Za-z0-9-]+)(?P=by)(?P<provider>{_PROVIDERS})(?P=by){_VERSION}",
        rf"{_OWNER}{_REPOSITORY}(?:[-/@_]{_VERSION})?",
        rf"(?:.*/)?{_VERSION}/{_REPOSITORY}",
        rf"{_OWNER}(?P<name>[A-Za-z][A-Za-z0-9-]*?)[-/@_]{_VERSION}",
    )
)
_NEWEST = re.compile(rf"(?m)^#+ *\[?{_VERSION}")


@dataclass(frozen=True)
class FoundSource:
    """A folder with a module: what of namespace, name and version its place tells, and the call that it is named by."""

    folder: Path
    namespace: str | None = None
    name: str | None = None
    version: str | None = None
    key: str | None = None

    def is_of(self, source: ModuleSource) -> bool:
        """Return whether the folder may hold a module."""
        namespace, name, provider = source.module.split("/")
        return self.name == f"{name}/{provider}" and self.namespace in {namespace, None}


@dataclass
class ModuleSources:
    """The modules in a folder; `missing` collects those that were asked for and are not there, `used` the others."""

    root: Path
    missing: set[str] = field(default_factory=set)
    used: set[Path] = field(default_factory=set)

    def __post_init__(self) -> None:
        """Look through the folder once."""
        self.root = self.root.resolve()
        self._found = [*_listed(self.root), *_placed(self.root)]

    def __bool__(self) -> bool:
        """Return whether there are any modules."""
        return bool(self._found)

    def of_case(self, name: str) -> ModuleSources:
        """Return the modules that are there for one case alone, or all of them if there is no such folder."""
        folder = self.root / name
        return ModuleSources(folder, self.missing, self.used) if folder.is_dir() else self

    def find(self, source: str, constraint: str | None, key: str | None = None) -> Path | None:
        """Return the folder of a public module, None if it is not there.

        `constraint` is what the call says of the version, `key` the way of the call ("eks.kms").
        """
        wanted = read_source(source)
        if wanted is None:
            return None
        if constraint is None and wanted.ref is not None:
            constraint = ".".join(map(str, wanted.ref))
        candidates = [one for one in self._found if one.is_of(wanted) and _fits(one.version, constraint)]
        if not candidates and key is not None:
            called = (one for one in self._found if one.name is None and one.key == key)
            candidates = [one for one in called if _fits(one.version, constraint)]
        best = max(candidates, key=lambda one: (one.key == key, _number(one.version)), default=None)
        if best is None:
            self.missing.add(f"{source} {constraint or ''}".rstrip())
            return None
        self.used.add(best.folder)
        folder = best.folder / wanted.submodule
        return folder if folder.is_dir() else None

    def key(self, folder: Path, name: str) -> str:
        """Return the way of a call ("eks.kms") in a folder, which is itself that of a call or a root."""
        way = next((one.key for one in self._found if one.folder == folder and one.key is not None), None)
        return f"{way}.{name}" if way else name

    def holder(self, folder: Path) -> tuple[str, str] | None:
        """Return the public source and the version of a folder in here, None if it belongs to no known module."""
        folder = folder.resolve()
        for one in self._found:
            if one.namespace is not None and one.name is not None and one.version is not None:
                if folder == one.folder:
                    return f"{one.namespace}/{one.name}", one.version
                if one.folder in folder.parents and "examples" not in folder.relative_to(one.folder).parts:
                    return f"{one.namespace}/{one.name}//{folder.relative_to(one.folder).as_posix()}", one.version
        return None


def with_sources(document: Document, sources: ModuleSources) -> ParsedFile:
    """Parse a file of which every call of a public module becomes one of the folder that holds the module."""
    parsed = parse(document)
    here = Path(document.path).resolve().parent
    for block, attribute, source in _calls(parsed):
        if not source.startswith("."):
            folder = sources.find(source, _text(block, "version"), sources.key(here, block.labels[0].value))
            if folder is not None:
                relative = os.path.relpath(folder, here)
                attribute.expression = _same_place(attribute.expression, f"./{relative}")
    return parsed


def with_registry_addresses(document: Document, sources: ModuleSources) -> ParsedFile:
    """Parse a file of which every call of a folder that holds a public module becomes one of the public module.

    So the examples that a module brings along call it as its users do.
    """
    parsed = parse(document)
    here = Path(document.path).resolve().parent
    for block, attribute, source in _calls(parsed):
        held = sources.holder(here / source) if source.startswith(".") else None
        if held is not None:
            place = attribute.expression
            attribute.expression = _same_place(place, held[0])
            version = Literal(held[1], place.start, place.end)
            block.body.attributes.append(Attribute("version", version, place.start, place.end))
    return parsed


def _calls(parsed: ParsedFile) -> Iterator[tuple[Block, Attribute, str]]:
    for block in parsed.body.blocks:
        if block.type == "module" and block.labels:
            for attribute in block.body.attributes:
                source = attribute.expression
                if attribute.name == "source" and isinstance(source, Literal) and isinstance(source.value, str):
                    yield block, attribute, source.value


def _text(block: Block, name: str) -> str | None:
    for attribute in block.body.attributes:
        value = attribute.expression.value if isinstance(attribute.expression, Literal) else None
        if attribute.name == name and isinstance(value, str):
            return value
    return None


def _same_place(old: Expression, text: str) -> Literal:
    return Literal(text, old.start, old.end)


def _listed(root: Path) -> Iterator[FoundSource]:
    for file in _walk(root, "modules.json"):
        entries = json.loads(file.read_text(encoding="utf-8")).get("Modules", [])
        for entry in entries:
            source = read_source(entry.get("Source", ""))
            folder = _folder_of(entry.get("Dir", ""), file)
            if source is not None and folder is not None:
                namespace, name = source.module.split("/", 1)
                holder = folder.parents[source.submodule.count("/")] if source.submodule else folder
                yield FoundSource(holder, namespace, name, entry.get("Version"), entry.get("Key"))


def _folder_of(written: str, file: Path) -> Path | None:
    """Return the folder of an entry, which counts from where Terraform ran, two folders above the list."""
    below = written.partition(".terraform/modules/")[2]
    places = (file.parent / below if below else None, file.parents[2] / written, file.parent / written)
    return next((place.resolve() for place in places if place is not None and place.is_dir()), None)


def _placed(root: Path) -> Iterator[FoundSource]:
    for folder in sorted({path.parent for path in _walk(root, "*.tf")}):
        found = next((match for place in _PLACES if (match := place.fullmatch(folder.as_posix()))), None)
        told = {} if found is None else found.groupdict()
        version = told.get("version") or _newest_change(folder)
        if told and (told.get("provider") or version):
            owner = told.get("namespace")
            known = owner if owner in _NAMESPACES or "by" in told else None  # any folder may lie above a repository
            yield FoundSource(folder, known, f"{told['name']}/{told.get('provider') or 'aws'}", version)
        elif folder in {root, root / folder.name, root / "modules" / folder.name, root / _DOWNLOADED / folder.name}:
            yield FoundSource(folder, version=version, key=folder.name)


def _newest_change(folder: Path) -> str | None:
    """Return the version that the newest entry of a module's CHANGELOG.md is for."""
    try:
        text = (folder / "CHANGELOG.md").read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return None
    match = _NEWEST.search(text)
    return None if match is None else match["version"]


def _walk(root: Path, pattern: str) -> Iterator[Path]:
    """Iterate over files, not looking below a folder that holds a module."""
    for folder, below, names in os.walk(root, followlinks=True):
        here = Path(folder)
        found = [name for name in names if Path(name).match(pattern)]
        yield from (here / name for name in found)
        if any(name.endswith(".tf") for name in names) or len(here.relative_to(root).parts) >= _DEEPEST:
            below.clear()


def _fits(version: str | None, constraint: str | None) -> bool:
    if version is None or constraint is None:
        return True
    return allowed(constraint, _number(version))


def _number(version: str | None) -> Version:
    parts = re.findall(r"\d+", version or "")[:3]
    major, minor, patch = (int(part) for part in (*parts, "0", "0", "0")[:3])
    return major, minor, patch
