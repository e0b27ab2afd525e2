"""Compare how podroom expands modules with what real Terraform planned for them.

    python tools/check_expansions.py tests/oracle/data/module-expansions [--modules DIR]

Without `--modules` the adapters stand in for the modules.  With it, `DIR/NAMESPACE/NAME/PROVIDER/VERSION`
holds their real sources, which are expanded as any local module is.  Prints every disagreement and, last,
"N of M agree"; the exit code is 0 only if all agree or are intended, and 1 otherwise.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "linter"))

from podroom.adapters.registry import stand_in
from podroom.evaluation.project import BodyReader, Options, ResourceInstance, load_root
from podroom.evaluation.terms import ListTerm, MapTerm, Null, ObjectTerm, SetTerm, Term, TupleTerm
from podroom.sources.files import Files
from podroom.sources.hcl.parser import parse

UNKNOWN = "(unknown)"

NOT_MODELLED = {
    "name": "names of templates join nothing here",
    "version": "a template's version is the newest one here",
    "launch_template_name": "a template is named by its id or by its name, as the module does",
    "id": "a template is named by its id or by its name, as the module does",
    "launch_template_id": "a template is named by its id or by its name, as the module does",
    "disk_size": "bears on no pod's address",
    "release_version": "invented by the stand-in provider; bears on no pod's address",
    "user_data": "encoded text differs in its headers; user_data_lines compares what it says",
    "instances_distribution": "decides between spot and on-demand, not between instance types",
    "security_group_ids": "bears on no pod's address",
    "security_groups": "bears on no pod's address",
    "cluster_security_group_id": "bears on no pod's address",
    "delete_on_termination": "bears on no pod's address",
    "associate_public_ip_address": "bears on no pod's address",
    "public_access_cidrs": "bears on no pod's address",
    "endpoint_private_access": "bears on no pod's address",
    "endpoint_public_access": "bears on no pod's address",
    "elastic_load_balancing": "bears on no pod's address",
    "vpc_id": "a cluster's VPC follows from its subnets",
    "launch_template_specification": "an override's own template is not modelled",
}
"""Attributes that are compared with nothing, each with the reason."""

INTENDED = (
    (r"image_id", "a stock image stays the parameter or the search that yields it: the plan's value is invented"),
    (r"availability_zone", "the zones of a region stay symbols: the plan's names are invented"),
)
"""Attributes that may be unknown here although the plan has a value, each with the reason."""

_ABOUT_MAX_PODS = re.compile(r"[\w-]*max.?pods\W*\w*", re.IGNORECASE)
_TYPES = (
    "aws_autoscaling_group",
    "aws_eks_addon",
    "aws_eks_cluster",
    "aws_eks_fargate_profile",
    "aws_eks_node_group",
    "aws_launch_configuration",
    "aws_launch_template",
    "aws_subnet",
    "aws_vpc",
    "aws_vpc_ipv4_cidr_block_association",
)


@dataclass(frozen=True)
class Comparison:
    """One attribute of one resource: what Terraform planned and what podroom worked out."""

    case: str
    address: str
    attribute: str
    planned: object
    found: object

    @property
    def agrees(self) -> bool:
        """Return whether the two agree; what Terraform does not know agrees with anything."""
        return _agree(self.planned, self.found)

    @property
    def intended(self) -> str | None:
        """Return why podroom is meant to know less here than the plan, None if it is not."""
        if self.found != UNKNOWN:
            return None
        return next((reason for name, reason in INTENDED if re.fullmatch(name, self.attribute)), None)


def comparisons(case: Path, modules: Path | None = None) -> Iterator[Comparison]:
    """Iterate over what can be compared of one expansion."""
    expansion = json.loads(case.read_text(encoding="utf-8"))
    text = expansion["hcl"]
    with tempfile.TemporaryDirectory() as folder:
        if modules is not None:
            text = _with_local_sources(text, expansion["modules"], modules, folder)
        (Path(folder) / "main.tf").write_text(text, encoding="utf-8")
        root = load_root(
            Files(os.path.commonpath([folder, modules or folder]), parse), folder, Options(adapters=stand_in)
        )
        found = {resource.address: resource for module in root.walk() for resource in module.resources(*_TYPES)}
        for address, planned in expansion["resources"].items():
            resource = found.pop(address, None)
            if resource is None:
                yield Comparison(case.stem, address, "(resource)", "planned", "missing")
                continue
            yield Comparison(case.stem, address, "(resource)", "planned", "planned")
            for name, value in planned.items():
                if name not in NOT_MODELLED:
                    known = _about_max_pods(value) if name == "user_data_lines" else _modelled(value)
                    yield Comparison(case.stem, address, name, known, _found(resource, name, value))
        for address in found:
            yield Comparison(case.stem, address, "(resource)", "not planned", "found")


def _with_local_sources(text: str, modules: list[list[str]], sources: Path, folder: str) -> str:
    for _, source, version in modules:
        local = os.path.relpath(sources / source / version, folder)
        text = re.sub(rf'source\s*=\s*"{re.escape(source)}"\n\s*version\s*=\s*"[^"]*"', f'source = "{local}"', text)
    return text


def _found(resource: ResourceInstance, name: str, planned: object) -> object:
    if name == "user_data_lines":
        field = resource.body.attribute("user_data")
        return _about_max_pods(field.traced().text.splitlines() if field is not None else [])
    return _read(resource.body, name, planned)


def _about_max_pods(lines: object) -> object:
    """Return the lines that speak of max pods; headers and the words around them are each module's own."""
    if not isinstance(lines, list):
        return lines
    return [match.group() for line in lines for match in _ABOUT_MAX_PODS.finditer(line)]


def _read(body: BodyReader, name: str, planned: object) -> object:
    if body.has_block(name):
        wanted = planned if isinstance(planned, list) else []
        blocks = list(body.blocks(name))
        return [
            {key: _read(block, key, value) for key, value in one.items() if key not in NOT_MODELLED}
            for block, one in zip(blocks, (*wanted, *({} for _ in blocks[len(wanted) :])), strict=False)
            if isinstance(one, dict)
        ]
    field = body.attribute(name)
    return None if field is None else _plain(field.term)


def _plain(term: Term) -> object:
    if isinstance(term, Null):
        return None
    if isinstance(term, TupleTerm | ListTerm | SetTerm):
        return [_plain(item) for item in term.items]
    if isinstance(term, ObjectTerm | MapTerm):
        return {str(key): _plain(value) for key, value in term.entries.items()}
    if isinstance(term, str | bool | int | Decimal):
        return term
    return UNKNOWN


def _modelled(planned: object) -> object:
    if isinstance(planned, list):
        return [_modelled(item) for item in planned]
    if isinstance(planned, dict):
        return {key: _modelled(value) for key, value in planned.items() if key not in NOT_MODELLED}
    return planned


def _agree(planned: object, found: object) -> bool:
    if planned == UNKNOWN:
        return True
    if isinstance(planned, list) and isinstance(found, list):
        return len(planned) == len(found) and all(map(_agree, planned, found))
    if isinstance(planned, dict) and isinstance(found, dict):
        return all(_agree(value, found.get(key)) for key, value in planned.items())
    if planned in ([], "", False) and found is None:
        return True  # the provider writes what nobody set
    return str(planned) == str(found) if not isinstance(planned, bool) else planned == found


def main() -> int:
    """Compare and report; return the exit code."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("cases", type=Path, metavar="DIR")
    parser.add_argument("--modules", type=Path, metavar="DIR")
    arguments = parser.parse_args()
    agreeing = total = unexplained = 0
    for case in sorted(arguments.cases.glob("*.json")):
        for comparison in comparisons(case, arguments.modules):
            total += 1
            if comparison.agrees:
                agreeing += 1
                continue
            reason = comparison.intended
            unexplained += reason is None
            print(
                f"{comparison.case}: {comparison.address}.{comparison.attribute}: "
                f"planned {comparison.planned!r}, found {comparison.found!r}"
                + (f" (intended: {reason})" if reason else "")
            )
    print(f"{agreeing} of {total} agree")
    return 1 if unexplained else 0


if __name__ == "__main__":
    sys.exit(main())
