"""What is fuzzed: each reader and the evaluator, with files of the examples and cases to begin with.

A target takes any bytes and must end in an outcome or in an error that podroom raises on purpose.
"""

from __future__ import annotations

import gzip
import json
import random
import warnings
import zipfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, fields, is_dataclass
from functools import cache, lru_cache
from io import BytesIO
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

from podroom.assembly.user_data import read_user_data
from podroom.capacity.cel.errors import CelNotUnderstoodError
from podroom.capacity.max_pods_expression import VARIABLES, evaluate_max_pods_expression
from podroom.config import read_config
from podroom.engine import Engine
from podroom.errors import PodroomError
from podroom.positions import Document, Paths, Span
from podroom.run import Request, check
from podroom.sources.hcl.json_syntax import parse_json
from podroom.sources.hcl.parser import parse, parse_expression, parse_template
from podroom.traced_text import Piece, TracedText
from podroom_rules import rules

CHECKOUT = Path(__file__).resolve().parents[1]
LONGEST = 20_000
"""In bytes.  Long seeds are cut, so that many runs are made; tests/hostile has what is large."""


@dataclass(frozen=True)
class Target:
    """One way into podroom: what to run, and what to begin with."""

    run: Callable[[bytes], object]
    seeds: tuple[str, ...]
    marks: tuple[str, ...] = ()
    """Of these a seed must hold one."""
    more: tuple[bytes, ...] = ()
    """Seeds that are no files."""

    def corpus(self) -> list[bytes]:
        """Return the seeds, the same at every run."""
        paths = sorted({path for pattern in self.seeds for path in CHECKOUT.glob(pattern) if path.is_file()})
        texts = [path.read_bytes()[:LONGEST] for path in paths]
        marks = [mark.encode() for mark in self.marks]
        return [*(text for text in texts if not marks or any(mark in text for mark in marks)), *self.more]


_CHART = """
resource "helm_release" "CHART" {
  name   = "CHART"
  chart  = "CHART"
  values = [file("values.yaml"), yamlencode(yamldecode(file("values.yaml")))]
  set {
    name  = "settings.reservedENIs"
    value = "1"
  }
}
"""
_BESIDE = {
    "values.yaml": {
        "Chart.yaml": "name: umbrella\ndependencies: [{name: aws-vpc-cni, alias: env}, {name: karpenter}]\n",
        "releases.tf": "".join(_CHART.replace("CHART", name) for name in ("aws-vpc-cni", "karpenter")),
    }
}
"""What stands beside a file besides nodes."""


@cache
def _engine() -> Engine:
    return Engine(rules())


@cache
def _folder(name: str) -> Path:
    """Return a folder for a target, with nodes that its file may be about."""
    folder = Path(mkdtemp(prefix="podroom-fuzz-"))
    if name != "main.tf":
        nodes = CHECKOUT / "examples" / "terraform" / "console-incident"
        for path in nodes.glob("*.tf"):
            (folder / path.name).write_bytes(path.read_bytes())
    for beside, text in _BESIDE.get(name, {}).items():
        (folder / beside).write_text(text, encoding="utf-8")
    return folder


def _project(name: str, option: str = "") -> Callable[[bytes], object]:
    """Return what judges a project of which one file is given."""

    def run(data: bytes) -> object:
        folder = _folder(name)
        path = folder / name
        path.write_bytes(data)
        given: dict[str, Any] = {option: [str(path)]} if option else {}
        try:
            return check(Request((str(folder),), parse, **given), _engine())
        except PodroomError as error:
            return error

    return run


def _text(data: bytes) -> str:
    return data.decode("utf-8", errors="replace")


def _hcl(data: bytes) -> object:
    document = Document("fuzz.tf", _text(data))
    return parse(document), parse_expression(document), parse_template(document)


def _json(data: bytes) -> object:
    return parse_json(Document("fuzz.tf.json", _text(data)))


def _user_data(data: bytes) -> object:
    document = Document("user-data", _text(data))
    return read_user_data(TracedText([Piece(document.text, Span(document, 0, len(document.text)), exact=True)]))


def _cel(data: bytes) -> object:
    try:
        return evaluate_max_pods_expression(_text(data), dict.fromkeys(VARIABLES, 3))
    except CelNotUnderstoodError as error:
        return error


_PART = b"\x00"


def _plan_file(data: bytes) -> object:
    """Judge a plan file: the bytes of one, or names and texts in turn."""
    is_zip = data.startswith(b"PK")
    packed = BytesIO(data if is_zip else b"")
    if not is_zip:
        parts = data.split(_PART)
        with warnings.catch_warnings(), zipfile.ZipFile(packed, "w") as archive:
            warnings.simplefilter("ignore")  # that a name stands there twice
            for name, text in zip(parts[::2], parts[1::2], strict=False):
                archive.writestr(zipfile.ZipInfo(_text(name) or "."), text)
    return _alone("plan.tfplan", packed.getvalue())


def _plan_alone(data: bytes) -> object:
    return _alone("plan.json", data)


def _alone(name: str, data: bytes) -> object:
    """Judge one file by itself."""
    path = _folder("main.tf") / name
    path.write_bytes(data)
    try:
        return check(Request((str(path),), parse), _engine())
    except PodroomError as error:
        return error


def _plan_file_of(folder: Path) -> bytes:
    """Return the parts of a plan file of the configuration in a folder."""
    modules = {"": ".", **{path.name: f"modules/{path.name}" for path in sorted(folder.glob("modules/*"))}}
    listed = [{"Key": key, "Source": f"./{place}", "Dir": place} for key, place in modules.items()]
    files = {
        f"tfconfig/m-{key}/{path.name}": path.read_bytes()
        for key, place in modules.items()
        for path in sorted((folder / place).glob("*.tf"))
    }
    state = b'{"version": 4, "terraform_version": "1.11.4", "serial": 1, "lineage": "", "outputs": {}, "resources": []}'
    whole = {"tfplan": b"", "tfconfig/modules.json": json.dumps(listed).encode(), **files, "tfstate": state}
    return _PART.join(part for name, text in whole.items() for part in (name.encode(), text))


def _unpacked(path: Path) -> bytes:
    return gzip.decompress(path.read_bytes())


def _config(data: bytes) -> object:
    try:
        return read_config(Document("podroom.toml", _text(data)), None, Paths("/"))
    except PodroomError as error:
        return error


_EXPRESSIONS = (
    "((default_enis - 1) * (ips_per_eni - 1)) + 2",
    "max_pods < 110 ? 110 : max_pods",
    "int(double(vcpus) * 5.5e-1 + .5) % 7",
    "!(1u == uint(0xff)) || --3 >= -4 && true // why",
    "size([max_pods])",
    'min(max_pods, "20")',
)
_PLANS = CHECKOUT / "tests" / "plans" / "made"
_CONFIGURATIONS = "tests/cases/configurations/*/"
TARGETS = {
    "hcl": Target(_hcl, ("examples/terraform/*/*.tf", f"{_CONFIGURATIONS}*.tf", "tests/cases/hcl/**/*.tf")),
    "tf-json": Target(_json, (f"{_CONFIGURATIONS}*.tf.json", "tests/cases/**/*.tf.json")),
    "configuration": Target(_project("main.tf"), (f"{_CONFIGURATIONS}main.tf", "examples/terraform/*/nodes.tf")),
    "variables": Target(_project("terraform.tfvars"), ("tests/cases/**/*.tfvars", "examples/**/variables.tf")),
    "eksctl": Target(
        _project("cluster.yaml"), ("examples/eksctl/*/*.yaml", f"{_CONFIGURATIONS}*.yaml"), ("eksctl.io",)
    ),
    "manifests": Target(
        _project("nodepool.yaml"), ("tests/cases/manifests/*/**/*.yaml", f"{_CONFIGURATIONS}**/*.yaml")
    ),
    "kustomization": Target(_project("kustomization.yaml"), ("tests/cases/**/kustomization.yaml",)),
    "script": Target(_project("set.sh"), ("tests/cases/**/*.sh",)),
    "user-data": Target(_user_data, ("tests/cases/user_data/*/input*",)),
    "bottlerocket": Target(_user_data, ("tests/cases/user_data/*/input*",), ("[settings",)),
    "plan": Target(_project("plan.json", "plans"), ("examples/terraform/*/plan.json",)),
    "inventory": Target(
        _project("inventory.json", "inventories"),
        ("examples/terraform/*/inventory/*.json", "tests/recorded_inventory/*.json"),
    ),
    "plan-alone": Target(
        _plan_alone,
        ("examples/terraform/*/plan.json",),
        more=tuple(text for text in map(_unpacked, sorted(_PLANS.glob("*.json.gz"))) if len(text) <= LONGEST),
    ),
    "plan-file": Target(
        _plan_file,
        ("tests/plans/plan-file/*",),
        more=tuple(_plan_file_of(one) for one in (_PLANS / "configuration", _PLANS.with_name("eks21"))),
    ),
    "helm": Target(
        _project("values.yaml"),
        (*(f"tests/cases/manifests/{one}*/**/*.yaml" for one in ("chart-values", "helm", "flux")),),
    ),
    "cel": Target(_cel, (), more=tuple(one.encode() for one in _EXPRESSIONS)),
    "podroom-toml": Target(_config, ("tests/**/podroom.toml", "examples/**/podroom.toml", "pyproject.toml")),
}

_SCRAPS = (
    *("{", "}", "[", "]", "(", ")", '"', "'", "${", "%{ if ", "%{ for x in ", "<<EOT\n", "EOT\n", "\\", "#", "/*"),
    *(
        "null",
        "true",
        "-1",
        "0",
        "9" * 30,
        "9" * 5_000,
        "1e999",
        "1e1000000",
        "0x",
        "0x_",
        "0b_",
        "&a ",
        "*a",
        "<<: *a",
        "|\n",
        "---\n",
        "\t",
        "\r\n",
        "\ufeff",
    ),
    *("\x00", "\ufffc", "\u2028", "each.value", "count.index", "var.x", "local.x", "self", "for_each = ", "...", "[*]"),
    *("{{ x }}", "$(", "`", "max-pods", "maxPods: ", "--max-pods=", "aws_subnet.x[0].id", "try(", "cidrsubnet("),
)


def mutated(data: bytes, corpus: Sequence[bytes], chance: random.Random) -> bytes:
    """Return data with a few parts lost, moved or taken from others, some of them whole parts of its grammar."""
    for _ in range(chance.randint(1, 4)):
        change = chance.choice((_exchange, _exchange, _lines, _scrap, _loss, _flip))
        data = change(data, chance.choice(corpus), chance)
    return data[: 2 * LONGEST]


def _exchange(data: bytes, other: bytes, chance: random.Random) -> bytes:
    """Put a part of the syntax tree of one text in place of one of another; lines if there is no such tree."""
    ours, theirs = _parts(data), _parts(other)
    if not ours or not theirs:
        return _lines(data, other, chance)
    start, end = chance.choice(ours)
    begin, stop = chance.choice(theirs)
    return (_text(data)[:start] + _text(other)[begin:stop] + _text(data)[end:]).encode(errors="replace")


@lru_cache(1_000)
def _parts(data: bytes) -> tuple[tuple[int, int], ...]:
    """Return where the parts of a text of HCL or JSON stand."""
    text = _text(data)
    if text.lstrip().startswith(("{", "[")):
        return tuple(_json_parts(text))
    return tuple(_nodes(parse(Document("seed.tf", text)).body))


def _nodes(node: object) -> Iterator[tuple[int, int]]:
    if isinstance(node, list):
        for one in node:
            yield from _nodes(one)
    elif is_dataclass(node) and not isinstance(node, type):
        place = (getattr(node, "start", 0), getattr(node, "end", 0))
        if place[0] < place[1]:
            yield place
        for field in fields(node):
            yield from _nodes(getattr(node, field.name))


def _json_parts(text: str) -> Iterator[tuple[int, int]]:
    decoder = json.JSONDecoder()
    for at, character in enumerate(text):
        if character in '{["' and len(text) <= LONGEST:
            try:
                _, end = decoder.raw_decode(text, at)
            except (ValueError, RecursionError):
                continue
            yield at, end


def _lines(data: bytes, other: bytes, chance: random.Random) -> bytes:
    ours, theirs = data.splitlines(keepends=True), other.splitlines(keepends=True)
    at, begin = chance.randint(0, len(ours)), chance.randint(0, len(theirs))
    return b"".join((*ours[:at], *theirs[begin : begin + chance.randint(0, 5)], *ours[at + chance.randint(0, 3) :]))


def _scrap(data: bytes, _other: bytes, chance: random.Random) -> bytes:
    at = chance.randint(0, len(data))
    return data[:at] + chance.choice(_SCRAPS).encode() * chance.choice((1, 1, 1, 300)) + data[at:]


def _loss(data: bytes, _other: bytes, chance: random.Random) -> bytes:
    at = chance.randint(0, len(data))
    return data[:at] + data[at + chance.randint(1, 40) :]


def _flip(data: bytes, _other: bytes, chance: random.Random) -> bytes:
    at = chance.randint(0, len(data))
    return data[:at] + bytes([chance.randint(0, 255)]) + data[at + 1 :]
