"""What the files of one folder declare, by name, with override files merged in."""

from __future__ import annotations

from typing import TypeVar

from podroom.evaluation.failures import EvaluationProblem
from podroom.positions import Document, Span
from podroom.records import dataclass, field
from podroom.sources.file_names import is_override
from podroom.sources.hcl.syntax import Attribute, Block, Body, ParsedFile

K = TypeVar("K")
_MOST_TWICE = 4


@dataclass(slots=True)
class DeclaredBody:
    """The attributes and nested blocks of a block, each with the document that it stands in."""

    span: Span
    attributes: dict[str, tuple[Attribute, Document]]
    blocks: list[tuple[Block, Document]]

    @classmethod
    def of(cls, body: Body, document: Document) -> DeclaredBody:
        """Return the body of one block of one document."""
        return cls(
            Span(document, body.start, body.end),
            {attribute.name: (attribute, document) for attribute in body.attributes},
            [(block, document) for block in body.blocks],
        )

    def override(self, other: DeclaredBody) -> None:
        """Replace attributes by name and nested blocks by type, as an override file does."""
        replaced = {block_type(block) for block, _ in other.blocks}
        # In JSON one name may be read as both; whichever of them is overridden, the other goes too.
        kept = {name: one for name, one in self.attributes.items() if name not in replaced}
        self.attributes = {**kept, **other.attributes}
        replaced |= other.attributes.keys()
        self.blocks = [pair for pair in self.blocks if block_type(pair[0]) not in replaced] + other.blocks


@dataclass(slots=True)
class Declaration:
    """A declared block: `header` is its first line, `block` all of it, `written` its body as it was read."""

    labels: tuple[str, ...]
    header: Span
    block: Span
    document: Document
    written: Body | DeclaredBody

    @property
    def body(self) -> DeclaredBody:
        """Return the body; of most blocks nobody asks for it."""
        if isinstance(self.written, Body):
            self.written = DeclaredBody.of(self.written, self.document)
        return self.written


@dataclass(slots=True)
class Declarations:
    """All that one folder declares."""

    files: list[ParsedFile]
    variables: dict[str, Declaration] = field(default_factory=dict)
    outputs: dict[str, Declaration] = field(default_factory=dict)
    calls: dict[str, Declaration] = field(default_factory=dict)
    resources: dict[tuple[str, str, str], Declaration] = field(default_factory=dict)
    """By mode (`managed`, `data` or `ephemeral`), type and name."""
    locals: dict[str, tuple[Attribute, Document]] = field(default_factory=dict)
    problems: list[EvaluationProblem] = field(default_factory=list)
    """Names that are declared twice, of which the first declaration counts."""

    _names: dict[tuple[str, str], list[str]] | None = field(default=None, repr=False)

    def names(self, kind: str, mode: str) -> list[str]:
        """Return the names of the resources of a type, in the order of the files."""
        if self._names is None:
            self._names = {}
            for its_mode, its_kind, name in self.resources:
                self._names.setdefault((its_mode, its_kind), []).append(name)
        return self._names.get((mode, kind), [])


def read_declarations(files: list[ParsedFile]) -> Declarations:
    """Return what files declare; files named `override` or `*_override` come last and override."""
    declared = Declarations(files)
    overriding = {file.document.path: file for file in files if is_override(file.document.path)}
    plain = [file for file in files if file.document.path not in overriding]
    for file in plain:
        for block in file.body.blocks:
            _declare(declared, block, file.document, overrides=False)
    for _, file in sorted(overriding.items()):
        for block in file.body.blocks:
            _declare(declared, block, file.document, overrides=True)
    more = len(declared.problems) - _MOST_TWICE
    if more > 0:
        # Files that do not belong together, such as samples in one folder: saying it a few times is enough.
        message = f"this and {more - 1} more names are declared a second time in this folder" if more > 1 else ""
        at = declared.problems[_MOST_TWICE]
        declared.problems[_MOST_TWICE:] = [EvaluationProblem(message or at.message, at.span)]
    return declared


def block_type(block: Block) -> str:
    """Return what a nested block is in the end: a `dynamic` block makes blocks of the type that its label names."""
    return block.labels[0].value if block.type == "dynamic" and block.labels else block.type


def _declare(declared: Declarations, block: Block, document: Document, *, overrides: bool) -> None:
    labels = tuple(label.value for label in block.labels)
    if block.type == "locals":
        for attribute in block.body.attributes:
            if overrides:
                if attribute.name not in declared.locals:
                    span = Span(document, attribute.start, attribute.end)
                    declared.problems.append(_nothing_to_override(f"local.{attribute.name}", span))
                    continue
                declared.locals[attribute.name] = (attribute, document)
            else:
                first = declared.locals.setdefault(attribute.name, (attribute, document))
                if first[0] is not attribute:
                    span = Span(document, attribute.start, attribute.start + len(attribute.name))
                    other = Span(first[1], first[0].start, first[0].end)
                    declared.problems.append(_twice(f"local.{attribute.name}", span, other))
    elif block.type in {"resource", "data", "ephemeral"} and len(labels) == 2:
        mode = "managed" if block.type == "resource" else block.type
        name = ".".join(labels if mode == "managed" else (mode, *labels))
        declaration = _declaration(block, labels, document)
        _put(declared, declared.resources, (mode, *labels), declaration, name, overrides=overrides)
    elif len(labels) == 1:
        table = {"variable": declared.variables, "output": declared.outputs, "module": declared.calls}.get(block.type)
        if table is not None:
            declaration = _declaration(block, labels, document)
            _put(declared, table, labels[0], declaration, f"{block.type}.{labels[0]}", overrides=overrides)


def _declaration(block: Block, labels: tuple[str, ...], document: Document) -> Declaration:
    return Declaration(
        labels,
        Span(document, block.start, block.header_end),
        Span(document, block.start, block.end),
        document,
        block.body,
    )


def _put(
    declared: Declarations,
    table: dict[K, Declaration],
    key: K,
    declaration: Declaration,
    name: str,
    *,
    overrides: bool,
) -> None:
    first = table.get(key)
    if overrides:
        if first is None:
            declared.problems.append(_nothing_to_override(name, declaration.header))
        else:
            first.body.override(declaration.body)
    elif first is None:
        table[key] = declaration
    else:
        declared.problems.append(_twice(name, declaration.header, first.header))


def _nothing_to_override(name: str, span: Span) -> EvaluationProblem:
    return EvaluationProblem(f"{name} is overridden here, and no other file declares it", span)


def _twice(name: str, span: Span, first: Span) -> EvaluationProblem:
    return EvaluationProblem(f"{name} is declared a second time; the first declaration is at {first}", span)
