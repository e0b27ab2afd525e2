"""What the names in an expression stand for, and an expression together with them: a place."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Protocol, TypeAlias

from podroom.evaluation.failures import EvaluationProblem
from podroom.evaluation.limits import Budget
from podroom.evaluation.terms import Term
from podroom.positions import Document, Span
from podroom.records import dataclass
from podroom.sources.hcl.syntax import Attribute, Block, Expression

if TYPE_CHECKING:
    from podroom.evaluation.filesets import Listing
    from podroom.sources.yaml import Stream

Origin: TypeAlias = "Callable[[tuple[str | int, ...]], Place | None]"


class Resolver(Protocol):
    """Gives the values of the names that a module declares."""

    def resolve(self, path: tuple[str, ...]) -> tuple[Term, int] | None:
        """Return the value of the longest declared prefix of a dotted path, and its length.

        None means that nothing of this name is declared.
        """

    def locate(self, name: str, steps: tuple[str | int, ...]) -> Place | None:
        """Return the place that supplies the value of a declared name, followed by steps into it."""

    def owner_of(self, node: Expression, scope: Scope) -> tuple[str, str] | None:
        """Return the address and attribute of the resource that an expression refers to directly."""

    def read_file(self, path: str) -> Document | str:
        """Return a file inside the project, or a clause that says why it cannot be read."""

    def list_folder(self, path: str) -> Listing | str | None:
        """Return the names in a folder inside the project, None if it is none, or why it cannot be read."""

    def note(self, problem: EvaluationProblem) -> None:
        """Keep a problem for the person who reads the report."""

    def compose(self, document: Document) -> Stream:
        """Return the tree of a file of YAML or JSON."""

    def parse_template(self, document: Document) -> Expression:
        """Return the syntax tree of a template; raise `EvaluationFailure` if it is invalid."""


class Scope:
    """The names that are visible to an expression, and the document that it stands in.

    `names` hold the local ones: `each`, `count`, iterators, variables of `for` and of templates.  Every
    other name is asked of `resolver`, which is None where nothing but `names` is visible (templates).
    """

    __slots__ = ("budget", "constant", "document", "isolated", "names", "origins", "resolver")

    def __init__(
        self,
        resolver: Resolver,
        document: Document,
        budget: Budget,
        names: Mapping[str, Term] | None = None,
        *,
        isolated: bool = False,
        constant: bool = False,
        origins: Mapping[str, Origin] | None = None,
    ) -> None:
        """Make a scope.

        `isolated` hides the names of the module, as in a template file, and `constant` allows neither these nor any
        functions, as in a variable file; `origins` lead from a local
        name to the place of the value that it stands for (`provenance`).
        """
        self.resolver = resolver
        self.document = document
        self.budget = budget
        self.names: Mapping[str, Term] = names or {}
        self.isolated = isolated or constant
        self.constant = constant
        self.origins: Mapping[str, Origin] = origins or {}

    def child(self, names: Mapping[str, Term]) -> Scope:
        """Return a scope that sees these names too."""
        return Scope(
            self.resolver,
            self.document,
            self.budget,
            {**self.names, **names},
            isolated=self.isolated,
            constant=self.constant,
            origins=self.origins,
        )

    def located(self, origins: Mapping[str, Origin]) -> Scope:
        """Return the same scope with the origins of some of its local names."""
        return Scope(
            self.resolver,
            self.document,
            self.budget,
            self.names,
            isolated=self.isolated,
            constant=self.constant,
            origins={**self.origins, **origins},
        )

    def at(self, document: Document) -> Scope:
        """Return the same names as seen from another document of the module."""
        if document is self.document:
            return self
        return Scope(
            self.resolver,
            document,
            self.budget,
            self.names,
            isolated=self.isolated,
            constant=self.constant,
            origins=self.origins,
        )

    def span(self, node: Expression | Attribute | Block) -> Span:
        """Return the place of an expression."""
        return Span(self.document, node.start, node.end)


@dataclass(frozen=True, slots=True)
class Place:
    """An expression in its scope, and the steps from its value to the value in question."""

    expression: Expression
    scope: Scope
    path: tuple[str | int, ...] = ()

    @property
    def span(self) -> Span:
        """Return where the expression stands."""
        return self.scope.span(self.expression)
