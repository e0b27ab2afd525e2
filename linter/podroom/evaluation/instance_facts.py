"""What the data source `aws_ec2_instance_type` will say of a type that the catalog knows."""

from __future__ import annotations

_FACTS = {
    "maximum_network_interfaces": "interfaces_all_cards",
    "maximum_ipv4_addresses_per_interface": "addresses_per_interface",
    "maximum_network_cards": "network_cards",
    "default_vcpus": "vcpus",
    "memory_size": "memory_mib",
}
"""Attributes of the data source, and what the catalog calls them."""


def instance_fact(name: str, attribute: str) -> int | None:
    """Return a number that the data source gives for an instance type; None if it is not known here.

    https://registry.terraform.io/providers/hashicorp/aws/latest/docs/data-sources/ec2_instance_type
    """
    from podroom.catalog.instance_types import InstanceCatalog  # noqa: PLC0415 - few projects ask

    fact = _FACTS.get(attribute)
    instance = InstanceCatalog.bundled().find(name) if fact is not None else None
    return None if instance is None or fact is None else getattr(instance, fact)
