"""The door of this room: load a root module, and the types that its readers work with."""

from __future__ import annotations

from podroom.evaluation.bodies import BodyReader
from podroom.evaluation.declarations import read_declarations
from podroom.evaluation.dependencies import Dependencies
from podroom.evaluation.failures import EvaluationProblem
from podroom.evaluation.inputs import Assignment, Inputs
from podroom.evaluation.module_calls import ModuleCall
from podroom.evaluation.modules import Module
from podroom.evaluation.names import SELF_REFERENCE
from podroom.evaluation.reading import Field, Link
from podroom.evaluation.resources import ResourceInstance, provider_region
from podroom.evaluation.root import Adapters, Options, Project, ProjectFiles
from podroom.evaluation.supplied import SuppliedModule, Unheeded

__all__ = [
    "SELF_REFERENCE",
    "Adapters",
    "Assignment",
    "BodyReader",
    "Dependencies",
    "EvaluationProblem",
    "Field",
    "Inputs",
    "Link",
    "Module",
    "ModuleCall",
    "Options",
    "ProjectFiles",
    "ResourceInstance",
    "SuppliedModule",
    "Unheeded",
    "declared_blocks",
    "load_root",
    "provider_region",
]


def load_root(files: ProjectFiles, directory: str, options: Options | None = None) -> Module:
    """Return the root module in a folder.  Nothing is read or evaluated before it is asked for."""
    return Module(Project(files, options or Options(), directory), "", directory, ".")


def declared_blocks(files: ProjectFiles, directory: str) -> frozenset[str]:
    """Return the names of the resources, data sources and module calls of a folder: `data.aws_vpc.a`, `module.vpc`."""
    declared = read_declarations(files.configuration(directory))
    resources = (
        f"{kind}.{name}" if mode == "managed" else f"{mode}.{kind}.{name}" for mode, kind, name in declared.resources
    )
    return frozenset((*resources, *(f"module.{name}" for name in declared.calls)))
