"""Small changes to a module, each of which a test should notice.

Judgements are changed: comparisons, conditions, numbers, guards, statements.  What is only said is not: words, the
evidence and the confidence of a finding, and what a rule's function returns as text or notes.  Nor is what only the
examples of a rule are made of.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

COMPARISONS: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
}
OPERATORS: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.FloorDiv,
    ast.FloorDiv: ast.Mult,
    ast.Mod: ast.Mult,
    ast.Pow: ast.Mult,
}
FUNCTIONS = {"min": "max", "max": "min", "any": "all", "all": "any"}
WORDS_OF_A_FINDING = {"label", "effect", "fix", "assumption", "message", "related", "evidence", "confidence", "working"}
WORDS = {"str", "str | None", "list[str]", "Evidence", "Note", "Note | None", "tuple[Note, ...]", "Confidence"}
"""What a function of a rule returns that only says something."""

LONGEST_TEXT = 160


@dataclass(frozen=True)
class Slot:
    """Where a node stands: in a field of its parent, at `index` if that is a list."""

    parent: ast.AST
    field: str
    index: int | None = None


@dataclass(frozen=True)
class Mutation:
    """One change: `new` in the place of the node that stands in a slot."""

    function: str
    """The qualified name of the function, or that of a constant of the module."""
    text: str
    first_line: int
    last_line: int
    slot: Slot
    new: ast.AST

    @property
    def constant(self) -> bool:
        """Return whether a constant of the module is changed, which is worked out before any function runs."""
        return self.first_line == 0

    def apply(self) -> None:
        """Change the tree that the mutation was found in."""
        if self.slot.index is None:
            setattr(self.slot.parent, self.slot.field, self.new)
        else:
            getattr(self.slot.parent, self.slot.field)[self.slot.index] = self.new


@dataclass(frozen=True)
class _Place:
    """Where the walk is: the names around, and the lines of the statement."""

    names: tuple[str, ...]
    first_line: int = 0
    last_line: int = 0


class Mutations:
    """All mutations of one module."""

    def __init__(self, path: Path, *, says: bool) -> None:
        """Read a module; `says` if its functions that return text are words for people, as those of rules are."""
        self.path = path
        self.tree = ast.parse(path.read_text(encoding="utf-8"))
        self._says = says
        judging = _judging(self.tree) if says else self.tree.body
        self.all = list(self._of_definitions(judging, ()))

    def _of_definitions(self, body: Sequence[ast.stmt], names: tuple[str, ...]) -> Iterator[Mutation]:
        for statement in body:
            if isinstance(statement, ast.ClassDef):
                yield from self._of_definitions(statement.body, (*names, statement.name))
            elif isinstance(statement, ast.FunctionDef):
                yield from self._of_function(statement, names)
            elif not names and isinstance(statement, (ast.Assign, ast.AnnAssign)) and statement.value is not None:
                target = statement.targets[0] if isinstance(statement, ast.Assign) else statement.target
                if isinstance(target, ast.Name) and not _is_an_alias(statement):
                    yield from self._of_field(Slot(statement, "value"), statement.value, _Place((target.id,)))

    def _of_function(self, function: ast.FunctionDef, names: tuple[str, ...]) -> Iterator[Mutation]:
        if self._says and function.returns is not None and ast.unparse(function.returns) in WORDS:
            return
        yield from self._of_body(function, "body", (*names, function.name))

    def _of_body(self, parent: ast.AST, field: str, names: tuple[str, ...]) -> Iterator[Mutation]:
        for index, statement in enumerate(getattr(parent, field)):
            if isinstance(statement, ast.FunctionDef):
                yield from self._of_function(statement, (*names, "<locals>"))
                continue
            inner = getattr(statement, "body", None)
            last = inner[0].lineno - 1 if inner else statement.end_lineno or 0
            place = _Place(names, statement.lineno, max(last, statement.lineno))
            if _can_go(statement):
                # Still there, but never run: so the function knows the same names of those around it.
                new = ast.copy_location(ast.If(test=ast.Constant(value=False), body=[statement], orelse=[]), statement)
                ast.fix_missing_locations(new)
                yield _mutation(place, f"without `{_shown(statement)}`", Slot(parent, field, index), new)
            yield from self._of_fields(statement, place)

    def _of_fields(self, node: ast.AST, place: _Place) -> Iterator[Mutation]:
        for field, value in ast.iter_fields(node):
            if field in {"annotation", "returns", "decorator_list"} or isinstance(node, ast.Raise):
                continue
            if isinstance(value, list) and value and isinstance(value[0], ast.stmt):
                yield from self._of_body(node, field, place.names)
            elif isinstance(value, list):
                for index, item in enumerate(value):
                    if isinstance(item, ast.AST) and not (field == "args" and _is_finding(node) and index > 1):
                        yield from self._of_field(Slot(node, field, index), item, place)
            elif isinstance(value, ast.AST):
                yield from self._of_field(Slot(node, field), value, place)

    def _of_field(self, slot: Slot, node: ast.AST, place: _Place) -> Iterator[Mutation]:
        if _only_says(node):
            return
        for new in _replacements(slot, node):
            yield _mutation(place, _told(node, new), slot, _located(new, node))
        yield from self._of_fields(node, place)


def _judging(tree: ast.Module) -> list[ast.stmt]:
    """Return what the classes of a rule's module do, and what they need for it: not what only examples are made of.

    That is the whole of a module with no rule in it.
    """
    classes = [statement for statement in tree.body if isinstance(statement, ast.ClassDef)]
    if not any(_defined(statement) == "bad" for one in classes for statement in one.body):
        return tree.body
    found: list[ast.stmt] = [*classes]
    waiting: list[ast.stmt] = [part for one in classes for part in one.body if isinstance(part, ast.FunctionDef)]
    while waiting:
        names = {node.id for node in ast.walk(waiting.pop()) if isinstance(node, ast.Name)}
        needed = [statement for statement in tree.body if statement not in found and _defined(statement) in names]
        found += needed
        waiting += needed
    return [statement for statement in tree.body if statement in found]


def _defined(statement: ast.stmt) -> str | None:
    """Return the name that a function or an assignment gives to something."""
    if isinstance(statement, ast.FunctionDef):
        return statement.name
    target = statement.targets[0] if isinstance(statement, ast.Assign) else getattr(statement, "target", None)
    return target.id if isinstance(target, ast.Name) else None


def _mutation(place: _Place, text: str, slot: Slot, new: ast.AST) -> Mutation:
    return Mutation(".".join(place.names), text, place.first_line, place.last_line, slot, new)


def _located(new: ast.AST, old: ast.AST) -> ast.AST:
    if hasattr(old, "lineno") and not hasattr(new, "lineno"):
        ast.copy_location(new, old)
    return ast.fix_missing_locations(new) if hasattr(new, "lineno") else new


def _shown(node: ast.AST) -> str:
    text = " ".join(ast.unparse(node).split())
    return text if len(text) <= LONGEST_TEXT else f"{text[: LONGEST_TEXT - 3]}..."


def _told(node: ast.AST, new: ast.AST) -> str:
    if isinstance(node, ast.BoolOp):
        kept = new.values if isinstance(new, ast.BoolOp) else [new]
        gone = [value for value in node.values if value not in kept]
        if len(gone) == 1:
            return f"without `{'and' if isinstance(node.op, ast.And) else 'or'} {_shown(gone[0])}`"
    return f"`{_shown(node)}` as `{_shown(new)}`"


def _is_an_alias(statement: ast.Assign | ast.AnnAssign) -> bool:
    return isinstance(statement, ast.AnnAssign) and ast.unparse(statement.annotation) == "TypeAlias"


def _is_finding(node: ast.AST) -> bool:
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "finding"


def _only_says(node: ast.AST) -> bool:
    """Return whether a part of an expression only says something to people."""
    if isinstance(node, ast.keyword):
        checks_itself = node.arg == "strict" and ast.unparse(node.value) == "True"  # zip(), where lengths are equal
        return checks_itself or node.arg in WORDS_OF_A_FINDING
    if isinstance(node, ast.Call):
        name = node.func.id if isinstance(node.func, ast.Name) else ""
        return name in {"Note", "Unknown", "counted", "cast", "TypeVar", "pattern"}
    return _is_text(node)


def _is_text(node: ast.AST) -> bool:
    if isinstance(node, ast.IfExp):
        return _is_text(node.body) and _is_text(node.orelse)
    if isinstance(node, ast.BoolOp):
        return _is_text(node.values[-1])
    return isinstance(node, ast.JoinedStr) or (isinstance(node, ast.Constant) and isinstance(node.value, str))


def _makes_text(node: ast.BinOp) -> bool:
    """Return whether texts are put together; a constant before `%` is one that is filled in."""
    filled_in = isinstance(node.op, ast.Mod) and isinstance(node.left, ast.Name) and node.left.id.isupper()
    return filled_in or _is_text(node.left) or _is_text(node.right)


def _can_go(statement: ast.stmt) -> bool:
    """Return whether a module is still a module without a statement."""
    if isinstance(statement, ast.Expr):
        return not isinstance(statement.value, ast.Constant)
    return isinstance(statement, (ast.AugAssign, ast.Continue, ast.Break))


def _replacements(slot: Slot, node: ast.AST) -> Iterator[ast.AST]:
    if slot.field == "test" and isinstance(slot.parent, (ast.If, ast.IfExp)):
        yield ast.Constant(value=True)
        yield ast.Constant(value=False)
    elif slot.field == "ifs":
        yield ast.Constant(value=True)
    if isinstance(node, ast.Compare):
        for index, operator in enumerate(node.ops):
            operators = [*node.ops]
            operators[index] = COMPARISONS[type(operator)]()
            yield ast.Compare(left=node.left, ops=operators, comparators=node.comparators)
    elif isinstance(node, ast.BoolOp):
        for index in range(len(node.values)):
            rest = [*node.values[:index], *node.values[index + 1 :]]
            yield rest[0] if len(rest) == 1 else ast.BoolOp(op=node.op, values=rest)
    elif isinstance(node, ast.BinOp) and type(node.op) in OPERATORS and not _makes_text(node):
        yield ast.BinOp(left=node.left, op=OPERATORS[type(node.op)](), right=node.right)
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, (ast.Not, ast.USub)):
        yield node.operand
    elif isinstance(node, ast.Constant) and isinstance(node.value, bool):
        yield ast.Constant(value=not node.value)
    elif isinstance(node, ast.Constant) and isinstance(node.value, int):
        yield ast.Constant(value=node.value + 1)
    elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in FUNCTIONS:
        other = ast.Name(id=FUNCTIONS[node.func.id], ctx=ast.Load())
        yield ast.Call(func=other, args=node.args, keywords=node.keywords)
    elif isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Constant) and node.slice.value == 0:
        yield ast.Subscript(value=node.value, slice=ast.Constant(value=-1), ctx=node.ctx)
