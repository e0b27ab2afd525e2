"""Module instances: what their names stand for, their resources and the modules that they call."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from podroom.evaluation.bodies import BodyReader
from podroom.evaluation.constraints import ANY
from podroom.evaluation.declarations import Declaration, Declarations
from podroom.evaluation.expansion import Repetition
from podroom.evaluation.expressions import evaluate
from podroom.evaluation.failures import EvaluationFailure, EvaluationProblem
from podroom.evaluation.inputs import Assignment
from podroom.evaluation.limits import MAX_MODULE_DEPTH
from podroom.evaluation.locating import locate, owner_of
from podroom.evaluation.module_calls import AbsentModule, ModuleCall, absent_output
from podroom.evaluation.names import Names
from podroom.evaluation.reading import unknown_of
from podroom.evaluation.repetition import as_value, repeated
from podroom.evaluation.resources import ResourceInstance, instance_suffix
from podroom.evaluation.root import Project
from podroom.evaluation.scope import Place, Scope
from podroom.evaluation.supplied import declarations_of, standing_for
from podroom.evaluation.terms import SelectedWorkspace, Sym, Term
from podroom.evaluation.types import BOOL, DYNAMIC, STRING
from podroom.evaluation.variables import Variable, given_as_text
from podroom.positions import Document
from podroom.sources.hcl.parser import parse_expression
from podroom.sources.hcl.syntax import Expression, Literal, ParsedFile
from podroom.values import Unknown

if TYPE_CHECKING:
    from podroom.evaluation.filesets import Listing
    from podroom.sources.yaml import Stream

_META = frozenset({"source", "version", "count", "for_each", "providers", "depends_on"})


class Module(Names):
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
        instance_key: str | int | None = None,
    ) -> None:
        """Make an instance; `path` is what `path.module` is in it, `ancestors` are the folders above."""
        super().__init__(project, address)
        self.directory = directory
        self.doubt = doubt
        self.call = call
        self._key = instance_key
        self._path = path
        self._ancestors = ancestors
        self._arguments = arguments
        self._found: Declarations | None = None
        self.problems += self.declarations.problems

    # --- what rules and assembly ask -------------------------------------------------------------

    @property
    def files(self) -> list[ParsedFile]:
        """Return the files of the module."""
        return self.declarations.files

    @property
    def declarations(self) -> Declarations:
        """Return what the files of the module declare, or what stands in for them."""
        if self._found is None:
            self._found = self._declared()
        return self._found

    def _declared(self) -> Declarations:
        call = self.call
        supplied = call.supplied if call is not None else None
        if call is None or not (supplied is not None or self.downloaded):
            return self.project.declarations(self.directory)
        place = call.span if self._arguments is None else self._arguments.span
        if supplied is not None:
            return supplied.declarations(place)
        return declarations_of(self.project.files.configuration(self.directory), call.source_text, place)

    @property
    def downloaded(self) -> bool:
        """Return whether the files of the module were downloaded, so that nobody may be sent to them."""
        return self.call is not None and self.call.downloaded

    @property
    def key(self) -> str:
        """Return the dotted path of the calls that lead here, empty for the root module."""
        return "" if self.call is None else self.call.key

    @property
    def steps(self) -> tuple[tuple[str, str | int | None], ...]:
        """Return the calls that lead here, each with the key of its instance."""
        if self.call is None:
            return ()
        return (*self.call.module.steps, (self.call.name, self._key))

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

    def resources(self, kind: str, mode: str = "managed") -> Iterator[ResourceInstance]:
        """Iterate over the instances of the resources of a type."""
        for name in self.declarations.names(kind, mode):
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

    def read_file(self, path: str) -> Document | str:
        """Return a file for `file()` and its like; relative paths start at the root module's folder."""
        text = self.project.files.read_text(self.project.root, path)
        if not self.downloaded or self.call is None or isinstance(text, str) or path.startswith("../"):
            return text
        call, read = self.call, text
        return self.once(("file", path), lambda: standing_for(read, call.source_text, call.span))

    def list_folder(self, path: str) -> Listing | str | None:
        """Return the names in a folder for `fileset()`; relative paths start at the root module's folder."""
        return self.project.files.list_folder(self.project.root, path)

    def compose(self, document: Document) -> Stream:
        """Return the tree of a file of YAML or JSON."""
        return self.project.composed(document)

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
            return self._of_the_run(second)
        if first == "resource":
            found = self.resolve(path[1:])
            return None if found is None else (found[0], found[1] + 1)
        if first in {"data", "ephemeral"}:
            if len(path) < 3 or (first, second, path[2]) not in self.declarations.resources:
                return None
            return self._resource_value(first, second, path[2]), 3
        if ("managed", first, second) in self.declarations.resources:
            return self._resource_value("managed", first, second), 2
        return None

    def _of_the_run(self, name: str) -> tuple[Term, int] | None:
        if name == "applying":
            shown = f"terraform.{name}"
            return Sym(BOOL, f"{shown} is known only when Terraform runs", (shown,), shown, nonnull=True), 2
        return (self._workspace(), 2) if name == "workspace" else None

    def _workspace(self) -> Term:
        workspace = self.project.options.workspace
        if workspace is not None:
            return workspace
        name = "terraform.workspace"
        return SelectedWorkspace(
            STRING,
            f"{name} is not given; pass --workspace",
            (name,),
            name,
            nonnull=True,
            filled=True,
            others=self.project.options.other_workspaces,
            told_apart=self.project.workspaces,
        )

    def _local(self, name: str) -> tuple[Term, int] | None:
        found = self.declarations.locals.get(name)
        if found is None:
            return None
        scope = self.scope(found[1])
        expression = found[0].expression
        return self.named(
            ("local", name), lambda: evaluate(expression, scope), self.shown(f"local.{name}"), scope.span(found[0])
        ), 2

    # --- variables and outputs -------------------------------------------------------------------

    def variable(self, name: str) -> Variable | None:
        """Return a declared variable, or None."""
        return self.once(("variable", name), lambda: self._variable(name))

    def _variable(self, name: str) -> Variable | None:
        declaration = self.declarations.variables.get(name)
        if declaration is None:
            return None
        scope = self.scope(declaration.document)
        supplied = self._supplied(name, declaration, scope)
        is_root = self._arguments is None
        example = self.project.options.inputs.elsewhere.get(name) if is_root else None
        return Variable(name, self.shown(f"var.{name}"), declaration, scope, supplied, is_root, example)

    def _supplied(self, name: str, declaration: Declaration, scope: Scope) -> Place | None:
        if self._arguments is not None:
            return None if name in _META else self._arguments.place_of(name)
        inputs = self.project.options.inputs
        found = inputs.find(name, self.project.files.variables(self.directory))
        place = None
        if isinstance(found, Assignment):
            place = self._assigned(found, declaration, scope)
        elif found is not None:
            place = Place(found[0].expression, Scope(self, found[1], self.project.budget, constant=True))
        settled = self.project.options.settled
        if settled is None or name not in settled.variables or inputs.gives(name):
            return place
        from podroom.evaluation.known_variables import planned_place  # noqa: PLC0415 - only with a plan

        return planned_place(name, declaration, scope, place, settled)

    def _assigned(self, assignment: Assignment, declaration: Declaration, scope: Scope) -> Place:
        name, text = assignment.name, assignment.text
        document = Document(assignment.shown, text)
        constant = Scope(self, document, self.project.budget, constant=True)
        try:
            constraint = Variable(name, name, declaration, scope, None, is_root=True).constraint()
        except EvaluationFailure:
            constraint = ANY
        if given_as_text(declaration, constraint):
            return Place(Literal(text, 0, len(text)), constant)
        expression, problems = parse_expression(document)
        return Place(Literal(text, 0, len(text)) if problems else expression, constant)

    def attribute(self, name: str) -> Term:
        """Return the value of an output; raise `EvaluationFailure` if there is no such output."""
        declaration = self.declarations.outputs.get(name)
        if declaration is None and self.is_supplied and self.call is not None:
            return absent_output(self.call, self.address, name)
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

    # --- resources -------------------------------------------------------------------------------

    def instances(self, mode: str, kind: str, name: str) -> list[ResourceInstance]:
        """Return the instances of one declared resource."""
        key = (mode, kind, name)
        declaration = self.declarations.resources[key]
        return self.once(
            ("instances", key),
            lambda: repeated(
                self,
                key,
                declaration,
                lambda placed, repetition, scope: ResourceInstance(self, placed, mode, repetition, scope),
            ),
        )

    def _resource_value(self, mode: str, kind: str, name: str) -> Term:
        key = (mode, kind, name)
        declaration = self.declarations.resources[key]
        shown = self.shown(f"{'' if mode == 'managed' else f'{mode}.'}{kind}.{name}")
        return self.named(
            ("resource", key),
            lambda: as_value(self, key, declaration, list(self.instances(mode, kind, name))),
            shown,
            declaration.header,
        )

    # --- modules ---------------------------------------------------------------------------------

    def _call(self, name: str) -> ModuleCall:
        return self.once(("call", name), lambda: ModuleCall(self, self.declarations.calls[name]))

    def call_instances(self, name: str) -> list[tuple[Repetition, BodyReader]]:
        """Return the repetitions of a call, each with its arguments."""
        declaration = self.declarations.calls[name]
        return self.once(
            ("arguments", name),
            lambda: repeated(
                self,
                ("module", name),
                declaration,
                lambda placed, repetition, scope: (repetition, BodyReader(placed.body, scope, placed.header)),
            ),
        )

    def children(self, name: str) -> list[Module | AbsentModule]:
        """Return the instances of one called module."""
        return self.once(("children", name), lambda: self._children(name))

    def _children(self, name: str) -> list[Module | AbsentModule]:
        call = self._call(name)
        directory, supplied = call.directory, call.supplied
        if directory is not None and (directory == self.directory or directory in self._ancestors):
            self.note(EvaluationProblem(f"{call.address} calls a module that it is part of", call.span))
            directory = None
        if call.wrong_version is not None:
            message = f'the version "{call.wrong_version}" of {call.address} is no version constraint'
            self.note(EvaluationProblem(message, call.span))
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
                    instance_key=repetition.key,
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
            lambda: as_value(self, ("module", name), declaration, list(self.children(name))),
            self.shown(f"module.{name}"),
            declaration.header,
        )

    # --- provenance ------------------------------------------------------------------------------

    def locate(self, name: str, steps: tuple[str | int, ...]) -> Place | None:
        """Return the place that supplies a declared value, and the steps into it."""
        return locate(self, name, steps)

    def owner_of(self, node: Expression, scope: Scope) -> tuple[str, str] | None:
        """Return the resource and attribute that an expression refers to, if it does so directly."""
        return owner_of(self, node, scope)
