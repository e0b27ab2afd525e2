"""What one adapter holds."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from podroom.records import dataclass


@dataclass(frozen=True, slots=True)
class Adapter:
    """A module of the registry, restated for a range of its major versions.

    `text` is a Terraform module with the original's variables, outputs and resource names as far as they bear
    on pods, or returns one for each major version where they differ.  `fingerprints` are arguments that only
    some majors take: they tell the version where neither a constraint nor a ref does.
    """

    module: str
    majors: tuple[int, ...]
    text: str | Callable[[int], str]
    submodule: str = ""
    fingerprints: tuple[tuple[frozenset[str], tuple[int, ...]], ...] = ()

    @property
    def reference(self) -> str:
        """Return the address of the original."""
        folder = f"/submodules/{self.submodule.rpartition('/')[2]}" if self.submodule else ""
        return f"https://registry.terraform.io/modules/{self.module}/latest{folder}"

    def restated(self, major: int) -> str:
        """Return the text for one major version."""
        return self.text if isinstance(self.text, str) else self.text(major)

    def told_by(self, arguments: Iterable[str]) -> tuple[int, ...]:
        """Return the major versions that take all the arguments that tell versions apart."""
        given = frozenset(arguments)
        possible = self.majors
        for names, majors in self.fingerprints:
            if names & given:
                possible = tuple(major for major in possible if major in majors)
        return possible
