"""The lines that set variables of aws-node: in Terraform, in an eksctl file, and by hand.

What declares them already is named, and only the lines that change are shown: a second resource would fight with it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence

from podroom.capacity.what_if import EnvironmentChange
from podroom.model.world import Cluster
from podroom.patterns import pattern
from podroom.positions import Span
from podroom.records import dataclass
from podroom.values import Known

_SOURCE = pattern(r'^\s*source\s*=\s*"(?:registry\.terraform\.io/)?terraform-aws-modules/eks/aws"', re.MULTILINE)
_VERSION = pattern(r'^\s*version\s*=\s*"[^"\d]*(\d{1,18})', re.MULTILINE)
_NOT_OF_A_NAME = pattern(r"[^A-Za-z0-9_]+")
_EKSCTL = "ClusterConfig/"
_EKSCTL_ADD_ON = "addons/"
_ADD_ON = "aws_eks_addon."
_ADDONS_SINCE = 21
_CLUSTER_ADDONS_SINCE = 18


@dataclass(frozen=True, slots=True)
class Lines:
    """One way to set the variables: what it is called, the language of its lines, and the lines."""

    title: str
    language: str
    text: str


def ways_to_set(
    cluster: Cluster, changes: Sequence[EnvironmentChange], *, one_of_several: bool = False
) -> tuple[Lines, ...]:
    """Return the ways, the one that fits how the cluster is declared first.

    `one_of_several` says that the lines stand beside those for other clusters, so that they name theirs.
    """
    whose = f" for {cluster.address}" if one_of_several else ""
    by_hand = Lines(f"by hand{whose}, where nothing else manages the add-on", "sh", _kubectl(changes))
    eksctl = _eksctl(cluster, changes, whose)
    terraform = _terraform(cluster, changes, whose, one_of_several=one_of_several)
    if not cluster.address.startswith(_EKSCTL):
        return (terraform, eksctl, by_hand)
    # Beside the add-on of a ClusterConfig another one of Terraform would fight with it.
    declared = cluster.cni.declared_by is not None
    return (eksctl, by_hand) if declared else (eksctl, terraform, by_hand)


def _environment(cluster: Cluster, changes: Sequence[EnvironmentChange]) -> dict[str, str]:
    """Return all variables as they would be, by name."""
    environment = {
        variable.name: variable.value.value for variable in cluster.cni.environment if isinstance(variable.value, Known)
    }
    for change in changes:
        if change.value is None:
            environment.pop(change.name, None)
        else:
            environment[change.name] = change.value
    return dict(sorted(environment.items()))


def _terraform(cluster: Cluster, changes: Sequence[EnvironmentChange], whose: str, *, one_of_several: bool) -> Lines:
    declared = cluster.cni.declared_by
    version = _module_version(cluster)
    argument = None
    if version is not None and version >= _CLUSTER_ADDONS_SINCE:
        argument = "addons" if version >= _ADDONS_SINCE else "cluster_addons"
    if declared is not None and not declared.startswith(_EKSCTL_ADD_ON):
        if _ADD_ON not in declared:
            title = f"in what sets them now{whose}: {declared}{_at(cluster.cni.span)}"
            return Lines(title, "yaml", "\n".join(_changed_lines(cluster, changes, _yaml_line)))
        place = f"{declared}{_at(cluster.cni.span)}"
        if argument is not None and declared.startswith("module."):
            place = f"{argument}.vpc-cni of terraform-aws-modules/eks (v{version}){_at(cluster.cni.span)}"
        if _says_nothing(cluster):
            lines = list(_configuration(_assignments(_environment(cluster, changes))))
            return Lines(f"Terraform{whose}, as configuration_values of {place}", "hcl", "\n".join(lines))
        title = f"Terraform{whose}, to change in env of configuration_values of {place}; all else stays"
        return Lines(title, "hcl", "\n".join(_changed_lines(cluster, changes, _hcl_line)))
    configuration = list(_configuration(_assignments(_environment(cluster, changes))))
    if argument is not None:
        lines = [f"{argument} = {{", "  vpc-cni = {", *_indented(configuration, 4), "  }", "}"]
        return Lines(
            f"Terraform{whose}, in the call of terraform-aws-modules/eks (v{version})", "hcl", "\n".join(lines)
        )
    lines = [
        f'resource "aws_eks_addon" "{_resource_name(cluster, one_of_several=one_of_several)}" {{',
        f"  cluster_name = {_reference(cluster)}",
        '  addon_name   = "vpc-cni"',
        *_indented(configuration, 2),
        "}",
    ]
    return Lines(f"Terraform{whose}", "hcl", "\n".join(lines))


def _says_nothing(cluster: Cluster) -> bool:
    """Return whether an add-on is declared without any configuration_values."""
    cni = cluster.cni
    declared = (cni.environment, cni.init_environment, cni.options, cni.pod_subnets.items, cni.pod_subnets.missing)
    return cni.missing is None and not any(declared)


def _changed_lines(
    cluster: Cluster, changes: Sequence[EnvironmentChange], line: Callable[[str, str], str]
) -> list[str]:
    """Return a line for each variable with another value, with today's and its place, and what to take away."""
    width = max((len(line(change.name, change.value)) for change in changes if change.value is not None), default=0)
    lines = []
    for change in sorted(changes, key=lambda change: (change.value is None, change.name)):
        today = cluster.cni.find(change.name)
        place = "" if today is None else _at(today.span)
        if change.value is None:
            lines.append(f"# take away {change.name}{place}")
        elif today is None:
            lines.append(line(change.name, change.value))
        elif not isinstance(today.value, Known) or today.value.value != change.value:
            was = f'"{today.value.value}"' if isinstance(today.value, Known) else "not known"
            lines.append(f"{line(change.name, change.value):<{width}}  # today {was}{place}")
    return lines


def _hcl_line(name: str, value: str) -> str:
    return f'{name} = "{value}"'


def _yaml_line(name: str, value: str) -> str:
    return f'{name}: "{value}"'


def _at(span: Span | None) -> str:
    """Return the file and line of something, in brackets."""
    return "" if span is None else f" ({span.shown.path}:{span.shown.first.line})"


def _resource_name(cluster: Cluster, *, one_of_several: bool) -> str:
    """Return a name for a resource, another one for each cluster."""
    if not one_of_several:
        return "vpc_cni"
    _, _, own = cluster.address.rpartition("aws_eks_cluster.")
    return f"vpc_cni_{_NOT_OF_A_NAME.sub('_', own).strip('_')}"


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


def _assignments(environment: dict[str, str]) -> list[str]:
    width = max(map(len, environment), default=0)
    return [f'{name:<{width}} = "{value}"' for name, value in environment.items()]


def _configuration(values: Sequence[str]) -> Iterator[str]:
    yield "configuration_values = jsonencode({"
    yield "  env = {"
    yield from _indented(values, 4)
    yield "  }"
    yield "})"


def _eksctl(cluster: Cluster, changes: Sequence[EnvironmentChange], whose: str) -> Lines:
    if cluster.cni.declared_by is not None and cluster.cni.declared_by.startswith(_EKSCTL_ADD_ON):
        if not _says_nothing(cluster):
            place = f"vpc-cni{_at(cluster.cni.span)}"
            title = f"eksctl{whose}, to change in env of configurationValues of {place}; all else stays"
            return Lines(title, "yaml", "\n".join(_changed_lines(cluster, changes, _yaml_line)))
        lines = ["configurationValues: |-", "  env:"]
        lines += [f"    {_yaml_line(name, value)}" for name, value in _environment(cluster, changes).items()]
        return Lines(
            f"eksctl{whose}, as configurationValues of vpc-cni{_at(cluster.cni.span)}", "yaml", "\n".join(lines)
        )
    lines = ["addons:", "  - name: vpc-cni", "    configurationValues: |-", "      env:"]
    lines += [f"        {_yaml_line(name, value)}" for name, value in _environment(cluster, changes).items()]
    return Lines(f"eksctl{whose}, in the ClusterConfig", "yaml", "\n".join(lines))


def _kubectl(changes: Sequence[EnvironmentChange]) -> str:
    words = [f"{change.name}-" if change.value is None else f"{change.name}={change.value}" for change in changes]
    return f"kubectl set env daemonset aws-node -n kube-system {' '.join(words)}"


def _indented(lines: Iterator[str] | Sequence[str], depth: int) -> Iterator[str]:
    return (" " * depth + line for line in lines)
