"""Writes the parts of an adapter's text that are mere lists."""

from __future__ import annotations

from collections.abc import Mapping


def variables(defaults: Mapping[str, str], *, nullable: bool = True) -> str:
    """Return variables with their defaults, each default an HCL expression."""
    refuses = "" if nullable else "  nullable = false\n"
    return "".join(
        f'variable "{name}" {{\n  default = {default}\n{"" if default == "null" else refuses}}}\n'
        for name, default in defaults.items()
    )


def outputs(values: Mapping[str, str]) -> str:
    """Return outputs, each value an HCL expression."""
    return "".join(f'output "{name}" {{\n  value = {value}\n}}\n' for name, value in values.items())


def first_set(defaults: Mapping[str, str], *sources: str) -> str:
    """Return arguments that take the first of several sources that has them, else their default."""
    return "".join(
        f"  {name} = try({', '.join(f'{source}.{name}' for source in sources)}, {default})\n"
        for name, default in defaults.items()
    )
