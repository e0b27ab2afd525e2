"""Module instances: what their names stand for, their resources and the modules that they call."""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Hashable, Iterator, Mapping
from dataclasses import field
from typing import Protocol, TypeVar

from podroom.evaluation.bodies import BodyReader
from podroom.evaluation.constraints import ANY
from podroom.evaluation.declarations import Declaration, Declarations, read_declarations
from podroom.evaluation.expansion import Expansion, Repetition, expand_count, expand_for_each, scope_of
from podroom.evaluation.expressions import evaluate, failed_symbol
from podroom.evaluation.failures import BeyondReach, EvaluationFailure, EvaluationProblem
from podroom.evaluation.inputs import Assignment, Inputs
from podroom.evaluation.limits import MAX_MODULE_DEPTH, Budget, Suspend
from podroom.evaluation.operations import without_failures
from podroom.evaluation.provenance import Place
from podroom.evaluation.reading import unknown_of
from podroom.evaluation.resources import ResourceInstance, instance_suffix
from podroom.evaluation.scope import Scope
from podroom.evaluation.supplied import SuppliedModule, declarations_of, standing_for, standing_for_entry
from podroom.evaluation.terms import (
    Choice,
    LazyObject,
    ListTerm,
    MapTerm,
    ObjectTerm,
    Sym,
    Term,
    TupleTerm,
)
from podroom.evaluation.types import DYNAMIC, STRING
from podroom.evaluation.variables import Variable, given_as_text
from podroom.positions import Document, Span
from podroom.records import dataclass
from podroom.sources.hcl.parser import parse_expression, parse_template
from podroom.sources.hcl.syntax import (
    Expression,
    GetAttribute,
    GetIndex,
    Literal,
    ParsedFile,
    Reference,
)
from podroom.sources.installed_modules import InstalledModule
from podroom.values import Unknown

T = TypeVar("T")
_IN_PROGRESS = Sym(DYNAMIC, "it is being worked out")
_META = frozenset({"source", "version", "count", "for_each", "providers", "depends_on"})


class ProjectFiles(Protocol):
    """Gives evaluation the files of a project; evaluation itself reads nothing."""

    def configuration(self, directory: str) -> list[ParsedFile]:
        """Return the parsed configuration files of one folder."""

    def variables(self, directory: str) -> list[ParsedFile]:
        """Return the variable files that Terraform reads by itself, the weakest first."""

    def read_text(self, directory: str, path: str) -> Document | str:
        """Return a text file inside the project, or a clause that says why it is not read."""

    def child(self, directory: str, relative: str) -> str | None:
        """Return the folder of a relative module source, or None if there is no such folder."""

    def child_inside(self, directory: str, relative: str) -> str | None:
        """Return a folder below another, None if there is none or it lies outside the project."""

    def installed(self, root: str) -> Mapping[str, InstalledModule]:
        """Return the modules that were downloaded for a root module, by the dotted path of their call."""


class Adapters(Protocol):
    """Stands in for modules whose source is not here."""

    def __call__(self, call: ModuleCall) -> SuppliedModule | None:
        """Return what stands in for the module that is called, or None if nothing does."""


@dataclass(frozen=True, slots=True)
class Options:
    """What the user adds to the configuration.

    `inputs` bind root variables; a `workspace` of None means that any may be selected.  `adapters` stands
    in for absent modules.
    """

    inputs: Inputs = field(default_factory=Inputs)
    workspace: str | None = "default"
    adapters: Adapters | None = None


class Project:
    """What all module instances of one root share."""

    def __init__(self, files: ProjectFiles, options: Options, root: str) -> None:
        """Take the files, the options and the folder of the root module."""
        self.files = files
        self.options = options
        self.root = root
        self.budget = Budget()
        self.noted: set[tuple[str, str]] = set()
        self._declarations: dict[str, Declarations] = {}
        self._templates: dict[int, tuple[Document, Expression | str]] = {}

    def declarations(self, directory: str) -> Declarations:
        """Return what a folder declares, read once."""
        found = self._declarations.get(directory)
        if found is None:
            found = self._declarations[directory] = read_declarations(self.files.configuration(directory))
        return found

    def template(self, document: Document) -> Expression:
        """Return the tree of a template, parsed once; raise `EvaluationFailure` if it is invalid."""
        known = self._templates.get(id(document))
        if known is None:
            tree, problems = parse_template(document)
            known = (document, f"{document.path} is no valid template: {problems[0].message}" if problems else tree)
            self._templates[id(document)] = known
        if isinstance(known[1], str):
            raise EvaluationFailure(known[1])
        return known[1]


class ModuleCall:
    """A `module` block: what is called, and with which arguments."""

    def __init__(self, module: Module, declaration: Declaration) -> None:
        """Read the fixed parts of a call; nothing is evaluated."""
        self.module = module
        self.name = declaration.labels[0]
        self.span = declaration.header.shown
        self.block_span = declaration.block.shown
        self.declaration = declaration
        self.source = self._literal("source")
        self.key = f"{module.key}.{self.name}" if module.key else self.name
        self.installed = installed = self._installed()
        self.version = installed.version if installed and installed.version else self._literal("version")
        self.directory = self._directory(installed)
        self.downloaded = self.directory is not None and (installed is not None or module.downloaded)
        adapters = module.project.options.adapters
        self.supplied = adapters(self) if adapters is not None and self.directory is None else None
        self.address = f"{module.address}.module.{self.name}" if module.address else f"module.{self.name}"

    @property
    def source_text(self) -> str:
        """Return the source as it is written."""
        return self.source or "unknown source"

    @property
    def known(self) -> SuppliedModule | None:
        """Return what is known of the called module, also where its own files are read."""
        adapters = self.module.project.options.adapters
        return adapters(self) if self.downloaded and adapters is not None else self.supplied

    @property
    def absent(self) -> bool:
        """Return whether the called module's files are not here, and nothing stands in for them."""
        return self.directory is None and self.supplied is None

    def arguments(self) -> BodyReader:
        """Return the arguments, as the first instance gets them."""
        instances = self.module.call_instances(self.name)
        return (
            instances[0][1]
            if instances
            else BodyReader(self.declaration.body, self.module.scope(self.declaration.document), self.span)
        )

    def instances(self) -> Iterator[tuple[str, BodyReader, Unknown | None]]:
        """Iterate over the instances: address, arguments, and why it may not exist."""
        for repetition, body in self.module.call_instances(self.name):
            doubt = repetition.doubt
            maybe = None if doubt is None else unknown_of(doubt, self.span)
            yield f"{self.address}{instance_suffix(repetition)}", body, maybe

    def _literal(self, name: str) -> str | None:
        found = self.declaration.body.attributes.get(name)
        expression = found[0].expression if found else None
        return expression.value if isinstance(expression, Literal) and isinstance(expression.value, str) else None

    @property
    def local(self) -> bool:
        """Return whether the source is a folder beside the calling one."""
        return self.source is not None and (self.source.startswith(("./", "../")) or self.source in {".", ".."})

    def _installed(self) -> InstalledModule | None:
        """Return what was downloaded for this call, None if that was for another source or version."""
        if self.source is None or self.local or self.module.is_supplied:
            return None
        project = self.module.project
        found = project.files.installed(project.root).get(self.key)
        return found if found is not None and found.answers(self.source, self._literal("version")) else None

    def _directory(self, installed: InstalledModule | None) -> str | None:
        project = self.module.project
        if installed is not None:
            return project.files.child_inside(project.root, installed.directory)
        if self.source is None or not self.local:
            return None
        return project.files.child(self.module.directory, self.source)


class AbsentModule(LazyObject):
    """An instance of a module whose source is not here: an object of unknown outputs."""

    __slots__ = ("_call", "address")

    def __init__(self, call: ModuleCall, address: str) -> None:
        """Take the call and the address of the instance."""
        self._call = call
        self.address = address

    def attribute(self, name: str) -> Term:
        """Return an output, as a symbol."""
        return _absent_output(self._call, self.address, name)

    def names(self) -> None:
        """Return None: the outputs are not known."""
        return

    def symbol(self) -> Sym:
        """Return the module as a whole, as something unknown."""
        reason = f"the source of {self.address} ({self._call.source_text}) is not here"
        return Sym(DYNAMIC, reason, (self.address,), self.address, self.address, "", nonnull=True)


def _absent_output(call: ModuleCall, module: str, name: str) -> Sym:
    address = f"{module}.{name}"
    reason = f"{address} is an output of a module whose source ({call.source_text}) is not here"
    return Sym(DYNAMIC, reason, (address,), address, module, name)


class Module(LazyObject):
    """One instance of a module.  In expressions it is the object of its outputs."""

    def __init__(
        self,
        project: Project,
        address: str,
        directory: str,
        path: str,
        *,
        ancestors: tuple[str, ...] = (),
        arguments: BodyReader | None = None,
        doubt: Sym | None = None,
        call: ModuleCall | None = None,
    ) -> None:
        """Make an instance; `path` is what `path.module` is in it, `ancestors` are the folders above."""
        self.project = project
        self.address = address
        self.directory = directory
        self.doubt = doubt
        self.call = call
        self._path = path
        self._ancestors = ancestors
        self._arguments = arguments
        self._memo: dict[Hashable, Term] = {}
        self._results: dict[Hashable, object] = {}
        self.problems: list[EvaluationProblem] = list(self.declarations.problems)

    # --- what rules and assembly ask -------------------------------------------------------------

    @property
    def files(self) -> list[ParsedFile]:
        """Return the files of the module."""
        return self.declarations.files

    @property
    def declarations(self) -> Declarations:
        """Return what the files of the module declare, or what stands in for them."""
        call = self.call
        supplied = call.supplied if call is not None else None
        if call is None or not (supplied is not None or self.downloaded):
            return self.project.declarations(self.directory)
        place = call.span if self._arguments is None else self._arguments.span
        if supplied is not None:
            return self._once("declarations", lambda: supplied.declarations(place))
        return self._once(
            "declarations",
            lambda: declarations_of(self.project.files.configuration(self.directory), call.source_text, place),
        )

    @property
    def downloaded(self) -> bool:
        """Return whether the files of the module were downloaded, so that nobody may be sent to them."""
        return self.call is not None and self.call.downloaded

    @property
    def key(self) -> str:
        """Return the dotted path of the calls that lead here, empty for the root module."""
        return "" if self.call is None else self.call.key

    @property
    def is_supplied(self) -> bool:
        """Return whether podroom's own text stands in for the files of the module."""
        return self.call is not None and self.call.supplied is not None

    @property
    def maybe(self) -> Unknown | None:
        """Return why the module instance, or one that it is in, may not exist; None if it is sure to."""
        if self.call is None:
            return None
        return self.call.module.maybe if self.doubt is None else unknown_of(self.doubt, self.call.span)

    def resources(self, *types: str, mode: str = "managed") -> Iterator[ResourceInstance]:
        """Iterate over the instances of resources of some types (all types if none is given)."""
        declared = self.declarations.resources
        for (its_mode, kind, name), _ in list(declared.items()):
            if its_mode == mode and (not types or kind in types):
                yield from self.instances(mode, kind, name)

    def modules(self) -> Iterator[Module]:
        """Iterate over the instances of the modules that are called and whose source is here."""
        for name in self.declarations.calls:
            yield from self.modules_called(name)

    def modules_called(self, name: str) -> Iterator[Module]:
        """Iterate over the instances of one called module, if its source is here."""
        for child in self.children(name):
            if isinstance(child, Module):
                yield child

    def calls(self) -> Iterator[ModuleCall]:
        """Iterate over the calls of modules, those included whose source is not here."""
        for name in self.declarations.calls:
            yield self._call(name)

    def walk(self) -> Iterator[Module]:
        """Iterate over this module and all below it."""
        pending = [self]
        while pending:
            module = pending.pop()
            yield module
            pending.extend(reversed(list(module.modules())))

    # --- names -----------------------------------------------------------------------------------

    def scope(self, document: Document, names: Mapping[str, Term] | None = None) -> Scope:
        """Return the scope of an expression in one of the module's documents."""
        return Scope(self, document, self.project.budget, names)

    def named(self, key: Hashable, compute: Callable[[], Term], shown: str, span: Span) -> Term:
        """Return the value of something that has a name, worked out once.

        A failure becomes an unknown that says so, and so does a cycle.
        """
        known = self._memo.get(key)
        if known is _IN_PROGRESS:
            return self._cycle(key, shown, span)
        if known is not None:
            return known
        budget = self.project.budget
        if budget.deep:
            raise Suspend(
                (id(self), key),
                lambda: self.named(key, compute, shown, span),
                lambda: self._break_cycle(key, shown, span),
            )
        return budget.run(lambda: self._compute(key, compute, shown, span))

    def _compute(self, key: Hashable, compute: Callable[[], Term], shown: str, span: Span) -> Term:
        budget = self.project.budget
        trying, budget.trying = budget.trying, 0
        self._memo[key] = _IN_PROGRESS
        try:
            term = without_failures(compute())
        except EvaluationFailure as failure:
            term = self._failed(failure, shown, span)
        except BaseException:
            del self._memo[key]
            raise
        finally:
            budget.trying = trying
        self._memo[key] = term
        return term

    def _failed(self, failure: EvaluationFailure, shown: str, span: Span) -> Sym:
        place = (failure.span or span).shown
        self.note(EvaluationProblem(failure.message, place, not isinstance(failure, BeyondReach)))
        return Sym(DYNAMIC, f"{shown} has no value: {failure.message} ({place})", (shown,), origin=place)

    def _cycle(self, key: Hashable, shown: str, span: Span) -> Sym:  # noqa: ARG002 - same shape as _break_cycle
        self.note(EvaluationProblem(f"{shown} depends on itself", span))
        return Sym(DYNAMIC, f"{shown} depends on itself ({span.shown})", (shown,), origin=span)

    def _break_cycle(self, key: Hashable, shown: str, span: Span) -> None:
        self._memo[key] = self._cycle(key, shown, span)

    def note(self, problem: EvaluationProblem) -> None:
        """Keep a problem; each is kept once in the whole project."""
        if problem.span is not None and problem.span.supplied:
            problem = EvaluationProblem(problem.message, problem.span.shown, problem.serious)
        key = (problem.message, str(problem.span))
        if key not in self.project.noted:
            self.project.noted.add(key)
            self.problems.append(problem)

    def read_file(self, path: str) -> Document | str:
        """Return a file for `file()` and its like; relative paths start at the root module's folder."""
        text = self.project.files.read_text(self.project.root, path)
        if not self.downloaded or self.call is None or isinstance(text, str) or path.startswith("../"):
            return text
        call, read = self.call, text
        return self._once(("file", path), lambda: standing_for(read, call.source_text, call.span))

    def parse_template(self, document: Document) -> Expression:
        """Return the tree of a template."""
        return self.project.template(document)

    def resolve(self, path: tuple[str, ...]) -> tuple[Term, int] | None:
        """Return the value of a declared name, and how many steps of `path` name it."""
        if len(path) < 2:
            return None
        first, second = path[:2]
        if first == "var":
            variable = self.variable(second)
            if variable is None:
                return None
            header = variable.declaration.header
            return self.named(("var", second), variable.value, variable.address, header), 2
        if first == "local":
            return self._local(second)
        if first == "module":
            return (self._module_value(second), 2) if second in self.declarations.calls else None
        if first == "path":
            return ({"module": self._path}.get(second, "."), 2) if second in {"module", "root", "cwd"} else None
        if first in {"terraform", "tofu"}:
            return (self._workspace(), 2) if second == "workspace" else None
        if first == "data":
            if len(path) < 3 or ("data", second, path[2]) not in self.declarations.resources:
                return None
            return self._resource_value("data", second, path[2]), 3
        if ("managed", first, second) in self.declarations.resources:
            return self._resource_value("managed", first, second), 2
        return None

    def _workspace(self) -> Term:
        workspace = self.project.options.workspace
        if workspace is not None:
            return workspace
        name = "terraform.workspace"
        return Sym(STRING, f"{name} is not given; pass --workspace", (name,), name, nonnull=True, filled=True)

    def _local(self, name: str) -> tuple[Term, int] | None:
        found = self.declarations.locals.get(name)
        if found is None:
            return None
        scope = self.scope(found[1])
        expression = found[0].expression
        return self.named(
            ("local", name), lambda: evaluate(expression, scope), self._shown(f"local.{name}"), scope.span(found[0])
        ), 2

    def _shown(self, name: str) -> str:
        return f"{self.address}.{name}" if self.address else name

    # --- variables and outputs -------------------------------------------------------------------

    def variable(self, name: str) -> Variable | None:
        """Return a declared variable, or None."""
        return self._once(("variable", name), lambda: self._variable(name))

    def _variable(self, name: str) -> Variable | None:
        declaration = self.declarations.variables.get(name)
        if declaration is None:
            return None
        scope = self.scope(declaration.document)
        supplied = self._supplied(name, declaration, scope)
        return Variable(name, self._shown(f"var.{name}"), declaration, scope, supplied, self._arguments is None)

    def _supplied(self, name: str, declaration: Declaration, scope: Scope) -> Place | None:
        if self._arguments is not None:
            return None if name in _META else self._arguments.place_of(name)
        found = self.project.options.inputs.find(name, self.project.files.variables(self.directory))
        if isinstance(found, Assignment):
            return self._assigned(found, declaration, scope)
        if found is None:
            return None
        return Place(found[0].expression, Scope(self, found[1], self.project.budget, isolated=True))

    def _assigned(self, assignment: Assignment, declaration: Declaration, scope: Scope) -> Place:
        name, text = assignment.name, assignment.text
        document = Document(assignment.shown, text)
        isolated = Scope(self, document, self.project.budget, isolated=True)
        try:
            constraint = Variable(name, name, declaration, scope, None, is_root=True).constraint()
        except EvaluationFailure:
            constraint = ANY
        if given_as_text(constraint):
            return Place(Literal(text, 0, len(text)), isolated)
        expression, problems = parse_expression(document)
        return Place(Literal(text, 0, len(text)) if problems else expression, isolated)

    def attribute(self, name: str) -> Term:
        """Return the value of an output; raise `EvaluationFailure` if there is no such output."""
        declaration = self.declarations.outputs.get(name)
        if declaration is None and self.is_supplied and self.call is not None:
            return _absent_output(self.call, self.address, name)
        if declaration is None:
            raise EvaluationFailure(f'{self.address} has no output "{name}"')
        found = declaration.body.attributes.get("value")
        if found is None:
            raise EvaluationFailure(f'the output "{name}" of {self.address} has no value')
        scope = self.scope(found[1])
        expression = found[0].expression
        return self.named(
            ("output", name), lambda: evaluate(expression, scope), f"{self.address}.{name}", declaration.header
        )

    def names(self) -> tuple[str, ...] | None:
        """Return the names of the outputs; None if there may be more."""
        return None if self.is_supplied else tuple(self.declarations.outputs)

    def symbol(self) -> Sym:
        """Return the module as a whole, as something unknown."""
        return Sym(DYNAMIC, f"{self.address} is not known as a whole", (self.address,), nonnull=True)

    # --- repetition ------------------------------------------------------------------------------

    def _expand(self, key: Hashable, declaration: Declaration) -> tuple[Expansion, Scope, Expression | None]:
        return self._once(key, lambda: self.project.budget.run(lambda: self._expansion(declaration)))

    def _expansion(self, declaration: Declaration) -> tuple[Expansion, Scope, Expression | None]:
        body = declaration.body
        for name, expand in (("for_each", expand_for_each), ("count", expand_count)):
            if name not in body.attributes:
                continue
            attribute, document = body.attributes[name]
            scope = self.scope(document)
            shown = f"{name} of {self._shown('.'.join(declaration.labels))}"
            key = (name, id(declaration))
            term = self.named(key, lambda: evaluate(attribute.expression, scope), shown, scope.span(attribute))  # noqa: B023 - called before the loop goes on
            try:
                return expand(term), scope, attribute.expression
            except EvaluationFailure as failure:
                failure.span = failure.span or scope.span(attribute)
                return expand(failed_symbol(failure, scope, attribute.expression)), scope, attribute.expression
        return Expansion((Repetition(None, "", ""),)), self.scope(declaration.document), None

    def _repeated(
        self, key: Hashable, declaration: Declaration, make: Callable[[Declaration, Repetition, Scope], T]
    ) -> list[T]:
        expansion, scope, source = self._expand(("expansion", key), declaration)
        made: list[T] = []
        for repetition in expansion.repetitions:
            try:
                self.project.budget.add_instance()
            except BeyondReach as failure:
                self.note(EvaluationProblem(failure.message, declaration.header, serious=False))
                break
            placed = standing_for_entry(declaration, repetition, scope, source)
            inner = self._repetition_scope(declaration, repetition, scope, source)
            made.append(make(placed, repetition, inner))
        return made

    def _repetition_scope(
        self, declaration: Declaration, repetition: Repetition, scope: Scope, source: Expression | None
    ) -> Scope:
        if "count" in declaration.body.attributes and "for_each" not in declaration.body.attributes:
            return scope.child({"count": ObjectTerm({"index": repetition.each_value})})
        if source is None:
            return scope
        each = ObjectTerm({"key": repetition.each_key, "value": repetition.each_value})
        return scope_of(scope, repetition, source, {"each": each}, "each")

    def _as_value(self, key: Hashable, declaration: Declaration, instances: list[LazyObject]) -> Term:
        """Return what a reference to a repeated block is: an object, a tuple, or an object of objects."""
        expansion, _, source = self._expand(("expansion", key), declaration)
        if source is None:
            return instances[0]
        by_key = {
            repetition.key: instance for repetition, instance in zip(expansion.repetitions, instances, strict=False)
        }
        counted = "for_each" not in declaration.body.attributes

        def collection(keys: frozenset[str | int | None]) -> Term:
            if counted:
                return TupleTerm([by_key[at] for at in range(len(keys)) if at in by_key], expansion.rest, len(keys))
            found = {str(name): by_key[name] for name in keys if name in by_key and name is not None}
            return ObjectTerm(found, expansion.rest)

        if expansion.choice is not None:
            options = tuple(collection(keys) for keys in expansion.cases)
            choice = expansion.choice
            return Choice(choice.decision, options, choice.reason, choice.refs)
        return collection(frozenset(by_key))

    # --- resources -------------------------------------------------------------------------------

    def instances(self, mode: str, kind: str, name: str) -> list[ResourceInstance]:
        """Return the instances of one declared resource."""
        key = (mode, kind, name)
        declaration = self.declarations.resources[key]
        return self._once(
            ("instances", key),
            lambda: self._repeated(
                key,
                declaration,
                lambda placed, repetition, scope: ResourceInstance(self, placed, mode, repetition, scope),
            ),
        )

    def _resource_value(self, mode: str, kind: str, name: str) -> Term:
        key = (mode, kind, name)
        declaration = self.declarations.resources[key]
        shown = self._shown(f"{'data.' if mode == 'data' else ''}{kind}.{name}")
        return self.named(
            ("resource", key),
            lambda: self._as_value(key, declaration, list(self.instances(mode, kind, name))),
            shown,
            declaration.header,
        )

    # --- modules ---------------------------------------------------------------------------------

    def _call(self, name: str) -> ModuleCall:
        return self._once(("call", name), lambda: ModuleCall(self, self.declarations.calls[name]))

    def call_instances(self, name: str) -> list[tuple[Repetition, BodyReader]]:
        """Return the repetitions of a call, each with its arguments."""
        declaration = self.declarations.calls[name]
        return self._once(
            ("arguments", name),
            lambda: self._repeated(
                ("module", name),
                declaration,
                lambda placed, repetition, scope: (repetition, BodyReader(placed.body, scope, placed.header)),
            ),
        )

    def children(self, name: str) -> list[Module | AbsentModule]:
        """Return the instances of one called module."""
        return self._once(("children", name), lambda: self._children(name))

    def _children(self, name: str) -> list[Module | AbsentModule]:
        call = self._call(name)
        directory, supplied = call.directory, call.supplied
        if directory is not None and (directory == self.directory or directory in self._ancestors):
            self.note(EvaluationProblem(f"{call.address} calls a module that it is part of", call.span))
            directory = None
        if call.local and call.directory is None:
            self.note(
                EvaluationProblem(f"{call.address} calls {call.source_text}, and there is no such folder", call.span)
            )
        if len(self._ancestors) >= MAX_MODULE_DEPTH:
            self.note(
                EvaluationProblem("modules are nested more deeply than podroom follows", call.span, serious=False)
            )
            directory, supplied = None, None
        children: list[Module | AbsentModule] = []
        for repetition, body in self.call_instances(name):
            address = f"{call.address}{instance_suffix(repetition)}"
            if directory is None and supplied is None:
                children.append(AbsentModule(call, address))
                continue
            children.append(
                Module(
                    self.project,
                    address,
                    directory or call.source_text,
                    self._path_of(call),
                    ancestors=(*self._ancestors, self.directory),
                    arguments=body,
                    doubt=repetition.doubt or self.doubt,
                    call=call,
                )
            )
        return children

    def _path_of(self, call: ModuleCall) -> str:
        """Return what `path.module` is in a called module."""
        if call.installed is not None and call.directory is not None:
            return posixpath.normpath(call.installed.directory)
        return posixpath.normpath(posixpath.join(self._path, call.source_text))

    def _module_value(self, name: str) -> Term:
        declaration = self.declarations.calls[name]
        return self.named(
            ("module", name),
            lambda: self._as_value(("module", name), declaration, list(self.children(name))),
            self._shown(f"module.{name}"),
            declaration.header,
        )

    # --- provenance ------------------------------------------------------------------------------

    def locate(self, name: str, steps: tuple[str | int, ...]) -> Place | None:
        """Return the place that supplies a declared value, and the steps into it."""
        if not steps or not isinstance(steps[0], str):
            return None
        second, rest = steps[0], steps[1:]
        if name == "local":
            found = self.declarations.locals.get(second)
            return None if found is None else Place(found[0].expression, self.scope(found[1]), rest)
        if name == "var":
            return self._locate_variable(second, rest)
        if name == "module":
            return self._locate_output(second, rest)
        owner = self._owner(name, steps)
        if owner is None:
            return None
        instance, remaining = owner
        if not remaining or not isinstance(remaining[0], str):
            return None
        place = instance.place_of(remaining[0])
        return None if place is None else Place(place.expression, place.scope, remaining[1:])

    def _locate_variable(self, name: str, steps: tuple[str | int, ...]) -> Place | None:
        variable = self.variable(name)
        chosen = variable.chosen() if variable else None
        if variable is None or chosen is None:
            return None
        if steps and not _leads_somewhere(chosen, steps):
            return variable.optional_default(steps)
        return Place(chosen.expression, chosen.scope, steps)

    def _locate_output(self, name: str, steps: tuple[str | int, ...]) -> Place | None:
        if name not in self.declarations.calls:
            return None
        child, remaining = _pick(self.children(name), self.call_instances(name), steps)
        if not isinstance(child, Module) or not remaining or not isinstance(remaining[0], str):
            return None
        declaration = child.declarations.outputs.get(remaining[0])
        found = declaration.body.attributes.get("value") if declaration else None
        return None if found is None else Place(found[0].expression, child.scope(found[1]), remaining[1:])

    def _owner(self, name: str, steps: tuple[str | int, ...]) -> tuple[ResourceInstance, tuple[str | int, ...]] | None:
        mode = "data" if name == "data" else "managed"
        names = (name, *steps) if mode == "managed" else steps
        if len(names) < 2:
            return None
        kind, second, remaining = str(names[0]), str(names[1]), names[2:]
        if (mode, kind, second) not in self.declarations.resources:
            return None
        instances = self.instances(mode, kind, second)
        if len(instances) == 1 and instances[0].key is None:
            return instances[0], remaining
        if not remaining:
            return None
        found = next((instance for instance in instances if instance.key == remaining[0]), None)
        return None if found is None else (found, remaining[1:])

    def owner_of(self, node: Expression, scope: Scope) -> tuple[str, str] | None:
        """Return the resource and attribute that an expression refers to, if it does so directly."""
        steps: list[str | int] = []
        root = node
        while isinstance(root, GetAttribute | GetIndex):
            if isinstance(root, GetAttribute):
                steps.append(root.name)
            else:
                key = evaluate(root.key, scope)
                if isinstance(key, bool) or not isinstance(key, str | int):
                    return None
                steps.append(key)
            root = root.source
        if not isinstance(root, Reference) or root.name in scope.names or root.name in {"var", "local", "module"}:
            return None
        owner = self._owner(root.name, tuple(reversed(steps)))
        if owner is None or len(owner[1]) != 1:
            return None
        return owner[0].address, str(owner[1][0])

    def _once(self, key: Hashable, work: Callable[[], T]) -> T:
        if key not in self._results:
            self._results[key] = work()
        return self._results[key]  # type: ignore[return-value]  # every key is used with one type


def _pick(
    children: list[Module | AbsentModule],
    repetitions: list[tuple[Repetition, BodyReader]],
    steps: tuple[str | int, ...],
) -> tuple[Module | AbsentModule | None, tuple[str | int, ...]]:
    """Return the instance that the first step names (or the only one), and the remaining steps."""
    if len(children) == 1 and repetitions[0][0].key is None:
        return children[0], steps
    for child, (repetition, _) in zip(children, repetitions, strict=False):
        if steps and repetition.key == steps[0]:
            return child, steps[1:]
    return None, steps


def _leads_somewhere(place: Place, steps: tuple[str | int, ...]) -> bool:
    """Return whether a value as it was given holds something at the end of some steps."""
    try:
        term = evaluate(place.expression, place.scope)
    except EvaluationFailure:
        return False
    for step in steps:
        if isinstance(term, MapTerm | ObjectTerm):
            if step not in term.entries:
                return False
            term = term.entries[str(step)]
        elif isinstance(term, TupleTerm | ListTerm) and isinstance(step, int):
            if step >= len(term.items):
                return False
            term = term.items[step]
        else:
            return True
    return True
