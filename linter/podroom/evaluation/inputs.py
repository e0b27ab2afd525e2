"""What supplies the variables of a root module, and which of several suppliers wins."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from podroom.positions import Document
from podroom.records import dataclass, field
from podroom.sources.hcl.syntax import Attribute, ParsedFile


@dataclass(frozen=True, slots=True)
class Assignment:
    """A value given as text, `NAME=VALUE`; `shown` is what gave it, such as `--var NAME`."""

    name: str
    text: str
    shown: str


@dataclass(frozen=True, slots=True)
class Inputs:
    """Values for the variables of a root module, beside those of its own files.

    `environment` (name to text, as `TF_VAR_` variables give them) is weaker than the variable files that
    Terraform reads by itself, `given` is stronger: variable files and assignments, the strongest last.
    Source: https://developer.hashicorp.com/terraform/language/values/variables#variable-definition-precedence
    """

    environment: Mapping[str, str] = field(default_factory=dict)
    given: tuple[ParsedFile | Assignment, ...] = ()
    elsewhere: Mapping[str, str] = field(default_factory=dict)
    """Variables that a file which is not given sets, each with its path."""

    def gives(self, name: str) -> bool:
        """Return whether a variable is among those that are given."""
        return Inputs(given=self.given).find(name, ()) is not None

    def find(self, name: str, automatic: Iterable[ParsedFile]) -> tuple[Attribute, Document] | Assignment | None:
        """Return what supplies a variable; `automatic` are the files that Terraform reads, the weakest first."""
        for source in reversed((*automatic, *self.given)):
            if isinstance(source, Assignment):
                if source.name == name:
                    return source
                continue
            for attribute in reversed(source.body.attributes):
                if attribute.name == name:
                    return attribute, source.document
        text = self.environment.get(name)
        return None if text is None else Assignment(name, text, f"TF_VAR_{name}")
