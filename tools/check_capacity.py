#!/usr/bin/env python3
"""Hold podroom's sums against tables of what real tools and documents say.

    python tools/check_capacity.py tests/oracle/data/capacity-vectors.csv [tests/oracle/data/max-pods-oracle.csv]

A table is one of capacity vectors (`kind`, `inputs`, `expect`, `value`) or of published max pods (`eni_max_pods`).
Prints every disagreement and, last, "N of M agree"; the exit code is 0 only if all agree, and 1 otherwise.
"""

from __future__ import annotations

import argparse
import csv
import json
import re
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1] / "linter"))

from podroom.capacity import max_pods, subnets
from podroom.capacity.cni import CniBehavior, parse_version
from podroom.capacity.max_pods_expression import evaluate_max_pods_expression
from podroom.capacity.warm_pool import NodeAddresses, node_addresses
from podroom.catalog.ami_families import AmiFamily
from podroom.catalog.cni_variables import CNI_VARIABLES
from podroom.catalog.instance_types import InstanceCatalog, InstanceType
from podroom.errors import PodroomError

FAILS = "EXIT1"
"""The value of a row whose tool ends with an error instead of a number."""

NEWER_THAN_PUBLISHED = {
    "i7ie.48xlarge": (737, 394),
    "i7ie.metal-48xl": (737, 394),
    "i8ge.48xlarge": (1178, 590),
    "i8ge.metal-48xl": (1178, 590),
}
"""EC2 has described these with two network cards since 2026-08; the published lists still count all interfaces."""

CATALOG = InstanceCatalog.bundled()

Row = Mapping[str, str]
Inputs = Mapping[str, Any]


class RowError(Exception):
    """A row asks for something that this judge does not know."""


@dataclass(frozen=True)
class Comparison:
    """One row: what it expects, and what podroom works out."""

    name: str
    kind: str
    expected: str
    found: str
    agrees: bool


def comparisons(table: Path) -> Iterator[Comparison]:
    """Iterate over the rows of a table; the documented exceptions are left out."""
    with table.open(encoding="utf-8", newline="") as stream:
        for row in csv.DictReader(stream):
            if "eni_max_pods" in row:
                if row["instance_type"] not in NEWER_THAN_PUBLISHED:
                    yield _published(row)
            else:
                yield _vector(row)


def _published(row: Row) -> Comparison:
    instance = CATALOG.find(row["instance_type"])
    found = str(max_pods.eni_max_pods(instance).value) if instance else "no such type"
    return Comparison(row["instance_type"], "eni_max_pods", row["eni_max_pods"], found, found == row["eni_max_pods"])


def _vector(row: Row) -> Comparison:
    try:
        found = JUDGES.get(row["kind"], _unknown_kind)(row, json.loads(row["inputs"]))
    except (RowError, PodroomError) as error:
        return Comparison(row["id"], row["kind"], row["value"], str(error), agrees=False)
    agrees = found == row["value"]
    if row["expect"] == "json":
        agrees = _agrees_as_json(json.loads(row["value"]), json.loads(found))
    return Comparison(row["id"], row["kind"], row["value"], found, agrees)


def _agrees_as_json(expected: Mapping[str, int], found: Mapping[str, Any]) -> bool:
    """Return whether all that is expected was found; what hangs on chance was found as [least, most]."""
    return expected.keys() <= found.keys() and all(
        found[name][0] <= value <= found[name][1] if isinstance(found[name], list) else found[name] == value
        for name, value in expected.items()
    )


def _instance(row: Row) -> InstanceType:
    """Return the type of a row, which must be as the row itself describes it."""
    instance = CATALOG.find(row["instance_type"])
    if instance is None:
        raise RowError(f"no such type: {row['instance_type']}")
    described = {
        "max_enis_default_card": instance.interfaces,
        "ipv4_per_eni": instance.addresses_per_interface,
        "vcpus": instance.vcpus,
    }
    for column, value in described.items():
        if row.get(column) and int(row[column]) != value:
            raise RowError(f"{column} of {instance.name} is {value}, not {row[column]}")
    return instance


def _calculator(row: Row, inputs: Inputs) -> str:
    """Return what the old script prints, with its oddities; podroom's own command accepts the versions it ends at."""
    if not max_pods.calculator_reads_version(inputs["cni_version"]):
        return FAILS
    return str(max_pods.max_pods_calculator(_instance(row), **inputs).value)


def _ipamd(row: Row, inputs: Inputs) -> str:
    _known(inputs, "env", "pd", "cn", "podeni", "maxpods", "pods")
    switches = {
        "ENABLE_PREFIX_DELEGATION": inputs.get("pd", False),
        "AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG": inputs.get("cn", False),
        "ENABLE_POD_ENI": inputs.get("podeni", False),
    }
    environment = {name: str(value).lower() for name, value in switches.items()} | dict(inputs.get("env", {}))
    cni = CniBehavior.from_environment(environment)
    node = node_addresses(_instance(row), cni, max_pods=inputs["maxpods"], pods=inputs["pods"])
    trunks = node.interfaces - node.pod_interfaces - int(cni.custom_networking or not node.ready)
    return json.dumps(_at_rest(node, trunks, by_chance=cni.warm_prefix_target > 1 and not cni.targets_addresses))


def _at_rest(node: NodeAddresses, trunks: int, *, by_chance: bool) -> dict[str, int | list[int]]:
    exact: dict[str, int | list[int]] = {
        "addresses": node.total,
        "enis": node.interfaces - trunks,
        "free_ips": node.free_addresses,
        "pods_failed": node.unserved_pods,
        "prefixes": node.prefixes,
        "secondary_ips": node.secondary_addresses,
        "trunk_enis": trunks,
    }
    more = node.total_at_most - node.total
    if not (by_chance and more):
        return exact
    # More prefixes may bring more interfaces with them: each is one address.
    prefixes = more // 16
    return exact | {
        "addresses": [node.total, node.total_at_most],
        "enis": [node.interfaces - trunks, node.interfaces - trunks + more % 16],
        "free_ips": [node.free_addresses, node.free_addresses + 16 * prefixes],
        "prefixes": [node.prefixes, node.prefixes + prefixes],
    }


def _pod_addresses(row: Row, inputs: Inputs) -> str:
    return str(max_pods.pod_addresses(_instance(row), _cni(inputs)).value)


def _cni(inputs: Inputs) -> CniBehavior:
    """Return how the CNI behaves with the variables and of the version (`cni`) that a row names."""
    _known(inputs, "cni", *CNI_VARIABLES)
    environment = {name: str(value).lower() for name, value in inputs.items() if name in CNI_VARIABLES}
    return CniBehavior.from_environment(environment, _version(inputs["cni"]) if "cni" in inputs else None)


def _version(versions: str) -> tuple[int, int, int]:
    """Return a version out of "1.18.0", "<=1.16.3", ">=1.16.4" or "1.7-1.20.3", the newest one that is named."""
    return parse_version(re.split(r"[<>=]+|-(?=\d+\.)", versions)[-1])


def _branches(row: Row, inputs: Inputs) -> str:
    return str(max_pods.branch_interfaces(_instance(row), _cni(inputs)).value)


def _managed(_row: Row, inputs: Inputs) -> str:
    # That Amazon EKS counts the last two is documented nowhere, so they make no difference.
    _known(inputs, "instance_types", "prefix_delegation", "custom_networking", "ENABLE_POD_ENI")
    instances = [_instance({"instance_type": name}) for name in inputs["instance_types"]]
    prefixes = inputs.get("prefix_delegation", False)
    return str(max_pods.managed_node_group_max_pods(instances, prefix_delegation=prefixes).value)


def _nodeadm(row: Row, inputs: Inputs) -> str:
    """Return what nodeadm arrives at; its own tests leave variables that do not matter at 0.

    A row whose value is a text says that the expression fails.
    """
    overrides = ("kubelet.config.maxPods", "kubelet.flags")
    _known(inputs, "expr", "default_enis", "ips_per_eni", "max_pods", "max_pods_std", *overrides)
    interfaces, addresses = inputs.get("default_enis", 0), inputs.get("ips_per_eni", 0)
    standard = inputs.get("max_pods", inputs.get("max_pods_std", interfaces * (addresses - 1) + 2))
    computed = standard
    if inputs.get("expr"):
        values = {"default_enis": interfaces, "ips_per_eni": addresses, "max_pods": standard}
        result = evaluate_max_pods_expression(inputs["expr"], values)
        if result.value is None and not _is_number(row["value"]):
            return row["value"]
        computed = standard if result.value is None else result.value
    if row["expect"] == "memory_mib":
        return str(max_pods.kube_reserved_memory(computed).value)
    flags = re.findall(r"--max-pods[= ](\d+)", str(inputs.get("kubelet.flags", "")))
    return str(flags[-1] if flags else inputs.get("kubelet.config.maxPods", computed))


def _kube_reserved(_row: Row, inputs: Inputs) -> str:
    _known(inputs, "max_pods")
    return str(max_pods.kube_reserved_memory(inputs["max_pods"]).value)


def _karpenter(row: Row, inputs: Inputs) -> str:
    _known(inputs, "ami_family", "max_pods", "reserved_enis", "pods_per_core")
    named = inputs.get("ami_family", AmiFamily.AL2023.name).upper()
    figure = max_pods.karpenter_max_pods(
        _instance(row),
        family=next((family for family in reversed(AmiFamily) if named.startswith(family.name)), None),
        max_pods=inputs.get("max_pods"),
        reserved_interfaces=inputs.get("reserved_enis", 0),
        pods_per_core=inputs.get("pods_per_core"),
    )
    return str(figure.value)


def _auto_mode(row: Row, inputs: Inputs) -> str:
    _known(inputs)
    return str(max_pods.auto_mode_max_pods(_instance(row)).value)


def _subnet(row: Row, inputs: Inputs) -> str:
    _known(inputs, "prefixlen")
    sums = {"usable_ips": subnets.usable_addresses, "max_free_28_blocks": subnets.free_prefix_blocks}
    if row["expect"] not in sums:
        raise RowError(f"unknown expectation {row['expect']}")
    return str(sums[row["expect"]](inputs["prefixlen"]).value)


def _unknown_kind(row: Row, _inputs: Inputs) -> str:
    raise RowError(f"unknown kind {row['kind']}")


JUDGES: Mapping[str, Callable[[Row, Inputs], str]] = {
    "max_pods_calc": _calculator,
    "ipamd_steady": _ipamd,
    "pod_ip_capacity": _pod_addresses,
    "branch_eni": _branches,
    "mng_max_pods": _managed,
    "nodeadm_expr": _nodeadm,
    "kube_reserved": _kube_reserved,
    "karpenter_max_pods": _karpenter,
    "auto_mode_max_pods": _auto_mode,
    "subnet": _subnet,
}
"""How each kind of row is worked out."""


def _known(inputs: Inputs, *names: str) -> None:
    """Raise an error for inputs that would be left out in silence."""
    unknown = sorted(set(inputs) - set(names))
    if unknown:
        raise RowError(f"unknown inputs {', '.join(unknown)}")


def _is_number(text: str) -> bool:
    return re.fullmatch(r"-?\d+", text) is not None


def main() -> int:
    """Compare all rows; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("tables", metavar="CSV", nargs="+", type=Path)
    total = agreeing = 0
    for table in parser.parse_args().tables:
        for comparison in comparisons(table):
            total += 1
            agreeing += comparison.agrees
            if not comparison.agrees:
                print(
                    f"{comparison.name} ({comparison.kind}): expected {comparison.expected}, found {comparison.found}"
                )
    print(f"{agreeing} of {total} agree")
    return 0 if total and agreeing == total else 1


if __name__ == "__main__":
    sys.exit(main())
