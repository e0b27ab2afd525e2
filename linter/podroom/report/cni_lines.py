"""The lines that set variables of aws-node: in Terraform, in an eksctl file, and by hand."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from podroom.capacity.what_if import EnvironmentChange
from podroom.model.world import Cluster
from podroom.patterns import pattern
from podroom.records import dataclass
from podroom.values import Known

_SOURCE = pattern(r'^\s*source\s*=\s*"(?:registry\.terraform\.io/)?terraform-aws-modules/eks/aws"', re.MULTILINE)
_VERSION = pattern(r'^\s*version\s*=\s*"[^"\d]*(\d+)', re.MULTILINE)
_EKSCTL = "ClusterConfig/"
_ADDONS_SINCE = 21
_CLUSTER_ADDONS_SINCE = 18


@dataclass(frozen=True, slots=True)
class Lines:
    """One way to set the variables: what it is called, the language of its lines, and the lines."""

    title: str
    language: str
    text: str


def ways_to_set(cluster: Cluster, changes: Sequence[EnvironmentChange]) -> tuple[Lines, ...]:
    """Return the ways, the one that fits how the cluster is declared first.

    Variables that are set already stand in the lines too, as the add-on replaces all of them.
    """
    environment = _environment(cluster, changes)
    eksctl = Lines("eksctl, in the ClusterConfig", "yaml", "\n".join(_eksctl(environment)))
    by_hand = Lines("by hand, where nothing else manages the add-on", "sh", _kubectl(changes))
    terraform = _terraform(cluster, environment)
    return (eksctl, terraform, by_hand) if cluster.address.startswith(_EKSCTL) else (terraform, eksctl, by_hand)


def _environment(cluster: Cluster, changes: Sequence[EnvironmentChange]) -> dict[str, str]:
    environment = {
        variable.name: variable.value.value for variable in cluster.cni.environment if isinstance(variable.value, Known)
    }
    for change in changes:
        if change.value is None:
            environment.pop(change.name, None)
        else:
            environment[change.name] = change.value
    return dict(sorted(environment.items()))


def _terraform(cluster: Cluster, environment: dict[str, str]) -> Lines:
    width = max(map(len, environment), default=0)
    values = [f'{name:<{width}} = "{value}"' for name, value in environment.items()]
    version = _module_version(cluster)
    if version is not None and version >= _CLUSTER_ADDONS_SINCE:
        argument = "addons" if version >= _ADDONS_SINCE else "cluster_addons"
        lines = [f"{argument} = {{", "  vpc-cni = {", *_indented(_configuration(values), 4), "  }", "}"]
        return Lines(f"Terraform, in the call of terraform-aws-modules/eks (v{version})", "hcl", "\n".join(lines))
    lines = [
        'resource "aws_eks_addon" "vpc_cni" {',
        f"  cluster_name = {_reference(cluster)}",
        '  addon_name   = "vpc-cni"',
        *_indented(_configuration(values), 2),
        "}",
    ]
    return Lines("Terraform", "hcl", "\n".join(lines))


def _module_version(cluster: Cluster) -> int | None:
    """Return the version of terraform-aws-modules/eks that a cluster comes from; None if it is not from there."""
    text = cluster.span.document.text[cluster.span.start :]
    block = text[: text.find("\n}")]
    if not cluster.address.startswith("module.") or _SOURCE.search(block) is None:
        return None
    version = _VERSION.search(block)
    return int(version[1]) if version else _ADDONS_SINCE


def _reference(cluster: Cluster) -> str:
    if cluster.address.startswith("aws_eks_cluster."):
        return f"{cluster.address}.name"
    return f'"{cluster.name.value}"' if isinstance(cluster.name, Known) else '"the name of the cluster"'


def _configuration(values: Sequence[str]) -> Iterator[str]:
    yield "configuration_values = jsonencode({"
    yield "  env = {"
    yield from _indented(values, 4)
    yield "  }"
    yield "})"


def _eksctl(environment: dict[str, str]) -> Iterator[str]:
    yield "addons:"
    yield "  - name: vpc-cni"
    yield "    configurationValues: |-"
    yield "      env:"
    for name, value in environment.items():
        yield f'        {name}: "{value}"'


def _kubectl(changes: Sequence[EnvironmentChange]) -> str:
    words = [f"{change.name}-" if change.value is None else f"{change.name}={change.value}" for change in changes]
    return f"kubectl set env daemonset aws-node -n kube-system {' '.join(words)}"


def _indented(lines: Iterator[str] | Sequence[str], depth: int) -> Iterator[str]:
    return (" " * depth + line for line in lines)
