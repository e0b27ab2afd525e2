"""Projects that nobody writes who means well, with what podroom is asked and what a person must be told."""

from __future__ import annotations

import base64
import gzip
import json
import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

NESTED = 10_000
LARGE = 100 * 1024 * 1024


@dataclass(frozen=True)
class LinkTo:
    """A symbolic link."""

    target: str


@dataclass(frozen=True)
class Sparse:
    """A file of 100 MB which begins with `text`; the null bytes behind it take no room on the disk."""

    text: str


class Pipe:
    """A named pipe that nobody ever writes to."""


Content = str | bytes | LinkTo | Sparse | Pipe


@dataclass(frozen=True)
class Project:
    """Files by their paths, the command that is run beside them, and what it must say."""

    files: Mapping[str, Content]
    says: str
    exits: int = 2
    command: tuple[str, ...] = ("check", ".")
    never: str = "SECRET"
    as_for: str = ""
    """The name of the project of which exactly the same must be said."""

    def write(self, folder: Path) -> None:
        """Lay the files out in an empty folder."""
        for name, content in self.files.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            if isinstance(content, LinkTo):
                path.symlink_to(content.target)
            elif isinstance(content, Pipe):
                os.mkfifo(path)
            elif isinstance(content, Sparse):
                path.write_text(content.text, encoding="utf-8")
                os.truncate(path, LARGE)
            elif isinstance(content, bytes):
                path.write_bytes(content)
            else:
                path.write_text(content, encoding="utf-8", newline="")


PROJECTS: dict[str, Callable[[], Project]] = {}
"""By name; they are made one after the other, as some of them are large."""


def _add(name: str, make: Callable[[], Project]) -> None:
    assert name not in PROJECTS, name
    PROJECTS[name] = make


def nodes(user_data: str = "null", more: str = "", *, instance_type: str = '"m5.large"') -> str:
    """Return a cluster with one node group, whose user data and instance type are expressions."""
    return f"""
resource "aws_vpc" "v" {{
  cidr_block = "10.0.0.0/16"
}}
resource "aws_subnet" "s" {{
  vpc_id            = aws_vpc.v.id
  cidr_block        = "10.0.0.0/24"
  availability_zone = "eu-west-1a"
}}
resource "aws_eks_cluster" "c" {{
  name    = "c"
  version = "1.33"
  vpc_config {{
    subnet_ids = [aws_subnet.s.id]
  }}
}}
resource "aws_launch_template" "t" {{
  image_id      = "ami-12345678"
  instance_type = {instance_type}
  user_data     = {user_data}
}}
resource "aws_eks_node_group" "g" {{
  cluster_name = aws_eks_cluster.c.name
  subnet_ids   = [aws_subnet.s.id]
  launch_template {{
    id      = aws_launch_template.t.id
    version = 1
  }}
  scaling_config {{
    min_size     = 1
    desired_size = 1
    max_size     = 3
  }}
}}
{more}
"""


def packed(user_data: str) -> str:
    """Return configuration whose nodes have this user data."""
    return nodes(f"base64encode({json.dumps(user_data)})")


def typed(expression: str, more: str = "") -> dict[str, Content]:
    """Return a project in which the instance type is an expression."""
    return {"main.tf": nodes(instance_type=f"tostring(jsonencode({expression}))", more=more)}


def both(opening: str, closing: str) -> str:
    """Return brackets inside each other, 10,000 levels deep."""
    return opening * NESTED + closing * NESTED


NODE_POOL = "apiVersion: karpenter.sh/v1\nkind: NodePool\nmetadata:\n  name: pool\n"
CLUSTER_CONFIG = """\
apiVersion: eksctl.io/v1alpha5
kind: ClusterConfig
metadata: {name: shop, region: eu-west-1, version: "1.33"}
nodeGroups:
  - {name: workers, instanceType: m5.large, maxPodsPerNode: 20}
"""
PLAN = '{"format_version": "1.2", "planned_values": '
ALIASES = "a: &a [x,x,x,x,x,x,x,x,x]\n" + "\n".join(
    f"{name}: &{name} [{','.join([f'*{before}'] * 9)}]" for before, name in zip("abcdefghi", "bcdefghij", strict=True)
)
MERGES = "big: &big {" + ",".join(f"k{at}: 1" for at in range(300)) + "}\nlist:\n" + "  - <<: *big\n" * 1_000


def chain(first: str, further: str, length: int = 60) -> str:
    """Return locals of which each is made of the one before it."""
    lines = [f"  l{at} = {further.replace('PREVIOUS', f'local.l{at - 1}')}" for at in range(1, length + 1)]
    return "\n".join(("locals {", f"  l0 = {first}", *lines, "}\n"))


_DEEP = "nested more"
_NESTINGS = {
    "parentheses": both("(", ")"),
    "lists": both("[", "]"),
    "objects": both("{a=", "}"),
    "calls": both("max(", ")"),
    "templates": both('"${', '}"'),
    "directives": '"' + both("%{ if true }", "%{ endif }") + '"',
    "negations": "!" * NESTED + "true",
    "conditions": "true ? 1 : " * NESTED + "1",
    "indices": both("a[", "]"),
    "loops": both("[for a in ", "]"),
}
for _name, _text in _NESTINGS.items():
    _add(
        f"HCL nested in {_name}",
        lambda text=_text: Project({"main.tf": nodes(more=f"locals {{\n  x = {text}\n}}\n")}, "not read: "),
    )
_add("HCL nested in blocks", lambda: Project({"main.tf": nodes() + both("a {\n", "}\n")}, "not read: "))
_add(
    "JSON nested in lists",
    lambda: Project({"main.tf": nodes(), "x.tf.json": f'{{"locals": {{"x": {both("[", "]")}}}}}'}, _DEEP),
)
_add(
    "JSON nested in objects",
    lambda: Project({"main.tf": nodes(), "x.tf.json": '{"a":' * NESTED + "1" + "}" * NESTED}, _DEEP),
)
_add(
    "JSON with a nested expression",
    lambda: Project(
        {"main.tf": nodes(), "x.tf.json": json.dumps({"locals": {"x": f"${{{both('(', ')')}}}"}})}, "not read: "
    ),
)
_add(
    "variables nested in lists",
    lambda: Project(
        {"main.tf": nodes(more='variable "x" {}'), "terraform.tfvars": f"x = {both('[', ']')}"}, "not read: "
    ),
)
_add("YAML nested in lists", lambda: Project({"n.yaml": f"{NODE_POOL}spec: {both('[', ']')}"}, _DEEP))
_add("YAML nested in items", lambda: Project({"n.yaml": f"{NODE_POOL}spec:\n  {'- ' * NESTED}1\n"}, _DEEP))
_add(
    "a template nested in directives",
    lambda: Project(
        {
            "main.tf": nodes('base64encode(templatefile("t.tftpl", {}))'),
            "t.tftpl": both("%{ if true }", "%{ endif }"),
        },
        "Directives are nested more than",
    ),
)
_add(
    "a template of itself",
    lambda: Project(
        {
            "main.tf": nodes('base64encode(templatefile("t.tftpl", {}))'),
            "t.tftpl": '${templatefile("t.tftpl", {})}',
        },
        "leaves open",
        0,
    ),
)
for _name, _levels, _kilobytes in (("only", NESTED, 0), ("around a large text", NESTED, 900)):
    _add(
        f"a manifest nested in directives {_name}",
        lambda levels=_levels, kilobytes=_kilobytes: Project(
            {
                "n.yaml.tpl": "{{ if x }}" * levels
                + f"\n{NODE_POOL}"
                + f"# {'x' * 1_000}\n" * kilobytes
                + "spec: {}\n"
                + "{{ end }}" * levels
            },
            "undecided",
            0,
        ),
    )
_add(
    "a configuration nested in keys",
    lambda: Project({"main.tf": nodes(), "podroom.toml": "a." * 20_000 + "b = 1\n"}, "podroom.toml is nested more"),
)
_add(
    "a manifest of opening braces",
    lambda: Project({"main.tf": nodes(), "n.yaml.tpl": "{{" * 50_000 + NODE_POOL}, "undecided", 0),
)

# What stands for more than it says.
_add("aliases of aliases", lambda: Project({"c.yaml": CLUSTER_CONFIG + ALIASES}, "aliases written out"))
_add("aliases of aliases in a manifest", lambda: Project({"n.yaml": NODE_POOL + ALIASES}, "aliases written out"))
_add("an anchor that merges itself", lambda: Project({"c.yaml": CLUSTER_CONFIG + "x: &x {<<: *x}\n"}, "not complete"))
_add("merges of one large mapping", lambda: Project({"c.yaml": CLUSTER_CONFIG + MERGES}, "more than 200,000 nodes"))
_add(
    "an inventory of aliases of aliases",
    lambda: Project(
        {"main.tf": nodes(), "i.yaml": ALIASES}, "aliases written out", command=("check", "--inventory", "i.yaml", ".")
    ),
)
_add(
    "kustomizations of kustomizations",
    lambda: Project(
        {
            **{
                f"k{at}/kustomization.yaml": f"resources: [../k{at + 1}, ../k{at + 1}/., ../k{at}/../k{at + 1}]\n"
                for at in range(40)
            },
            "k40/kustomization.yaml": "resources: [n.yaml]\n",
            "k40/n.yaml": f"{NODE_POOL}spec: {{}}\n",
        },
        "leaves open",
        0,
    ),
)
_add(
    "patches in more combinations than can be followed",
    lambda: Project(
        {
            **{
                f"{side}{at}/kustomization.yaml": f"resources: [../a{at + 1}, ../b{at + 1}]\n"
                f"patches: [{{target: {{kind: NodePool}}, patch: '[{{op: add, path: /spec/{side}{at}, value: 1}}]'}}]\n"
                for at in range(20)
                for side in "ab"
            },
            **{f"{side}20/kustomization.yaml": "resources: [../n/n.yaml]\n" for side in "ab"},
            "n/n.yaml": f"{NODE_POOL}spec: {{}}\n",
        },
        "leaves open",
        0,
    ),
)
_add(
    "a target written to be matched forever",
    lambda: Project(
        {
            "kustomization.yaml": "resources: [n.yaml]\npatches:\n- target: {kind: NodePool, name: '(a+)+b'}\n"
            "  patch: '[{op: add, path: /spec/x, value: 1}]'\n",
            "n.yaml": NODE_POOL.replace("pool", "a" * 60) + "spec: {}\n",
        },
        "leaves open",
        0,
    ),
)
_add(
    "user data that unpacks to 100 MB",
    lambda: Project(
        {"main.tf": nodes(json.dumps(base64.b64encode(gzip.compress(bytes(LARGE), 1)).decode()))}, "leaves open", 0
    ),
)
for _name, _first, _further in (
    ("doubling texts", '"xxxxxxxxxx"', '"${PREVIOUS}${PREVIOUS}"'),
    ("doubling lists", '["m5.large"]', "[PREVIOUS, PREVIOUS]"),
    ("doubling flat lists", '["m5.large"]', "concat(PREVIOUS, PREVIOUS)"),
    ("doubling unknown lists", "[aws_subnet.s.id]", "concat(PREVIOUS, PREVIOUS, [aws_subnet.s.id])"),
    ("squares of squares", "1e100", "PREVIOUS * PREVIOUS"),
):
    _add(
        f"locals of {_name}",
        lambda first=_first, further=_further: Project(typed("local.l60", chain(first, further)), "leaves open", 0),
    )
_EXPRESSIONS = {
    "range": "range(1e9)",
    "range by small steps": "range(0, 1, 1e-300)",
    "cidrsubnets": 'cidrsubnets("10.0.0.0/8", range(1e9)...)',
    "cidrsubnet": 'cidrsubnet("10.0.0.0/8", 1e9, 1e9)',
    "cidrhost": 'cidrhost("10.0.0.0/8", 1e30)',
    "format": 'format("%9999999999d", 1)',
    "powers": "pow(10, 1e9)",
    "literals": "1e1000000000",
    "products": "setproduct(range(1000), range(1000), range(1000))",
}
for _name, _text in _EXPRESSIONS.items():
    _code = 0 if _name in ("powers", "literals", "products") else 2  # these are no faults, but beyond podroom
    _add(f"giants of {_name}", lambda text=_text, code=_code: Project(typed(text), "leaves open", code))
_PATTERNS = {
    "repeated repetitions": f'regex("(a+)+$", "{"a" * 60}b")',
    "repeated choices": f'regexall("(a|aa)+$", "{"a" * 60}b")',
    "overlapping repetitions": f'replace("{"x" * 60}", "/(x+x+)+y/", "z")',
}
for _name, _text in _PATTERNS.items():
    _add(f"patterns of {_name}", lambda text=_text: Project(typed(text), "which podroom does not try", 0))
_add(
    "giants of replaced patterns",
    lambda: Project(typed(f'replace("{"a" * 100_000}", "/a?/", "{"b" * 10_000}")'), "leaves open", 0),
)
_add(
    "a count of a billion",
    lambda: Project({"main.tf": nodes(more='resource "aws_subnet" "m" {\n  count = 1e9\n}\n')}, "more than podroom"),
)

# Numbers that Python refuses to print, or to read.
_DIGITS = "9" * 5_000
for _name, _files, _exits in (
    ("YAML", {"c.yaml": CLUSTER_CONFIG.replace("20", _DIGITS)}, 0),
    ("hexadecimal YAML", {"c.yaml": CLUSTER_CONFIG.replace("20", "0x" + "f" * 5_000)}, 0),
    ("settings", {"main.tf": packed(f"[settings.kubernetes]\nmax-pods = {_DIGITS}\n")}, 1),
    ("hexadecimal settings", {"main.tf": packed("[settings.kubernetes]\nmax-pods = 0x" + "f" * 5_000)}, 0),
    (
        "arguments",
        {"main.tf": packed(f"#!/bin/bash\n/etc/eks/bootstrap.sh c --kubelet-extra-args --max-pods={_DIGITS}")},
        0,
    ),
    ("podroom.toml", {"main.tf": nodes(), "podroom.toml": f"[assumptions]\nmany_nodes = {_DIGITS}\n"}, 2),
    ("an inventory", {"main.tf": nodes(), "i.json": f'{{"Subnets": [{_DIGITS}]}}'}, 2),
):
    _add(
        f"numbers of 5,000 digits in {_name}",
        lambda files=_files, exits=_exits: Project(
            files, "", exits, ("check", "--inventory", "i.json", ".") if "i.json" in files else ("check", ".")
        ),
    )

# User data.
_SCRIPTS = {
    "substitutions": both("$(", ")"),
    "conditions": both("if true; then\n", "fi\n"),
    "groups": both("{ ", "; }"),
    "subshells": both("(", ")"),
    "quotes": both('"$(echo ', ')"'),
    "functions": both("f() {\n", "}\n"),
    "doubling variables": "a0=xxxxxxxxxx\n"
    + "".join(f"a{at}=$a{at - 1}$a{at - 1}\n" for at in range(1, 80))
    + "echo $a79",
    "functions that call each other": "f() { g; g; }\ng() { f; f; }\nf\n",
    "here-documents": "cat <<E\n" * 5_000,
}
for _name, _text in _SCRIPTS.items():
    _code = int(_name == "here-documents")
    _add(
        f"a script of {_name}",
        lambda text=_text, code=_code: Project({"main.tf": packed(f"#!/bin/bash\n{text}")}, "undecided", code),
    )
_add(
    "a script of 12,000 continued lines",
    lambda: Project(
        {
            "main.tf": packed(
                "#!/bin/bash\n/etc/eks/bootstrap.sh c --kubelet-extra-args '--v=1 \\\n"
                + "--max-pods=20 \\\n" * 12_000
                + "'\n"
            )
        },
        "no findings in 1 configuration (1 node group, 1 subnet)",
        0,
    ),
)
_add(
    "settings nested in lists",
    lambda: Project({"main.tf": packed(f"[settings.x]\na = {both('[', ']')}")}, "undecided", 1),
)
_add(
    "settings nested in keys",
    lambda: Project({"main.tf": packed(f"[settings.x]\n{'a.' * 50_000}a = 1")}, "undecided", 1),
)
_add(
    "a NodeConfig nested in lists",
    lambda: Project(
        {"main.tf": packed(f"apiVersion: node.eks.aws/v1alpha1\nkind: NodeConfig\nspec: {both('[', ']')}")},
        "undecided",
        0,
    ),
)
_add(
    "a NodeConfig of aliases of aliases",
    lambda: Project(
        {"main.tf": packed(f"apiVersion: node.eks.aws/v1alpha1\nkind: NodeConfig\n{ALIASES}")}, "undecided", 0
    ),
)
_add(
    "an expression for max pods nested in parentheses",
    lambda: Project(
        {
            "main.tf": packed(
                "apiVersion: node.eks.aws/v1alpha1\nkind: NodeConfig\nspec:\n  kubelet:\n"
                f"    maxPodsExpression: '{both('(', ')')}'\n"
            )
        },
        "",
        0,
    ),
)
_add(
    "messages in messages",
    lambda: Project(
        {
            "main.tf": packed(
                "".join(
                    f'MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary="b{at}"\n\n--b{at}\n'
                    for at in range(2_000)
                )
            )
        },
        "undecided",
        0,
    ),
)

# Numbers.
_DIGITS = "9" * 5_000
for _text in ('"1e99999999" + 1', 'tonumber("1e9999999")', 'format("%d", "1e9999999")'):
    _add(
        f"the exponent of {_text}",
        lambda text=_text: Project(typed(text), "larger or smaller than podroom follows", 0),
    )
for _number in ("0x_", "0b_"):
    _add(
        f"the prefix {_number}",
        lambda number=_number: Project(
            {"c.yaml": CLUSTER_CONFIG.replace("20}", f"{number}}}")}, "which is no whole number", 0
        ),
    )
_add(
    "an exponent in max_size",
    lambda: Project({"main.tf": nodes().replace("max_size     = 3", 'max_size = "1e1000000"')}, "undecided", 0),
)
_add("a format of 5,000 digits", lambda: Project(typed(f'format("%{_DIGITS}d", 1)'), "more characters"))
_NODE_CLASS = """\
apiVersion: karpenter.k8s.aws/v1
kind: EC2NodeClass
metadata: {name: c}
spec: {amiFamily: AL2023, kubelet: {maxPods: PODS}}
---
apiVersion: karpenter.sh/v1
kind: NodePool
metadata: {name: p}
spec:
  template:
    spec:
      nodeClassRef: {group: karpenter.k8s.aws, kind: EC2NodeClass, name: c}
      requirements: [{key: karpenter.k8s.aws/instance-cpu, operator: Gt, values: ["CPUS"]}]
"""
for _pods, _cpus, _name in (
    (_DIGITS, "4", "maxPods"),
    ("5", _DIGITS, "requirements"),
):
    _add(
        f"5,000 digits of {_name}",
        lambda pods=_pods, cpus=_cpus: Project(
            {"n.yaml": _NODE_CLASS.replace("PODS", pods).replace("CPUS", cpus)}, "undecided", 0
        ),
    )
_add(
    "a patch of an item of 5,000 digits",
    lambda: Project(
        {
            "n.yaml": _NODE_CLASS.replace("PODS", "5").replace("CPUS", "4"),
            "k/kustomization.yaml": "resources: [../n.yaml]\npatches:\n- target: {kind: NodePool}\n  patch: |-\n"
            f'    - {{op: add, path: "/spec/template/spec/requirements/{_DIGITS}", value: {{key: a}}}}\n',
        },
        "",
        0,
    ),
)
_add(
    "a baseline nested in lists",
    lambda: Project(
        {"main.tf": nodes(), "b.json": both("[", "]")},
        "nested more than 100",
        command=("check", "--baseline", "b.json", "."),
    ),
)

_add(
    "5,000 digits of MAX_ENI",
    lambda: Project(
        {
            "n.yaml": "apiVersion: apps/v1\nkind: DaemonSet\nmetadata: {name: aws-node, namespace: kube-system}\n"
            "spec:\n  template:\n    spec:\n      containers:\n"
            "      - name: aws-node\n        image: x/amazon-k8s-cni:v1.20.4\n"
            f'        env: [{{name: MAX_ENI, value: "{_DIGITS}"}}]\n',
            "main.tf": nodes(),
        },
        "MAX_ENI is",
        1,
    ),
)

# Large files.
_MARKED = "# karpenter.sh/v1 NodePool kubectl set env aws-node\n"
for _path in ("main.tf", "x.tf.json", "terraform.tfvars", "n.yaml", "podroom.toml", "set.sh"):
    _add(
        f"100 MB of {_path}",
        lambda path=_path: Project({"main.tf": nodes(), path: Sparse(_MARKED)}, "is not read: it has more than 4 MiB"),
    )
for _option in ("--plan", "--inventory"):
    _add(
        f"100 MB of {_option}",
        lambda option=_option: Project(
            {"main.tf": nodes(), "x.json": Sparse('{"format_version": "1.2"}')},
            "x.json is not read: it has more than 32 MiB",
            command=("check", option, "x.json", "."),
        ),
    )
_add(
    "a list of 300,000 numbers",
    lambda: Project({"l.tf": "locals {\n  a = [" + "1," * 300_000 + "]\n}\n"}, "nothing", 0),
)
_add(
    "60,000 suppressions", lambda: Project({"main.tf": nodes(more="# podroom: ignore[PR101] x\n" * 60_000)}, "PR101", 0)
)
_add("20,000 settings", lambda: Project({"c.yaml": CLUSTER_CONFIG + "x: 1\n" * 20_000}, "which is not listed", 0))

_CHANGE = {
    "address": "aws_eks_node_group.g]",
    "mode": "managed",
    "type": "aws_eks_node_group",
    "name": "g",
    "change": {"actions": ["create"], "before": None, "after": {"cluster_name": "c"}, "after_unknown": {}},
}
_add(
    "an address of a plan in which no bracket is opened",
    lambda: Project(
        {"plan.json": json.dumps({"format_version": "1.2", "planned_values": {}, "resource_changes": [_CHANGE]})},
        "leaves open",
        0,
        ("check", "plan.json"),
    ),
)

# Files that are somewhere else, or no files.
_OUTSIDE = {"p/.git/HEAD": "", "secret": "#!/bin/bash\nSECRET"}
_AWAY = "outside the project"
for _name, _path, _links in (
    ("two dots", "../secret", {}),
    ("an absolute path", "/etc/passwd", {}),
    ("a link", "link", {"p/link": LinkTo("../secret")}),
    ("a linked folder", "link/secret", {"p/link": LinkTo("..")}),
):
    for _function in ("file", "templatefile"):
        _add(
            f"{_function} by {_name}",
            lambda path=_path, links=_links, function=_function: Project(
                {
                    **_OUTSIDE,
                    **links,
                    "p/main.tf": nodes(
                        f'base64encode({function}("{path}"{", {}" if function == "templatefile" else ""}))'
                    ),
                },
                _AWAY,
                0,
                ("check", "p"),
            ),
        )
_add(
    "links out of the repository",
    lambda: Project(
        {
            **_OUTSIDE,
            "p/main.tf": nodes(),
            "p/link.tf": LinkTo("../secret"),
            "p/terraform.tfvars": LinkTo("../secret"),
            "p/n.yaml": LinkTo("/etc/passwd"),
        },
        "link.tf is a link that leads out of the repository",
        command=("check", "p"),
    ),
)
_add(
    "a list of modules that leads away",
    lambda: Project(
        {
            **_OUTSIDE,
            "p/main.tf": 'module "m" {\n  source = "a/b/c"\n}\n',
            "p/.terraform/modules/modules.json": '{"Modules": [{"Key": "m", "Source": "a/b/c", "Dir": "../.."}, 1]}',
        },
        "",
        0,
        ("check", "p"),
    ),
)
_add(
    "links that lead to themselves",
    lambda: Project(
        {
            "main.tf": nodes(more='module "m" {\n  source = "./again"\n}\nmodule "n" {\n  source = "./a/back"\n}\n'),
            "again": LinkTo("."),
            "a/back": LinkTo(".."),
            "self": LinkTo("self"),
            "self.tf": LinkTo("self.tf"),
        },
        "self.tf",
    ),
)
_add(
    "a set of files in links that lead to themselves",
    lambda: Project(
        {"main.tf": nodes(instance_type='join("", fileset(".", "**"))'), "again": LinkTo("."), "a/back": LinkTo("..")},
        "leaves open",
        0,
    ),
)
_PIPES = (
    "f.tf",
    "f.tf.json",
    "terraform.tfvars",
    "f.yaml",
    "f.sh",
    "kustomization.yaml",
    ".terraform/modules/modules.json",
)
for _command in ("check", "capacity", "recommend", "show", "inventory"):
    _add(
        f"named pipes for {_command}",
        lambda command=_command: Project(
            {"main.tf": nodes(), **{path: Pipe() for path in _PIPES}}, "it is no regular file", command=(command, ".")
        ),
    )
for _option in ("--plan", "--inventory", "--var-file", "--baseline", "--config"):
    _add(
        f"a named pipe for {_option}",
        lambda option=_option: Project(
            {"main.tf": nodes(), "pipe": Pipe()}, "it is no regular file", command=("check", option, "pipe", ".")
        ),
    )
_add("a named pipe to judge", lambda: Project({"p.tf": Pipe()}, "it is no regular file", command=("check", "p.tf")))
_add(
    "a named pipe to include", lambda: Project({"main.tf": nodes('file("p")'), "p": Pipe()}, "it is no regular file", 0)
)
_add(
    "devices",
    lambda: Project(
        {"main.tf": nodes(), **{f"{name}.tf": LinkTo(f"/dev/{name}") for name in ("zero", "null", "urandom")}},
        "it is no regular file",
    ),
)

# Bytes.
_TEXTS = {
    "main.tf": nodes(),
    "x.tf.json": '{"locals": {"x": "y"}}\n',
    "terraform.tfvars": "x = 1\n",
    "n.yaml": f"{NODE_POOL}spec: {{}}\n",
    "podroom.toml": 'ignore = ["PR101"]\n',
    "set.sh": "#!/bin/sh\nkubectl set env ds aws-node -n kube-system WARM_IP_TARGET=1\n",
}


def _with(name: str, change: Callable[[bytes], bytes]) -> Iterator[tuple[str, dict[str, Content]]]:
    for path, text in _TEXTS.items():
        yield f"{name} in {path}", {"main.tf": nodes(), path: change(text.encode())}


for _name, _files in (
    *_with("invalid UTF-8", lambda text: text.replace(b"\n", b"\xe9\n", 1)),
    *_with("surrogates", lambda text: text + b"\xed\xa0\x80"),
    *_with("null bytes", lambda text: text.replace(b"\n", b"\x00\n", 1)),
):
    _add(
        _name,
        lambda files=_files: Project(
            files,
            "not UTF-8"
            if b"\0" not in b"".join(content for content in files.values() if isinstance(content, bytes))
            else "is a binary file",
        ),
    )
_PLAIN = "nothing odd"
for _name, _files in _with(_PLAIN, bytes):
    _add(_name, lambda files=_files: Project(files, "leaves open", 0))
for _odd, _change in (
    ("a line end of Windows", lambda text: text.replace(b"\n", b"\r\n")),
    ("a byte order mark", lambda text: b"\xef\xbb\xbf" + text),
):
    for _name, _files in _with(_odd, _change):
        _plain = _name.replace(_odd, _PLAIN)
        if _odd == "a byte order mark" and _name.endswith((".json", ".toml")):
            _add(_name, lambda files=_files: Project(files, "starts with a byte order mark"))
        else:
            _add(
                _name,
                lambda files=_files, plain=_plain: Project(files, "leaves open", 0, as_for=plain),
            )
