"""`podroom node`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import click

from podroom import __version__
from podroom.capacity.cni import is_true, parse_version
from podroom.capacity.cni_environment import behavior_with, family_failure, remarks
from podroom.capacity.node import Networking, NodeQuestion, NodeReport, node_report
from podroom.catalog.ami_families import AmiFamily
from podroom.catalog.instance_types import InstanceCatalog, InstanceType, natural_order
from podroom.cli import completion
from podroom.cli.options import colour
from podroom.cli.output import reports_errors, style, width, write
from podroom.cli.settings import catalog_of, find_type, nearest_config
from podroom.errors import UsageError
from podroom.records import dataclass

# What an image of Ubuntu tells kubelet is not known.
_FAMILIES = {family.name.lower(): family for family in AmiFamily if family is not AmiFamily.UBUNTU}


@dataclass(frozen=True, slots=True)
class Asked:
    """The options of the command, as they were typed."""

    prefix_delegation: bool
    custom_networking: bool
    pod_security_groups: bool
    environment: tuple[str, ...]
    cni_version: str
    ami_family: str
    managed: bool
    max_pods: int | None
    max_pods_expression: str
    pods: int | None
    ip_family: str | None
    auto_mode: bool

    def variables(self) -> dict[str, str]:
        """Return the variables of aws-node that are set; raises `UsageError` for options that contradict each other."""
        variables: dict[str, str] = {}
        for text in self.environment:
            name, equals, value = text.partition("=")
            if not equals or not name:
                raise UsageError(f"--env takes NAME=VALUE, not {text!r}")
            if variables.setdefault(name, value) != value:
                raise UsageError(f"--env gives {name} twice, as {variables[name]!r} and as {value!r}")
        switches = (
            (self.prefix_delegation, "--prefix-delegation", "ENABLE_PREFIX_DELEGATION"),
            (self.custom_networking, "--custom-networking", "AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG"),
            (self.pod_security_groups, "--pod-security-groups", "ENABLE_POD_ENI"),
            (self.ip_family == "ipv6", "--ip-family ipv6", "ENABLE_IPv6"),
            (self.ip_family == "ipv6", "--ip-family ipv6", "ENABLE_PREFIX_DELEGATION"),
        )
        for wanted, option, name in switches:
            if wanted and not is_true(variables.setdefault(name, "true")):
                raise UsageError(f"{option} and --env {name}={variables[name]} contradict each other")
        if self.ip_family == "ipv6" and is_true(variables.setdefault("ENABLE_IPv4", "false")):
            raise UsageError(f"--ip-family ipv6 and --env ENABLE_IPv4={variables['ENABLE_IPv4']} contradict each other")
        return variables

    def version(self) -> tuple[int, ...] | None:
        """Return the version of the CNI, None for the newest."""
        return None if self.cni_version == "latest" else parse_version(self.cni_version)

    def question(self, variables: Mapping[str, str], host_network_pods: int) -> NodeQuestion:
        """Return what is asked; raises `UsageError` for options that do not go together."""
        family = _FAMILIES[self.ami_family]
        ipv6 = is_true(variables.get("ENABLE_IPv6", ""))
        if ipv6 and self.ip_family == "ipv4":
            raise UsageError("--ip-family ipv4 and --env ENABLE_IPv6=true contradict each other")
        version = self.version()
        cni = behavior_with(variables, version)
        if self.auto_mode:
            self._stand_alone("--auto-mode", "EKS Auto Mode sets up the node and its network by itself")
        if self.max_pods_expression and family is not AmiFamily.AL2023:
            raise UsageError("--max-pods-expression needs --ami-family al2023: only nodeadm reads expressions")
        if ipv6 and cni.custom_networking:
            raise UsageError("an IPv6 cluster has no custom networking: leave one of the two away")
        if family is AmiFamily.WINDOWS and (ipv6 or cni.custom_networking or cni.pod_eni):
            raise UsageError("Windows nodes have no IPv6, custom networking or security groups for pods")
        modes = {self.auto_mode: Networking.AUTO_MODE, ipv6: Networking.IPV6}
        return NodeQuestion(
            cni=cni,
            family=family,
            networking=modes.get(True, Networking.IPV4),
            managed=self.managed,
            max_pods=self.max_pods,
            expression=self.max_pods_expression,
            pods=self.pods,
            host_network_pods=host_network_pods,
            failure=family_failure(variables, version),
        )

    def _stand_alone(self, option: str, reason: str) -> None:
        """Raise `UsageError` if there are other options beside one that leaves no choice."""
        given = {
            "--prefix-delegation": self.prefix_delegation,
            "--custom-networking": self.custom_networking,
            "--pod-security-groups": self.pod_security_groups,
            "--env": bool(self.environment),
            "--cni-version": self.cni_version != "latest",
            "--ami-family": self.ami_family != "al2023",
            "--managed": self.managed,
            "--max-pods": self.max_pods is not None,
            "--max-pods-expression": bool(self.max_pods_expression),
            "--ip-family": self.ip_family is not None,
        }
        for other, is_given in given.items():
            if is_given:
                raise UsageError(f"{option} goes without {other}: {reason}")


@click.command()
@click.argument("types", nargs=-1, required=True, metavar="TYPE...", shell_complete=completion.instance_types)
@click.option("--prefix-delegation", is_flag=True, help="The VPC CNI gives pods /28 prefixes.")
@click.option("--custom-networking", is_flag=True, help="Pods get addresses from the subnets of ENIConfigs.")
@click.option("--pod-security-groups", is_flag=True, help="Pods may have security groups of their own.")
@click.option("--env", "environment", multiple=True, metavar="NAME=VALUE", help="Set a variable of aws-node.")
@click.option(
    "--cni-version", default="latest", show_default=True, metavar="VERSION", help="The version of the VPC CNI."
)
@click.option(
    "--ami-family", type=click.Choice(list(_FAMILIES)), default="al2023", show_default=True, help="The node's image."
)
@click.option("--managed", is_flag=True, help="A managed node group without an AMI ID of its own.")
@click.option("--max-pods", type=click.IntRange(min=1), metavar="N", help="The number that user data gives kubelet.")
@click.option("--max-pods-expression", default="", metavar="CEL", help="The maxPodsExpression of the NodeConfig.")
@click.option("--pods", type=click.IntRange(min=0), metavar="N", help="Work out the addresses for N pods, too.")
@click.option("--ip-family", type=click.Choice(["ipv4", "ipv6"]), help="The cluster's addresses; ipv4 unless chosen.")
@click.option("--auto-mode", is_flag=True, help="A node of EKS Auto Mode.")
@click.option(
    "--format",
    "output_format",
    type=click.Choice(["text", "json", "csv", "markdown"]),
    default="text",
    show_default=True,
)
@colour
@reports_errors
def node(*, types: tuple[str, ...], output_format: str, color: str, **options: object) -> None:
    """Say what a node can hold and what it takes from its subnet, each figure with its sum and its source.

    TYPE is an instance type such as m5.large, or a pattern such as 'm7g.*'. Several make a table.
    """
    asked = Asked(**options)  # type: ignore[arg-type] # click gives each option the type that it declares
    variables = asked.variables()
    config = nearest_config((".",))
    question = asked.question(variables, config.assumptions.host_network_pods)
    catalog = catalog_of(config)
    reports = [node_report(instance, question) for instance in _chosen(types, catalog)]
    said = list(remarks(variables, asked.version()))
    if output_format in {"text", "markdown"}:
        from podroom.report import node_tables  # noqa: PLC0415 - only one of the formats is needed

        if output_format == "markdown":
            write(node_tables.render_markdown(reports, said))
        elif len(reports) == 1:
            write(node_tables.render_page(reports[0], said, style(color), width()))
        else:
            write(node_tables.render_table(reports, said, style(color), width()))
    else:
        write(_data(output_format, reports, said, asked, variables))


def _data(
    output_format: str,
    reports: Sequence[NodeReport],
    said: Sequence[str],
    asked: Asked,
    variables: Mapping[str, str],
) -> str:
    from podroom.report import node_data  # noqa: PLC0415 - only one of the formats is needed

    if output_format == "csv":
        return node_data.render_csv(reports)
    details = {
        "environment": dict(variables),
        "cni_version": asked.cni_version,
        "ami_family": asked.ami_family,
        "ip_family": "ipv6" if is_true(variables.get("ENABLE_IPv6", "")) else "ipv4",
        "auto_mode": asked.auto_mode,
        "managed": asked.managed,
        "max_pods": asked.max_pods,
        "max_pods_expression": asked.max_pods_expression or None,
        "pods": asked.pods,
    }
    date = InstanceCatalog.bundled().date
    return node_data.render_json(reports, said, details, version=__version__, catalog_date=date)


def _chosen(types: Sequence[str], catalog: InstanceCatalog) -> list[InstanceType]:
    """Return the types that are named or match, each once, in natural order; raises `UsageError` if there is none."""
    chosen: dict[str, InstanceType] = {}
    for name in types:
        if "*" in name or "?" in name:
            matching = catalog.matching(name)
            if not matching:
                raise UsageError(f"no instance type in the table of {catalog.date} matches {name!r}")
            chosen |= {instance.name: instance for instance in matching}
        else:
            chosen[name] = find_type(name, catalog)
    return sorted(chosen.values(), key=lambda instance: natural_order(instance.name))
