"""Root modules made of texts, for the tests of evaluation."""

from __future__ import annotations

import posixpath
from collections.abc import Mapping
from decimal import Decimal

from podroom.evaluation.project import Field, Module, Options, load_root
from podroom.evaluation.terms import ListTerm, MapTerm, Null, ObjectTerm, SetTerm, Term, TupleTerm
from podroom.positions import Document
from podroom.sources.files import MANIFEST
from podroom.sources.hcl.parser import parse
from podroom.sources.hcl.syntax import ParsedFile
from podroom.sources.installed_modules import InstalledModule, read_manifest
from podroom.sources.problem import Problem


class Texts:
    """The files of a project, by path; folders are what the paths name."""

    def __init__(self, texts: Mapping[str, str]) -> None:
        self._documents = {path: Document(path, text) for path, text in texts.items()}

    def configuration(self, directory: str) -> list[ParsedFile]:
        return [parse(self._documents[path]) for path in self._in(directory) if path.endswith(".tf")]

    def variables(self, directory: str) -> list[ParsedFile]:
        return [parse(self._documents[path]) for path in self._in(directory) if path.endswith(".tfvars")]

    def read_text(self, directory: str, path: str) -> Document | str:
        found = self._documents.get(posixpath.normpath(posixpath.join(directory, path)))
        return found if found is not None else f"cannot read {path}: no such file"

    def child(self, directory: str, relative: str) -> str | None:
        folder = posixpath.normpath(posixpath.join(directory, relative))
        return folder if self._in(folder) else None

    def child_inside(self, directory: str, relative: str) -> str | None:
        return self.child(directory, relative)

    def installed(self, root: str) -> dict[str, InstalledModule]:
        found = read_manifest(self._documents[f"{root}/{MANIFEST}"]) if f"{root}/{MANIFEST}" in self._documents else {}
        assert not isinstance(found, Problem)
        return dict(found)

    def _in(self, directory: str) -> list[str]:
        return sorted(path for path in self._documents if posixpath.dirname(path) == directory)


def load(main: str, options: Options | None = None, **others: str) -> Module:
    """Return the root module of `r/main.tf`; `others` are more files, `__` standing for `/` and `_dot_` for a dot."""
    texts = {"r/main.tf": main}
    texts.update({f"r/{name.replace('__', '/').replace('_dot_', '.')}": text for name, text in others.items()})
    return load_root(Texts(texts), "r", options)


def field(root: Module, attribute: str = "v", kind: str = "x", at: int = 0) -> Field:
    """Return an attribute of an instance of the resource type `kind`, in the root or below it."""
    instances = [resource for module in root.walk() for resource in module.resources(kind)]
    found = instances[at].body.attribute(attribute)
    assert found is not None
    return found


def value(expression: str, more: str = "", options: Options | None = None, **others: str) -> Field:
    """Return the field of one expression, beside other declarations."""
    return field(load(f'resource "x" "x" {{\n  v = {expression}\n}}\n{more}', options, **others))


def plain(term: Term) -> object:
    """Return a known value as Python has it: lists, dictionaries, texts, numbers."""
    if isinstance(term, TupleTerm | ListTerm | SetTerm):
        return [plain(item) for item in term.items]
    if isinstance(term, ObjectTerm | MapTerm):
        return {key: plain(item) for key, item in term.entries.items()}
    if isinstance(term, Null):
        return None
    return float(term) if isinstance(term, Decimal) else term
