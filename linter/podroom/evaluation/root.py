"""What all module instances of one root module share: files, options, limits and what was read once."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Protocol

from podroom.evaluation.declarations import Declarations, read_declarations
from podroom.evaluation.failures import EvaluationFailure
from podroom.evaluation.inputs import Inputs
from podroom.evaluation.limits import Budget
from podroom.evaluation.supplied import SuppliedModule
from podroom.positions import Document
from podroom.records import dataclass, field
from podroom.sources.hcl.parser import parse_template
from podroom.sources.hcl.syntax import Expression, ParsedFile
from podroom.sources.installed_modules import InstalledModule

if TYPE_CHECKING:
    from podroom.evaluation.filesets import Listing
    from podroom.evaluation.module_calls import ModuleCall
    from podroom.evaluation.resources import ResourceInstance
    from podroom.evaluation.settled import Settled
    from podroom.sources.yaml import Stream


class ProjectFiles(Protocol):
    """Gives evaluation the files of a project; evaluation itself reads nothing."""

    def configuration(self, directory: str) -> list[ParsedFile]:
        """Return the parsed configuration files of one folder."""

    def variables(self, directory: str) -> list[ParsedFile]:
        """Return the variable files that Terraform reads by itself, the weakest first."""

    def read_text(self, directory: str, path: str) -> Document | str:
        """Return a text file inside the project, or a clause that says why it is not read."""

    def list_folder(self, directory: str, path: str) -> Listing | str | None:
        """Return the names in a folder inside the project, None if it is none, or a clause that says why not."""

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

    `inputs` bind root variables; a `workspace` of None means that any may be selected but `other_workspaces`.
    `adapters` stands in for absent modules.  `settled` fills what the configuration leaves open; where it is `alone`
    there is no configuration at hand.
    """

    inputs: Inputs = field(default_factory=Inputs)
    workspace: str | None = "default"
    other_workspaces: frozenset[str] = frozenset()
    adapters: Adapters | None = None
    settled: Settled | None = None
    alone: bool = False


class Project:
    """What all module instances of one root share."""

    def __init__(self, files: ProjectFiles, options: Options, root: str) -> None:
        """Take the files, the options and the folder of the root module."""
        self.files = files
        self.options = options
        self.root = root
        self.budget = Budget()
        self.workspaces: dict[str, None] = {}
        """The workspaces that what was evaluated so far tells apart, where none is given."""
        self.noted: set[tuple[str, str]] = set()
        self.contradicted = False
        """Whether it was told that what is settled is not of this configuration."""
        self.resources: dict[str, ResourceInstance] = {}
        """The resources and data sources that anything has asked for so far, by address."""
        self._declarations: dict[str, Declarations] = {}
        self._composed: dict[int, tuple[Document, Stream]] = {}
        self._templates: dict[int, tuple[Document, Expression | str]] = {}

    def declarations(self, directory: str) -> Declarations:
        """Return what a folder declares, read once."""
        found = self._declarations.get(directory)
        if found is None:
            found = self._declarations[directory] = read_declarations(self.files.configuration(directory))
        return found

    def composed(self, document: Document) -> Stream:
        """Return the tree of a file of YAML or JSON, read once."""
        known = self._composed.get(id(document))
        if known is None:
            from podroom.sources.yaml import compose_document  # noqa: PLC0415 - few projects decode files

            known = self._composed[id(document)] = (document, compose_document(document))
        return known[1]

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
