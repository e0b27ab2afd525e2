"""The door of this room: load a root module, and the types that its readers work with."""

from __future__ import annotations

from podroom.evaluation.bodies import BodyReader
from podroom.evaluation.dependencies import Dependencies
from podroom.evaluation.failures import EvaluationProblem
from podroom.evaluation.inputs import Assignment, Inputs
from podroom.evaluation.module_calls import ModuleCall
from podroom.evaluation.modules import Module
from podroom.evaluation.reading import Field, Link
from podroom.evaluation.resources import ResourceInstance
from podroom.evaluation.root import Adapters, Options, Project, ProjectFiles
from podroom.evaluation.supplied import SuppliedModule, Unheeded

__all__ = [
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
    "load_root",
]


def load_root(files: ProjectFiles, directory: str, options: Options | None = None) -> Module:
    """Return the root module in a folder.  Nothing is read or evaluated before it is asked for."""
    return Module(Project(files, options or Options(), directory), "", directory, ".")
