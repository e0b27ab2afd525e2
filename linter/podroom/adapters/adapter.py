"""What one adapter holds."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from podroom.evaluation.project import Unheeded
from podroom.model.world import IgnoredKind
from podroom.records import dataclass
from podroom.sources.module_source import Version


@dataclass(frozen=True, slots=True)
class EarlierReleases:
    """The first releases of a major version, which `changed_in` changed in what bears on pods.

    `text` and `unheeded` are for them what those of `Adapter` are for the later ones.
    """

    changed_in: Version
    text: Callable[[], str]
    unheeded: tuple[Unheeded, ...]


@dataclass(frozen=True, slots=True)
class Adapter:
    """A module of the registry, restated for a range of its major versions.

    `text` is a Terraform module with the original's variables, outputs and resource names as far as they bear
    on pods, or returns one for each major version where they differ.  `fingerprints` are arguments that only
    some majors take: they tell the version where neither a constraint nor a ref does.  `unheeded` are arguments
    that do nothing in some majors.  `earlier` are, by major version, releases that are restated on their own.
    """

    module: str
    majors: tuple[int, ...]
    text: str | Callable[[int], str]
    submodule: str = ""
    fingerprints: tuple[tuple[frozenset[str], tuple[int, ...]], ...] = ()
    unheeded: tuple[tuple[tuple[int, ...], Unheeded], ...] = ()
    earlier: tuple[EarlierReleases, ...] = ()

    def earlier_than(self, bound: Version, major: int) -> EarlierReleases | None:
        """Return what restates the releases of a major version below a bound, None if the newest one's text does."""
        ranges = (one for one in self.earlier if one.changed_in[0] == major and bound <= one.changed_in)
        return next(ranges, None)

    @property
    def reference(self) -> str:
        """Return the address of the original."""
        folder = f"/submodules/{self.submodule.rpartition('/')[2]}" if self.submodule else ""
        return f"https://registry.terraform.io/modules/{self.module}/latest{folder}"

    def unheeded_by(self, major: int, earlier: EarlierReleases | None = None) -> tuple[Unheeded, ...]:
        """Return the arguments that do nothing in one major version, or that only others declare."""
        foreign = sorted({name for names, majors in self.fingerprints if major not in majors for name in names})
        return (
            *(
                Unheeded((name,), f"v{major} has no such argument, and Terraform refuses it", kind=IgnoredKind.REFUSED)
                for name in foreign
            ),
            *(
                earlier.unheeded
                if earlier is not None
                else (unheeded for majors, unheeded in self.unheeded if major in majors)
            ),
        )

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
