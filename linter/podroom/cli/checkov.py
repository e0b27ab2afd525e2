"""`podroom checkov`: the checks for Checkov, for where podroom is installed and for where it is not."""

from __future__ import annotations

import os
from importlib.util import find_spec

import click

from podroom import __version__
from podroom.cli import completion
from podroom.cli.output import reports_errors, write
from podroom.cli.written_files import write_bytes
from podroom.errors import UsageError

_PACK = "podroom_checkov"
_ARCHIVE = "podroom.zip"
_PACKAGES = ("podroom", "podroom_rules", _PACK)
_UNCHANGING = (1980, 1, 1, 0, 0, 0)
"""The date of all that is in the archive, so that the same podroom gives the same archive."""


@click.group()
def checkov() -> None:
    """Give Checkov podroom's checks."""


@checkov.command("dir")
@reports_errors
def directory() -> None:
    """Print the folder for Checkov's --external-checks-dir.

    Checkov may live in another environment than podroom; its Python has to be 3.10 or newer.
    """
    write(f"{_checks()}\n")


@checkov.command()
@click.argument("folder", metavar="DIR", shell_complete=completion.files)
@reports_errors
def export(*, folder: str) -> None:
    """Write checks into DIR that work where podroom is not installed, such as in Checkov's own image.

    DIR then holds a loader and an archive of podroom with its own rules; what else is in it stays.
    """
    checks = _checks()
    os.makedirs(folder, exist_ok=True)
    for name in sorted(os.listdir(checks)):
        if name.endswith(".py"):
            with open(os.path.join(checks, name), "rb") as file:
                write_bytes(os.path.join(folder, name), file.read())
    write_bytes(os.path.join(folder, _ARCHIVE), _archive())
    write(f"podroom {__version__} for checkov --external-checks-dir {folder}\n")


def _folder_of(package: str) -> str:
    spec = find_spec(package)
    places = list(spec.submodule_search_locations or ()) if spec else []
    if not places or not os.path.isdir(places[0]):
        raise UsageError(f"the package {package} is not there as a folder: install podroom again, it belongs to it")
    return places[0]


def _checks() -> str:
    return os.path.join(_folder_of(_PACK), "checks")


def _archive() -> bytes:
    """Return podroom as an archive that Python can import from, with the entry point that its rules are found by."""
    from io import BytesIO  # noqa: PLC0415 - only this command needs it
    from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo  # noqa: PLC0415 - same

    described = f"podroom-{__version__}.dist-info"
    held = {
        f"{described}/METADATA": f"Metadata-Version: 2.1\nName: podroom\nVersion: {__version__}\n".encode(),
        f"{described}/entry_points.txt": b"[podroom.rules]\npodroom = podroom_rules\n",
    }
    for package in _PACKAGES:
        top = _folder_of(package)
        for folder, inner, names in os.walk(top):
            inner[:] = [name for name in inner if name != "__pycache__"]
            for name in names:
                path = os.path.join(folder, name)
                with open(path, "rb") as file:
                    held[f"{package}/{os.path.relpath(path, top)}".replace(os.sep, "/")] = file.read()
    buffer = BytesIO()
    with ZipFile(buffer, "w") as archive:
        for name in sorted(held):
            entry = ZipInfo(name, _UNCHANGING)
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, held[name], ZIP_DEFLATED)
    return buffer.getvalue()
