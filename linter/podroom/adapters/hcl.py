"""Writes the parts of an adapter's text that are mere lists."""

from __future__ import annotations

from collections.abc import Mapping

_TYPE = "  type    = list(string)\n"
_LISTS = frozenset(
    (
        "additional_cidr_blocks",
        "availability_zone_ids",
        "availability_zones",
        "azs",
        "control_plane_subnet_ids",
        "instance_types",
        "ipv4_cidr_block",
        "private_subnet_ids",
        "public_subnet_ids",
        "secondary_cidr_blocks",
        "subnet_ids",
        "subnet_names",
        "vpc_zone_identifier",
        *(
            f"{kind}_subnets"
            for kind in ("private", "public", "database", "elasticache", "redshift", "intra", "outpost")
        ),
    )
)
"""What every module restated here that declares it declares as a list of texts: a set that is given becomes a list."""


def variables(defaults: Mapping[str, str], *, nullable: bool = True) -> str:
    """Return variables with their defaults, each default an HCL expression."""
    refuses = "" if nullable else "  nullable = false\n"
    return "".join(
        f'variable "{name}" {{\n{_TYPE if name in _LISTS else ""}  default = {default}\n'
        f"{'' if default == 'null' else refuses}}}\n"
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
