"""Manifests, values and scripts of one run: taken as they are found, joined when all clusters are known."""

from __future__ import annotations

from typing import TYPE_CHECKING

from podroom.patterns import pattern
from podroom.sources.files import Files, absolute_folder, file_name, folder_of, joined_path, shown_path
from podroom.sources.search import EKSCTL, KUSTOMIZATION, MANIFEST, Found

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from podroom.assembly.manifests.documents import Amend
    from podroom.assembly.manifests.helm import Chart
    from podroom.assembly.manifests.kustomize import Kustomizations
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
        self._kustomizations: Kustomizations | None = None
        self._patching: set[str] = set()
        self._given: set[str] = set()

    def take(self, found: Sequence[Found]) -> list[Found]:
        """Read files; return those with anything to judge in them, for this kind or another one."""
        self._prepare(found)
        return [one for one in found if self._take(one)]

    def _prepare(self, found: Sequence[Found]) -> None:
        """Read the kustomizations, before any of the files that they patch."""
        documents = [one.document for one in found if one.interest is KUSTOMIZATION]
        if not documents or all(one.interest is not MANIFEST for one in found):
            return
        from podroom.assembly.manifests.kustomize import read_kustomizations  # noqa: PLC0415 - few projects have them

        self._given = {f"{absolute_folder(one.path)}/" for one in found}
        by_folder = [(absolute_folder(folder_of(document.path)), document) for document in documents]
        self._kustomizations = read_kustomizations(by_folder, self._read)

    def _read(self, folder: str, path: str) -> Document | None:
        document = self._files.read_text(folder, path)
        if isinstance(document, str):
            return None
        self._patching.add(_absolute(document.path))
        return document

    def _outside(self, kustomizations: Kustomizations, folder: str) -> str | None:
        """Return a folder that another one is built from and that lies outside of what is judged."""
        return next(
            (
                shown_path(path)
                for path in kustomizations.not_read(folder)
                if not f"{path}/".startswith(tuple(self._given)) and self._files.is_folder(path)
            ),
            None,
        )

    def _is_read_elsewhere(self, document: Document) -> bool:
        """Return whether a file is judged where configuration reads it, or a kustomization as a patch and no object."""
        if self._files.is_used(document):
            return True
        path = _absolute(document.path)
        return path in self._patching and (self._kustomizations is None or not self._kustomizations.builds(path))

    def _take(self, found: Found) -> bool:
        if found.interest is EKSCTL:
            return True
        if found.interest is KUSTOMIZATION:
            return False
        from podroom.assembly.manifests.documents import Beside, read_document  # noqa: PLC0415 - many have none
        from podroom.assembly.manifests.set_env import read_script  # noqa: PLC0415 - same
        from podroom.assembly.manifests.unread import speaks_of_the_cni  # noqa: PLC0415 - same

        if _is_a_charts_own(found.document, self._files):
            return False
        document = found.document
        if found.interest is MANIFEST:
            parts, problem = read_document(document, Beside(self._amend(document.path), self._aliases(document.path)))
        else:
            parts, problem = read_script(document), None
        if problem is not None:
            self._problems.append((document, problem))
        if not parts and problem is None and not speaks_of_the_cni(document):
            return False
        self._documents.setdefault(id(document), (document, []))[1].extend(parts)
        return True

    def _amend(self, path: str) -> Amend | None:
        """Return what kustomizations make of the objects of a file."""
        kustomizations = self._kustomizations
        if kustomizations is None:
            return None
        built = _absolute(path)
        return lambda manifest: kustomizations.amended(manifest, built)

    def _aliases(self, path: str) -> Mapping[str, Chart]:
        """Return by what names a file of values that lies beside a chart calls those that it depends on."""
        from podroom.assembly.manifests.helm import read_aliases  # noqa: PLC0415 - many projects have no manifests

        name = file_name(path)
        if not name.startswith("values"):
            return {}
        chart = joined_path(folder_of(path), "Chart.yaml")
        if b"alias:" not in self._files.beginning(chart, _MOST_OF_A_CHART):
            return {}
        document = self._files.document(chart)
        return {} if document is None else read_aliases(document)

    def add(self, root: str, parts: Sequence[Loose]) -> None:
        """Take the parts of a root module that has no cluster of its own."""
        if parts:
            self._roots.append((root, parts))

    def joined(self, worlds: list[World]) -> list[World]:
        """Return the Worlds with all parts in them; a file that configuration has read is judged there."""
        unused = [(file, parts) for file, parts in self._documents.values() if not self._is_read_elsewhere(file)]
        if self._kustomizations is not None:
            from podroom.assembly.manifests.documents import read_patch  # noqa: PLC0415 - few projects have them

            self._roots += [
                (patch.folder, tuple(read_patch(patch, self._outside(self._kustomizations, patch.folder))))
                for patch in self._kustomizations.left()
            ]
        if not unused and not self._roots:
            return worlds
        from podroom.assembly.joining import LooseFile, Placed, join  # noqa: PLC0415 - same
        from podroom.assembly.manifests.unread import places_read, read_unread  # noqa: PLC0415 - same

        placed = [Placed(world, absolute_folder(world.root)) for world in worlds]
        places = places_read(loose for _, parts in (*unused, *self._roots) for loose in parts)
        files = [
            (folder_of(file.path), [*parts, *read_unread(file, parts, places.get(id(file), ()))])
            for file, parts in unused
        ]
        return join(placed, [LooseFile(absolute_folder(folder), parts) for folder, parts in (*files, *self._roots)])

    @property
    def problems(self) -> list[Problem]:
        """Return what is wrong with files that are surely about pods, but for those that are read elsewhere."""
        return [problem for document, problem in self._problems if not self._is_read_elsewhere(document)]


def _absolute(path: str) -> str:
    return f"{absolute_folder(folder_of(path))}/{file_name(path)}"


def _is_a_charts_own(document: Document, files: Files) -> bool:
    """Return whether a file is the `values.yaml` of Karpenter's or the CNI's own chart, so its defaults."""
    folder, _, name = document.path.rpartition("/")
    if name != "values.yaml":
        return False
    chart = files.beginning(joined_path(folder, "Chart.yaml"), _MOST_OF_A_CHART)
    return _CHART.search(chart.decode(errors="replace")) is not None
