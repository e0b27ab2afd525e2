"""Calls of modules: what is called, where it is, and what stands for it if it is not here."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from podroom.evaluation.bodies import BodyReader
from podroom.evaluation.declarations import Declaration
from podroom.evaluation.expressions import evaluate
from podroom.evaluation.failures import EvaluationFailure
from podroom.evaluation.reading import unknown_of
from podroom.evaluation.resources import instance_suffix
from podroom.evaluation.supplied import SuppliedModule
from podroom.evaluation.terms import LazyObject, Sym, Term
from podroom.evaluation.types import DYNAMIC
from podroom.sources.hcl.syntax import Literal
from podroom.sources.installed_modules import InstalledModule
from podroom.sources.module_source import is_constraint
from podroom.values import Unknown

if TYPE_CHECKING:
    from podroom.evaluation.modules import Module


class ModuleCall:
    """A `module` block: what is called, and with which arguments."""

    def __init__(self, module: Module, declaration: Declaration) -> None:
        """Read the fixed parts of a call; an expression is evaluated only where they are none, as OpenTofu allows."""
        self.module = module
        self.name = declaration.labels[0]
        self.span = declaration.header.shown
        self.block_span = declaration.block.shown
        self.declaration = declaration
        self.source = self._fixed("source")
        self.key = f"{module.key}.{self.name}" if module.key else self.name
        self.installed = installed = self._installed()
        self.version = installed.version if installed and installed.version else self._fixed("version")
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

    def _fixed(self, name: str) -> str | None:
        found = self.declaration.body.attributes.get(name)
        if found is None:
            return None
        expression, scope = found[0].expression, self.module.scope(found[1])
        if isinstance(expression, Literal):
            return expression.value if isinstance(expression.value, str) else None
        try:
            value = self.module.project.budget.run(lambda: evaluate(expression, scope))
        except EvaluationFailure:
            return None
        return value if isinstance(value, str) else None

    @property
    def wrong_version(self) -> str | None:
        """Return the version that the call asks for if it is no version constraint, which Terraform refuses."""
        asked = self._fixed("version")
        return None if asked is None or is_constraint(asked) else asked

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
        return found if found is not None and found.answers(self.source, self._fixed("version")) else None

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
        return absent_output(self._call, self.address, name)

    def names(self) -> None:
        """Return None: the outputs are not known."""
        return

    def symbol(self) -> Sym:
        """Return the module as a whole, as something unknown."""
        reason = f"the source of {self.address} ({self._call.source_text}) is not here"
        return Sym(DYNAMIC, reason, (self.address,), self.address, self.address, "", nonnull=True)


def absent_output(call: ModuleCall, module: str, name: str) -> Sym:
    """Return an output of a module whose source is not here, as a symbol."""
    address = f"{module}.{name}"
    reason = f"{address} is an output of a module whose source ({call.source_text}) is not here"
    return Sym(DYNAMIC, reason, (address,), address, module, name)
