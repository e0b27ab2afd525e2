"""Compare how podroom expands modules with what real Terraform planned for them.

    python tools/check_expansions.py DIR [--modules MODULES] [--same-world]

DIR holds expansions (`*.json`, as tests/oracle/data/module-expansions does).  Without `--modules` the adapters stand
in for the modules.  With it, the modules that are found in MODULES are expanded as any local module is; in which
layouts they are found says tools/module_sources.py, and for those that are not found the adapters stand in.  Prints
every disagreement and, last, "N of M agree"; the exit code is 0 only if all agree or are intended, 1 if not, and 2 if
there is nothing to compare.

With `--same-world` both ways are gone, for every expansion and every folder with Terraform files below DIR, and the
Worlds that come of them are compared: what rules would see must not hang on whether the sources are there.
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

from command import NothingToDo, run_tool
from module_sources import ModuleSources, with_registry_addresses, with_sources
from podroom.adapters.registry import stand_in
from podroom.assembly.terraform import assemble
from podroom.evaluation.project import BodyReader, Module, Options, ResourceInstance, load_root
from podroom.evaluation.terms import ListTerm, MapTerm, Null, ObjectTerm, SetTerm, Term, TupleTerm
from podroom.sources.files import Files
from podroom.sources.hcl.parser import parse
from world_summary import summary

UNKNOWN = "(unknown)"

NOT_MODELLED = {
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

NOT_MODELLED_IN_BLOCKS = {
    **NOT_MODELLED,
    "name": "names of templates join nothing here",
    "version": "a template's version is the newest one here",
    "launch_template_name": "a template is named by its id or by its name, as the module does",
    "id": "a template is named by its id or by its name, as the module does",
    "launch_template_id": "a template is named by its id or by its name, as the module does",
}
"""The same for attributes of blocks, which name launch templates."""

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


def comparisons(case: Path, modules: ModuleSources | None = None) -> Iterator[Comparison]:
    """Iterate over what can be compared of one expansion; without `modules` the adapters stand in."""
    expansion = json.loads(case.read_text(encoding="utf-8"))
    with tempfile.TemporaryDirectory() as folder:
        text = _with_versions(expansion["hcl"], expansion["modules"])
        (Path(folder) / "main.tf").write_text(text, encoding="utf-8")
        root = _root(Path(folder), None if modules is None else modules.of_case(case.stem))
        found = {
            resource.address: resource
            for module in root.walk()
            for kind in _TYPES
            for resource in module.resources(kind)
        }
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


def worlds(folder: Path, modules: ModuleSources) -> tuple[dict[str, str], dict[str, str]]:
    """Return the World of a configuration as adapters give it, and as the real sources do."""
    return summary(assemble(_root(folder, None, modules))), summary(assemble(_root(folder, modules)))


def _root(folder: Path, modules: ModuleSources | None, known: ModuleSources | None = None) -> Module:
    """Return a root module; `known` are modules whose own examples call public modules by a relative path."""
    if modules is not None:
        files = Files(os.path.commonpath([folder, modules.root]), lambda document: with_sources(document, modules))
    elif known is not None:
        files = Files(str(folder), lambda document: with_registry_addresses(document, known))
    else:
        files = Files(str(folder), parse)
    return load_root(files, str(folder), Options(adapters=stand_in))


def _with_versions(text: str, modules: list[list[str]]) -> str:
    """Return a configuration whose calls name exactly the versions that were planned."""
    for _, source, version in modules:
        text = re.sub(rf'(source\s*=\s*"{re.escape(source)}"\n\s*version\s*=\s*)"[^"]*"', rf'\1"{version}"', text)
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
            {key: _read(block, key, value) for key, value in one.items() if key not in NOT_MODELLED_IN_BLOCKS}
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
        return {key: _modelled(value) for key, value in planned.items() if key not in NOT_MODELLED_IN_BLOCKS}
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


def _check_plans(cases: Path, modules: ModuleSources | None) -> bool:
    agreeing = total = unexplained = 0
    for case in sorted(cases.glob("*.json")):
        for comparison in comparisons(case, modules):
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
    _print_missing(modules)
    print(f"{agreeing} of {total} agree")
    return unexplained == 0


def _check_worlds(cases: Path, modules: ModuleSources) -> bool:
    same = total = 0
    for name, folder in _configurations(cases):
        total += 1
        adapted, expanded = worlds(folder, modules)
        differing = [way for way in {**adapted, **expanded} if adapted.get(way) != expanded.get(way)]
        same += not differing
        for way in differing:
            absent = "(not there)"
            print(f"{name}: {way}: adapters {adapted.get(way, absent)}, sources {expanded.get(way, absent)}")
    _print_missing(modules)
    print(f"{same} of {total} agree")
    return same == total


def _configurations(cases: Path) -> Iterator[tuple[str, Path]]:
    for case in sorted(cases.glob("*.json")):
        expansion = json.loads(case.read_text(encoding="utf-8"))
        with tempfile.TemporaryDirectory() as folder:
            text = _with_versions(expansion["hcl"], expansion["modules"])
            (Path(folder) / "main.tf").write_text(text, encoding="utf-8")
            yield case.stem, Path(folder)
    for root in sorted({file.parent.resolve() for file in cases.rglob("*.tf")}):
        yield root.relative_to(cases.resolve()).as_posix(), root


def _print_missing(modules: ModuleSources | None) -> None:
    for source in sorted(modules.missing) if modules is not None else ():
        print(f"not found among the modules, so left to the adapters: {source}")


def main() -> int:
    """Compare and report; return the exit code."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("cases", type=Path, metavar="DIR")
    parser.add_argument("--modules", type=Path, metavar="MODULES")
    parser.add_argument("--same-world", action="store_true")
    arguments = parser.parse_args()
    if arguments.same_world and arguments.modules is None:
        parser.error("--same-world compares with the real sources: give --modules")
    cases = arguments.cases
    if not cases.is_dir():
        raise NothingToDo(f"no such folder: {cases}")
    if not any(cases.glob("*.json")) and not (arguments.same_world and any(cases.rglob("*.tf"))):
        raise NothingToDo(f"no expansions (*.json){' or Terraform files' if arguments.same_world else ''} in {cases}")
    modules = _modules_in(arguments.modules) if arguments.modules is not None else None
    same = modules is not None and arguments.same_world
    agree = _check_worlds(cases, modules) if same and modules is not None else _check_plans(cases, modules)
    if modules is not None and not modules.used:
        raise NothingToDo(
            f"none of the modules in {modules.root} is called, so nothing was compared with their sources"
        )
    return 0 if agree else 1


def _modules_in(folder: Path) -> ModuleSources:
    if not folder.is_dir():
        raise NothingToDo(f"no such folder: {folder}")
    modules = ModuleSources(folder)
    if not modules and not any(map(modules.of_case, (child.name for child in folder.iterdir() if child.is_dir()))):
        raise NothingToDo(f"no modules in {folder}; in which layouts they are found says tools/module_sources.py")
    return modules


if __name__ == "__main__":
    sys.exit(run_tool(main))
