"""Manifests, values and scripts of one run: taken as they are found, joined when all clusters are known."""

from __future__ import annotations

from typing import TYPE_CHECKING

from podroom.patterns import pattern
from podroom.sources.files import Files, absolute_folder, folder_of, joined_path, read_beginning
from podroom.sources.search import EKSCTL, MANIFEST, Found

if TYPE_CHECKING:
    from collections.abc import Sequence

    from podroom.assembly.manifests.parts import Loose
    from podroom.model.world import World
    from podroom.positions import Document
    from podroom.sources.problem import Problem


_MOST_OF_A_CHART = 10_000
_CHART = pattern(r"(?m)^name:\s*[\"']?(?:karpenter|aws-vpc-cni)[\"']?\s*$")


class LooseParts:
    """The parts that files hold, until it is known which clusters they belong to."""

    def __init__(self, files: Files) -> None:
        """Take the files of the run."""
        self._files = files
        self._problems: list[tuple[Document, Problem]] = []
        self._documents: dict[int, tuple[Document, list[Loose]]] = {}
        self._roots: list[tuple[str, Sequence[Loose]]] = []

    def take(self, found: Found) -> bool:
        """Read a file of this kind; return whether there is anything to judge in it, or in one of another kind."""
        if found.interest is EKSCTL:
            return True
        from podroom.assembly.manifests.documents import read_document  # noqa: PLC0415 - many projects have none
        from podroom.assembly.manifests.set_env import read_script  # noqa: PLC0415 - same
        from podroom.assembly.manifests.unread import speaks_of_the_cni  # noqa: PLC0415 - same

        if _is_a_charts_own(found.document):
            return False
        document = found.document
        parts, problem = read_document(document) if found.interest is MANIFEST else (read_script(document), None)
        if problem is not None:
            self._problems.append((document, problem))
        if not parts and problem is None and not speaks_of_the_cni(document):
            return False
        self._documents.setdefault(id(document), (document, []))[1].extend(parts)
        return True

    def add(self, root: str, parts: Sequence[Loose]) -> None:
        """Take the parts of a root module that has no cluster of its own."""
        if parts:
            self._roots.append((root, parts))

    def joined(self, worlds: list[World]) -> list[World]:
        """Return the Worlds with all parts in them; a file that configuration has read is judged there."""
        unused = [(file, parts) for file, parts in self._documents.values() if not self._files.is_used(file)]
        if not unused and not self._roots:
            return worlds
        from podroom.assembly.joining import LooseFile, Placed, join  # noqa: PLC0415 - same
        from podroom.assembly.manifests.unread import read_unread  # noqa: PLC0415 - same

        placed = [Placed(world, absolute_folder(world.root)) for world in worlds]
        files = [(folder_of(file.path), (*parts, *read_unread(file, parts))) for file, parts in unused]
        return join(placed, [LooseFile(absolute_folder(folder), parts) for folder, parts in (*files, *self._roots)])

    @property
    def problems(self) -> list[Problem]:
        """Return what is wrong with files that are surely about pods, but for those that configuration reads."""
        return [problem for document, problem in self._problems if not self._files.is_used(document)]


def _is_a_charts_own(document: Document) -> bool:
    """Return whether a file is the `values.yaml` of Karpenter's or the CNI's own chart, so its defaults."""
    folder, _, name = document.path.rpartition("/")
    if name != "values.yaml":
        return False
    chart = read_beginning(joined_path(folder, "Chart.yaml"), _MOST_OF_A_CHART)
    return _CHART.search(chart.decode(errors="replace")) is not None
