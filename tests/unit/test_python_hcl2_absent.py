"""Without python-hcl2, or with another package in its place, the alternative reader says what to install."""

from __future__ import annotations

import sys
from types import ModuleType

import pytest

from podroom.errors import UsageError
from podroom.positions import Document
from podroom.sources.hcl.python_hcl2 import parse_with_python_hcl2


def test_without_python_hcl2_the_reader_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "hcl2", None)
    with pytest.raises(UsageError, match=r"python-hcl2 is not installed: run pip install 'podroom\[python-hcl2\]'"):
        parse_with_python_hcl2(Document("a.tf", "a = 1\n"))


def test_with_checkovs_package_in_its_place_the_reader_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "hcl2", ModuleType("hcl2"))
    with pytest.raises(UsageError, match="bc-python-hcl2"):
        parse_with_python_hcl2(Document("a.tf", "a = 1\n"))
