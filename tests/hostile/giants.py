"""Numbers that Python refuses to read or print, or would take minutes to write out, wherever a number may stand."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import TypeAlias

from hostile.projects import CLUSTER_CONFIG, NODE_POOL, Content, Project, nodes, packed, typed

GIANTS = {"5,000 digits": "9" * 5_000, "an exponent of a million": "1e1000000"}
_NODE_CONFIG = "apiVersion: node.eks.aws/v1alpha1\nkind: NodeConfig\nspec:\n  kubelet:\n"
_SUBNET = '\nresource "aws_subnet" "more" {{\n  vpc_id = aws_vpc.v.id\n  cidr_block = {}\n}}\n'
_MODULE = 'module "eks" {{\n  source  = "{}"\n  version = "{}"\n  cluster_version = "1.33"\n}}\n'
_AWS_NODE = """\
apiVersion: apps/v1
kind: DaemonSet
metadata: {name: aws-node, namespace: kube-system}
spec:
  template:
    spec:
      containers:
      - name: aws-node
        image: x/amazon-k8s-cni:VERSION
        env: [{name: WARM_IP_TARGET, value: "VALUE"}]
"""
_CHANGE = {
    "address": "aws_eks_node_group.g",
    "mode": "managed",
    "type": "aws_eks_node_group",
    "name": "g",
    "change": {
        "actions": ["update"],
        "before": {"scaling_config": [{"max_size": 3}]},
        "after": {"scaling_config": [{"max_size": 0}]},
        "after_unknown": {},
    },
}


def _terraform(text: str, **more: Content) -> dict[str, Content]:
    return {"main.tf": text, **more}


def _plan(number: str, address: str = "aws_eks_node_group.g") -> dict[str, Content]:
    """Return a project with a plan that sets max_size, and has found it changed."""
    change = json.dumps({**_CHANGE, "address": address}).replace('"max_size": 0', f'"max_size": {number}')
    parts = f'"planned_values": {{}}, "resource_drift": [{change}], "resource_changes": [{change}]'
    return _terraform(nodes(), **{"plan.json": f'{{"format_version": "1.2", {parts}}}'})


def _subnets(number: str) -> str:
    return f'{{"Subnets": [{{"SubnetId": "subnet-1", "VpcId": "vpc-1", "AvailableIpAddressCount": {number}}}]}}'


def _group(number: str) -> str:
    version = f'"launchTemplate": {{"id": "lt-1", "version": "{number}"}}'
    sizes = '"scalingConfig": {"minSize": 1, "maxSize": 3, "desiredSize": 1}'
    return f'{{"nodegroup": {{"nodegroupName": "g", "clusterName": "c", {version}, {sizes}, "subnets": ["s"]}}}}'


def _node(number: str) -> str:
    return json.dumps(
        {
            "kind": "Node",
            "apiVersion": "v1",
            "metadata": {"name": "n", "labels": {"eks.amazonaws.com/nodegroup": "g"}},
            "status": {"allocatable": {"pods": number}, "capacity": {"pods": number}},
        }
    )


_PLAN = ("check", "--plan", "plan.json", ".")
_INVENTORY = ("check", "--inventory", "i.json", ".")
_CHECK = ("check", ".")
_PLACES: Mapping[str, tuple[Callable[[str], dict[str, Content]], tuple[str, ...]]] = {
    "an index of a list": (lambda number: typed(f"local.l[{number}]", 'locals { l = ["a"] }'), _CHECK),
    "an index of what is unknown": (lambda number: typed(f"[aws_subnet.s.id, 1][{number}]"), _CHECK),
    "an index of a module": (
        lambda number: _terraform(
            nodes().replace("[aws_subnet.s.id]", f"[module.v.subnets[{number}]]")
            + 'module "v" {\n  source = "terraform-aws-modules/vpc/aws"\n  version = "5.1.0"\n}\n'
        ),
        _CHECK,
    ),
    "an index without brackets": (lambda number: typed(f"local.l.{number}", 'locals { l = ["a"] }'), _CHECK),
    "count": (lambda number: _terraform(nodes(more=_SUBNET.format(f'"10.0.1.0/24"\n  count = {number}'))), _CHECK),
    "a pattern that repeats": (lambda number: typed(f'regex("a{{{number}}}", "a")'), _CHECK),
    "a pattern that repeats at most": (lambda number: typed(f'regex("a{{1,{number}}}", "a")'), _CHECK),
    "a group of a pattern": (lambda number: typed(f'replace("a", "/(a)/", "$${number}")'), _CHECK),
    "a character of a pattern": (lambda number: typed(f'regex("\\\\x{{{number}}}", "a")'), _CHECK),
    "yamldecode": (lambda number: typed(f'yamldecode("a: {number}")'), _CHECK),
    "jsondecode": (lambda number: typed(f'jsondecode("[{number}]")'), _CHECK),
    "parseint": (lambda number: typed(f'parseint("{number}", 10)'), _CHECK),
    "timeadd": (lambda number: typed(f'timeadd("2025-01-01T00:00:00Z", "{number}h")'), _CHECK),
    "a precision": (lambda number: typed(f'format("%.{number}f", 1)'), _CHECK),
    "an argument": (lambda number: typed(f'format("%[{number}]d", 1)'), _CHECK),
    "a block of addresses": (lambda number: _terraform(nodes(more=_SUBNET.format(f'"10.0.1.0/{number}"'))), _CHECK),
    "an octet": (lambda number: _terraform(nodes(more=_SUBNET.format(f'"10.{number}.1.0/24"'))), _CHECK),
    "cidrsubnet": (lambda number: typed(f'cidrsubnet("10.0.0.0/{number}", 1, 1)'), _CHECK),
    "the name of a group": (lambda number: _terraform(nodes().replace('"g"', f'"g{number}"')), ("capacity", ".")),
    "an instance type": (lambda number: _terraform(nodes(instance_type=f'"m5.{number}xlarge"')), _CHECK),
    "a version of Kubernetes": (lambda number: _terraform(nodes().replace("1.33", f"1.{number}")), _CHECK),
    "a version of a module": (
        lambda number: _terraform(_MODULE.format("terraform-aws-modules/eks/aws", f"~> {number}.1")),
        _CHECK,
    ),
    "a ref of a module": (
        lambda number: _terraform(
            _MODULE.format(f"git::https://github.com/terraform-aws-modules/terraform-aws-eks?ref=v{number}.1.1", "")
        ),
        _CHECK,
    ),
    "a version of the CNI": (
        lambda number: {
            "main.tf": nodes(),
            "n.yaml": _AWS_NODE.replace("VERSION", f"v1.{number}.1").replace("VALUE", "1"),
        },
        _CHECK,
    ),
    "a variable of the CNI": (
        lambda number: {
            "main.tf": nodes(),
            "n.yaml": _AWS_NODE.replace("VERSION", "v1.20.4").replace("VALUE", number),
        },
        _CHECK,
    ),
    "an expression for max pods": (
        lambda number: _terraform(packed(f'{_NODE_CONFIG}    maxPodsExpression: "max_pods - {number}"\n')),
        _CHECK,
    ),
    "a hexadecimal number of an expression": (
        lambda number: _terraform(packed(f'{_NODE_CONFIG}    maxPodsExpression: "0x{number}"\n')),
        _CHECK,
    ),
    "max pods of a NodeConfig": (
        lambda number: _terraform(packed(f"{_NODE_CONFIG}    config: {{maxPods: {number}}}\n")),
        _CHECK,
    ),
    "an indentation": (
        lambda number: {"n.yaml.tpl": f"{NODE_POOL}spec:\n  {{{{ toYaml .x | nindent {number} }}}}\n"},
        _CHECK,
    ),
    "a limit of a NodePool": (lambda number: {"n.yaml": f'{NODE_POOL}spec: {{limits: {{cpu: "{number}"}}}}\n'}, _CHECK),
    "eksctl": (lambda number: {"c.yaml": CLUSTER_CONFIG.replace("20}", f"20, maxSize: {number}}}")}, _CHECK),
    "a version of eksctl": (lambda number: {"c.yaml": CLUSTER_CONFIG.replace("1.33", f"1.{number}")}, _CHECK),
    "terraform.tfvars": (
        lambda number: {
            "main.tf": nodes(more='variable "x" {}').replace("max_size     = 3", "max_size = var.x"),
            "terraform.tfvars": f"x = {number}\n",
        },
        _CHECK,
    ),
    "JSON of Terraform": (
        lambda number: {
            "main.tf": nodes().replace("max_size     = 3", "max_size = local.x"),
            "x.tf.json": f'{{"locals": {{"x": {number}}}}}',
        },
        _CHECK,
    ),
    "a number of a plan": (_plan, _PLAN),
    "a text of a plan": (lambda number: _plan(f'"{number}"'), _PLAN),
    "an address of a plan": (lambda number: _plan("1", f"aws_eks_node_group.g[{number}]"), _PLAN),
    "subnets that are there": (lambda number: {"main.tf": nodes(), "i.json": _subnets(number)}, _INVENTORY),
    "subnets that are there, in YAML": (
        lambda number: {
            "main.tf": nodes(),
            "i.json": f"Subnets: [{{SubnetId: a, VpcId: b, AvailableIpAddressCount: {number}}}]\n",
        },
        _INVENTORY,
    ),
    "a group that is there": (lambda number: {"main.tf": nodes(), "i.json": _group(number)}, _INVENTORY),
    "a node that is there": (lambda number: {"main.tf": nodes(), "i.json": _node(number)}, _INVENTORY),
    "a suppression": (lambda number: _terraform(nodes(more=f"# podroom: ignore[PR{number}] x\n")), _CHECK),
    "a baseline": (
        lambda number: {"main.tf": nodes(), "b.json": f'{{"format_version": "1", "findings": [{number}]}}'},
        ("check", "--baseline", "b.json", "."),
    ),
    "--max-pods": (lambda _number: {}, ("node", "m5.large", "--max-pods", "NUMBER")),
    "--max-pods-expression": (lambda _number: {}, ("node", "m5.large", "--max-pods-expression", "NUMBER")),
}


End: TypeAlias = tuple[int, str]
"""The exit code, and what must be said."""
_OPEN: End = (0, "leaves open")
_BEYOND: End = (0, "the number is larger or smaller than podroom follows")


def _both(exits: int, says: str) -> tuple[End, End]:
    return (exits, says), (exits, says)


_ENDS: Mapping[str, tuple[End, End]] = {
    "an index of a module": _both(*_BEYOND),
    "an index of a list": _both(*_BEYOND),
    "an index of what is unknown": _both(*_BEYOND),
    "an index without brackets": _both(*_BEYOND),
    "count": _both(*_BEYOND),
    "a pattern that repeats": (_OPEN, (2, "does not match")),
    "a pattern that repeats at most": (_OPEN, (2, "does not match")),
    "a character of a pattern": (_OPEN, (2, "wrong \\x")),
    "yamldecode": (_OPEN, _BEYOND),
    "jsondecode": _both(*_BEYOND),
    "parseint": (_BEYOND, (2, "no number of base 10")),
    "timeadd": _both(2, "no duration"),
    "a precision": ((2, "more characters"), _OPEN),
    "an argument": _both(2, "unknown verb"),
    "cidrsubnet": _both(2, "no CIDR block"),
    "the name of a group": _both(0, "managed node group"),
    "a version of a module": ((0, "not judged"), (2, "no version constraint")),
    "a ref of a module": _both(2, "not judged"),
    "a variable of the CNI": _both(1, "which is no whole number"),
    "an expression for max pods": _both(1, "PR108"),
    "a hexadecimal number of an expression": _both(1, "PR108"),
    "max pods of a NodeConfig": _both(0, "wants a whole number"),
    "an indentation": _both(0, "is filled in later"),
    "eksctl": _both(0, "no whole number"),
    "a version of eksctl": _both(0, "no findings"),
    "terraform.tfvars": _both(*_BEYOND),
    "JSON of Terraform": _both(*_BEYOND),
    "a number of a plan": ((2, "does not read"), _OPEN),
    "subnets that are there": ((2, "does not read"), _OPEN),
    "a suppression": _both(0, "there is no rule"),
    "a baseline": ((2, "does not read"), (2, "no baseline")),
    "--max-pods": _both(2, "not a valid integer"),
    "--max-pods-expression": ((0, "too large for an integer"), (0, "too large for a double")),
}
"""How it ends with each of `GIANTS`, where that is not in an open judgement of the node group."""


def _made(place: str, number: str, end: End) -> Project:
    files, command = _PLACES[place]
    return Project(files(number), end[1], end[0], tuple(number if word == "NUMBER" else word for word in command))


def _projects() -> Iterator[tuple[str, Callable[[], Project]]]:
    for place in _PLACES:
        for (giant, number), end in zip(GIANTS.items(), _ENDS.get(place, (_OPEN, _OPEN)), strict=True):
            yield f"{giant} in {place}", partial(_made, place, number, end)


PROJECTS = dict(_projects())
