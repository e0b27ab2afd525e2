"""What is installed is found as the standard library finds it, which is the oracle here."""

from __future__ import annotations

import zipfile
from importlib.metadata import entry_points
from pathlib import Path

import pytest

from podroom.packs import EntryPoint, installed

GROUP = "podroom.rules"


def distribution(folder: Path, name: str, *lines: str) -> None:
    metadata = folder / name
    metadata.mkdir(parents=True)
    kind = "METADATA" if name.endswith("dist-info") else "PKG-INFO"
    title = name.partition("-")[0].removesuffix(".egg")
    (metadata / kind).write_text(f"Metadata-Version: 2.1\nName: {title}\nVersion: 1.0\n", encoding="utf-8")
    if lines:
        (metadata / "entry_points.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")


def first(folder: Path) -> Path:
    distribution(folder, "one-1.0.dist-info", "[console_scripts]", "a = a:b", "", f"[{GROUP}]", "one = one_rules")
    distribution(
        folder, "two-1.0.dist-info", "# a comment", f"[ {GROUP} ]".replace(" ", ""), "two=two.rules : PACK [x]"
    )
    distribution(folder, "None_at.all-1.0.dist-info")
    distribution(folder, "old.egg-info", f"[{GROUP}]", "old = old_rules", "other = old_rules:more.of_it")
    distribution(folder, "elsewhere-1.0.dist-info", "[podroom.rules.of.others]", "no = no")
    (folder / "plain.egg-info").write_text("Metadata-Version: 1.0\nName: plain\n", encoding="utf-8")
    return folder


def second(folder: Path) -> Path:
    distribution(folder, "One-2.0.dist-info", f"[{GROUP}]", "hidden = by_the_first_one")
    distribution(folder, "two-1.0.dist-info", f"[{GROUP}]", "two = hidden_too")
    distribution(folder, "three-1.0.dist-info", f"[{GROUP}]", "three = rules")
    return folder


def zipped(folder: Path) -> Path:
    folder.mkdir()
    path = folder / "packs.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("zipped-1.0.dist-info/METADATA", "Metadata-Version: 2.1\nName: zipped\nVersion: 1.0\n")
        archive.writestr("zipped-1.0.dist-info/entry_points.txt", f"[{GROUP}]\nzipped = zipped_rules\n")
    return path


def egg(folder: Path) -> Path:
    distribution(folder / "laid.egg", "EGG-INFO", f"[{GROUP}]", "laid = laid_rules")
    return folder


@pytest.mark.parametrize("kinds", [(first,), (first, second), (second, first), (first, zipped), (egg, second), ()])
def test_what_is_installed_is_found_as_the_standard_library_finds_it(
    kinds: tuple[object, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folders = [str(make(tmp_path / make.__name__)) for make in kinds]  # type: ignore[operator, attr-defined]
    monkeypatch.setattr("sys.path", [str(tmp_path / "absent"), *folders])
    expected = {EntryPoint(entry.name, entry.value) for entry in entry_points(group=GROUP)}
    assert set(installed(GROUP)) == expected
    assert len(expected) >= len(kinds)


@pytest.mark.parametrize(
    ("value", "expected"),
    [("posixpath", "posixpath"), ("os:path.join", "join"), ("os.path : basename [extra]", "basename")],
)
def test_an_entry_point_leads_to_a_module_or_to_something_in_it(value: str, expected: str) -> None:
    assert EntryPoint("any", value).load().__name__ == expected
