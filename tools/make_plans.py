"""Have Terraform plan the configuration in tests/plans/made, without any provider, and write the plans beside it.

Every resource of AWS becomes a `terraform_data` with its attributes and blocks as `input`; Terraform expands and plans
these, and in what `terraform show -json` prints they become resources of AWS again, with ids that look like theirs.
What an attribute refers to, Terraform keeps of one more `terraform_data` for each attribute.  So repetition, modules,
values, unknown parts, references and actions are Terraform's own; what a provider would compute is not in them.

python tools/make_plans.py [TERRAFORM]
"""

from __future__ import annotations

import gzip
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1] / "linter"))

from podroom.positions import Document
from podroom.sources.hcl.parser import parse
from podroom.sources.hcl.syntax import Block, Body

MADE = Path(__file__).parents[1] / "tests" / "plans" / "made"
ZONES = '-var=zones=["eu-west-1a","eu-west-1b","eu-west-1c"]'
REPLACED = {"aws_eks_node_group": ("ami_type", "instance_types", "subnet_ids"), "aws_subnet": ("cidr_block",)}
"""Attributes that AWS cannot change in place."""
OUTSIDE = ("count", "for_each", "depends_on")
PREFIXES = {"aws_subnet": "subnet", "aws_vpc": "vpc", "aws_launch_template": "lt"}
REFERENCE = re.compile(r"(?<![\w.])(aws_\w+)\.(\w+)((?:\[[^\]]*\])?)(?:\.(\w+))?")
PART = "___"


@dataclass(frozen=True)
class Case:
    """How a plan is made: what is applied before, with which options, and with which texts replaced."""

    options: Sequence[str]
    applied: Sequence[str] | None = None
    earlier: Mapping[str, str] | None = None


CASES = {
    "create": Case([ZONES]),
    "create_in_one_zone": Case(['-var=zones=["eu-west-1a"]', "-var=pods=58"]),
    "nothing": Case([ZONES], [ZONES]),
    "update": Case([ZONES, "-var=pods=58"], [ZONES], {"most = 6": "most = 3"}),
    "more_zones": Case([ZONES], ['-var=zones=["eu-west-1a","eu-west-1b"]']),
    "replace": Case([ZONES], [ZONES], {'types = ["m5.large"]': 'types = ["m6i.large"]'}),
    "one_group_less": Case(['-var=zones=["eu-west-1a"]'], ['-var=zones=["eu-west-1a","eu-west-1b"]']),
    "destroy": Case(["-destroy", ZONES], [ZONES]),
    "destroy_a_part": Case(["-destroy", "-target=aws_autoscaling_group.workers", ZONES], [ZONES]),
    "refresh_only": Case(["-refresh-only", ZONES], [ZONES]),
    "target": Case(["-target=module.network", ZONES]),
}


# --- the configuration without a provider ----------------------------------------------------------


def without_provider(text: str) -> str:
    """Return a configuration with `terraform_data` for every resource of AWS."""
    document = Document("main.tf", text)
    body = parse(document).body
    written = []
    at = 0
    for block in body.blocks:
        if block.type != "resource":
            continue
        written += [text[at : block.start], *_resource(text, block)]
        at = block.end
    return "".join(_referring(part) for part in (*written, text[at:]))


def _resource(text: str, block: Block) -> Iterator[str]:
    kind, name = (label.value for label in block.labels)
    attributes = {one.name: text[one.expression.start : one.expression.end] for one in block.body.attributes}
    outside = [f"  {each} = {attributes[each]}\n" for each in OUTSIDE if each in attributes]
    kept = [f"  {text[one.start : one.end]}\n" for one in block.body.blocks if one.type == "lifecycle"]
    trigger = [attributes[each] for each in REPLACED.get(kind, ()) if each in attributes]
    kept += [f"  triggers_replace = [{', '.join(trigger)}]\n"] if trigger else []
    values = _object(text, block.body)
    yield f'resource "terraform_data" "{kind}__{name}" {{\n{"".join(outside + kept)}  input = {values}\n}}\n'
    for path, expression in _written(text, block.body):
        whole = f"{kind}__{name}{PART}{PART.join(path)}"
        yield f'resource "terraform_data" "{whole}" {{\n{"".join(outside)}  input = {expression}\n}}\n'


def _object(text: str, body: Body) -> str:
    entries = [
        f"{one.name} = {text[one.expression.start : one.expression.end]}\n"
        for one in body.attributes
        if one.name not in OUTSIDE
    ]
    blocks: dict[str, list[str]] = {}
    for block in body.blocks:
        if block.type == "dynamic":
            name = block.labels[0].value
            collection = next(one for one in block.body.attributes if one.name == "for_each").expression
            pairs = f"[for k, v in {text[collection.start : collection.end]} : {{ key = k, value = v }}]"
            (content,) = block.body.blocks
            blocks.setdefault(name, []).append(f"[for {name} in {pairs} : {_object(text, content.body)}]")
        elif block.type != "lifecycle":
            blocks.setdefault(block.type, []).append(f"[{_object(text, block.body)}]")
    entries += [f"{name} = concat({', '.join(several)})\n" for name, several in blocks.items()]
    return f"{{\n{''.join(entries)}}}"


def _written(text: str, body: Body) -> Iterator[tuple[tuple[str, ...], str]]:
    """Iterate over the attributes of which Terraform keeps the references, by their way: those in no dynamic block."""
    for one in body.attributes:
        if one.name not in OUTSIDE:
            yield (one.name,), text[one.expression.start : one.expression.end]
    for block in body.blocks:
        if block.type not in {"dynamic", "lifecycle"}:
            for path, expression in _written(text, block.body):
                yield (block.type, *path), expression


def _referring(text: str) -> str:
    def renamed(match: re.Match[str]) -> str:
        kind, name, key, attribute = match.groups()
        path = "" if attribute is None else f".{attribute}" if attribute == "id" else f".input.{attribute}"
        return f"terraform_data.{kind}__{name}{key}{path}"

    return REFERENCE.sub(renamed, text)


# --- the plan of AWS -------------------------------------------------------------------------------


class Translated:
    """A plan of `terraform_data` as one of resources of AWS."""

    def __init__(self, plan: Mapping[str, Any]) -> None:
        """Take what `terraform show -json` prints."""
        self._plan = plan
        self._ids: dict[str, str] = {}

    def plan(self) -> dict[str, Any]:
        """Return the plan; what nobody reads is left out."""
        plan = self._plan
        kept = ("format_version", "terraform_version", "variables", "complete", "errored")
        found = {name: plan[name] for name in kept if name in plan}
        found["planned_values"] = {"root_module": self._module(plan["planned_values"].get("root_module", {}))}
        for part in ("resource_drift", "resource_changes"):
            if part in plan:
                found[part] = [self._change(one) for one in plan[part] if PART not in one["name"]]
        if "values" in plan.get("prior_state", {}):
            root = self._module(plan["prior_state"]["values"]["root_module"])
            found["prior_state"] = {"format_version": "1.0", "values": {"root_module": root}}
        found["configuration"] = {"root_module": _configured(plan["configuration"]["root_module"])}
        text = json.dumps(found, indent=1)
        for made, identity in self._ids.items():
            text = text.replace(made, identity)
        content: dict[str, Any] = json.loads(text)
        return content

    def _module(self, module: Mapping[str, Any]) -> dict[str, Any]:
        resources = [self._held(one) for one in module.get("resources", []) if PART not in one["name"]]
        children = [self._module(one) for one in module.get("child_modules", [])]
        return {
            **({"address": module["address"]} if "address" in module else {}),
            **({"resources": resources} if resources else {}),
            **({"child_modules": children} if children else {}),
        }

    def _held(self, resource: Mapping[str, Any]) -> dict[str, Any]:
        found = _named(resource)
        self._note(found["address"], found["type"], resource["values"].get("id"))
        values = resource["values"].get("input") or {}
        identity = {"id": resource["values"]["id"]} if resource["values"].get("id") else {}
        marks = resource.get("sensitive_values", {}).get("input", {})
        return {**found, "values": {**identity, **values}, "sensitive_values": marks}

    def _change(self, one: Mapping[str, Any]) -> dict[str, Any]:
        found = _named(one)
        what = one["change"]
        sides: dict[str, Any] = {"actions": what["actions"]}
        for side in ("before", "after"):
            whole = what[side]
            if whole is not None:
                self._note(found["address"], found["type"], whole.get("id"))
                identity = {"id": whole["id"]} if whole.get("id") else {}
                sides[side] = {**identity, **(whole.get("input") or {})}
            else:
                sides[side] = None
            marks = what.get(f"{side}_sensitive")
            sides[f"{side}_sensitive"] = marks.get("input", {}) if isinstance(marks, dict) else marks
        unknown = what.get("after_unknown") or {}
        masks = unknown.get("input", {})
        identity = {"id": True} if unknown.get("id") else {}
        sides["after_unknown"] = {**(masks if isinstance(masks, dict) else {}), **identity}
        return {**found, "change": sides}

    def _note(self, address: str, kind: str, made: object) -> None:
        if isinstance(made, str):
            digest = hashlib.sha256(address.encode()).hexdigest()[:17]
            self._ids[made] = f"{PREFIXES[kind]}-{digest}" if kind in PREFIXES else f"id-of-{digest}"


def _named(one: Mapping[str, Any]) -> dict[str, Any]:
    """Return how a resource is called as one of AWS."""
    kind, name = one["name"].split("__", 1)
    found = {
        "address": one["address"].replace(f"terraform_data.{one['name']}", f"{kind}.{name}"),
        "mode": "managed",
        "type": kind,
        "name": name,
    }
    return found | {key: one[key] for key in ("module_address", "index") if key in one}


def _configured(module: Mapping[str, Any]) -> dict[str, Any]:
    resources: dict[str, dict[str, Any]] = {}
    for one in module.get("resources", []):
        whole, *path = one["name"].split(PART)
        kind, name = whole.split("__", 1)
        repeated = {
            key: _expression(one[key]) for key in ("count_expression", "for_each_expression") if key in one and not path
        }
        found = resources.setdefault(
            whole, {"address": f"{kind}.{name}", "mode": "managed", "type": kind, "name": name, "expressions": {}}
        )
        found.update(repeated)
        if path:
            *blocks, last = path
            at = found["expressions"]
            for block in blocks:
                at = at.setdefault(block, [{}])[0]
            at[last] = _expression(one["expressions"].get("input", {}))
    calls = {}
    for name, call in module.get("module_calls", {}).items():
        made = {key: value for key, value in call.items() if key in {"source", "expressions"}}
        made["expressions"] = {key: _expression(value) for key, value in call.get("expressions", {}).items()}
        repeated = {key: _expression(call[key]) for key in ("count_expression", "for_each_expression") if key in call}
        calls[name] = {**made, **repeated, "module": _configured(call["module"])}
    outputs = {name: {"expression": _expression(one["expression"])} for name, one in module.get("outputs", {}).items()}
    parts = {"resources": list(resources.values()), "module_calls": calls, "outputs": outputs}
    return {name: part for name, part in parts.items() if part} | {"variables": module.get("variables", {})}


def _expression(expression: Mapping[str, Any]) -> dict[str, Any]:
    if "references" not in expression:
        return dict(expression)
    names = [
        re.sub(r"terraform_data\.(aws_\w+?)__(\w+)", r"\1.\2", one).replace(".input.", ".")
        for one in expression["references"]
    ]
    return {"references": [one for one in dict.fromkeys(names) if not one.endswith(".input")]}


# --- running Terraform -----------------------------------------------------------------------------


def make(terraform: str, case: Case) -> dict[str, Any]:
    """Return the plan of one case."""
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made) / "root"
        shutil.copytree(MADE / "configuration", folder)

        def write(texts: Mapping[str, str]) -> None:
            for path in (MADE / "configuration").rglob("*.tf"):
                text = path.read_text(encoding="utf-8")
                for old, new in texts.items():
                    text = text.replace(old, new)
                (folder / path.relative_to(MADE / "configuration")).write_text(without_provider(text), encoding="utf-8")

        def run(*arguments: str) -> str:
            settings = {"TF_CLI_CONFIG_FILE": os.devnull, "CHECKPOINT_DISABLE": "1", "TF_DATA_DIR": f"{made}/data"}
            done = subprocess.run(
                [terraform, *arguments],
                cwd=folder,
                env={**os.environ, **settings},
                capture_output=True,
                text=True,
                check=False,
            )
            if done.returncode:
                raise SystemExit(f"terraform {' '.join(arguments)}\n{done.stdout}{done.stderr}")
            return done.stdout

        write(case.earlier or {})
        run("init", "-input=false", "-no-color")
        if case.applied is not None:
            run("apply", "-auto-approve", "-input=false", "-no-color", *case.applied)
        write({})
        run("plan", "-input=false", "-no-color", "-out=tfplan", *map(_referring, case.options))
        return Translated(json.loads(run("show", "-json", "tfplan"))).plan()


def main() -> None:
    """Write the plans of all cases."""
    terraform = sys.argv[1] if len(sys.argv) > 1 else "terraform"
    for name, case in CASES.items():
        content = json.dumps(make(terraform, case), separators=(",", ":")).encode()
        (MADE / f"{name}.json.gz").write_bytes(gzip.compress(content, mtime=0))
        print(name, len(content))


if __name__ == "__main__":
    main()
