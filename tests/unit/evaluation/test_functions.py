"""The table of Terraform's functions."""

from __future__ import annotations

from importlib import import_module

from podroom.evaluation.functions import registry


def test_the_table_of_functions_says_where_each_is() -> None:
    for name, room in registry.rooms().items():
        module = import_module(f"podroom.evaluation.functions.{room}")
        function = registry.find(name)
        assert function is not None
        assert function.implementation.__module__ == module.__name__
    assert set(registry.rooms()) == set(registry._FUNCTIONS)
