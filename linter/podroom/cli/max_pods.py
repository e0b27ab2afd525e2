"""`podroom max-pods`."""

from __future__ import annotations

from collections.abc import Iterator

import click

from podroom.capacity.cni import CniBehavior, parse_version
from podroom.capacity.interfaces import uses_prefixes
from podroom.capacity.max_pods import calculator_reads_version, max_pods_calculator
from podroom.catalog.instance_types import InstanceType
from podroom.cli import completion
from podroom.cli.output import reports_errors
from podroom.cli.settings import catalog_of, find_type, nearest_config
from podroom.errors import UsageError

_CURRENT = "1.23.1"  # any that knows prefixes: the script asks no more of a version


@click.command()
@click.option("--instance-type", metavar="TYPE", shell_complete=completion.instance_types, help="The instance type.")
@click.option("--instance-type-from-imds", is_flag=True, help="Refused: only the machine itself could tell.")
@click.option("--cni-version", default="latest", show_default=True, metavar="VERSION", help="The VPC CNI's version.")
@click.option("--cni-custom-networking-enabled", "custom_networking", is_flag=True, help="Custom networking is on.")
@click.option("--cni-prefix-delegation-enabled", "prefix_delegation", is_flag=True, help="Prefix delegation is on.")
@click.option("--cni-max-eni", "max_eni", type=click.IntRange(min=0), metavar="N", help="Use N interfaces at the most.")
@click.option("--show-max-allowed", is_flag=True, help="Do not cap the number at 110 or 250.")
@click.option("--explain", is_flag=True, help="Print the sum, and where the node differs, on standard error.")
@reports_errors
def max_pods(
    *,
    instance_type: str | None,
    instance_type_from_imds: bool,
    cni_version: str,
    custom_networking: bool,
    prefix_delegation: bool,
    max_eni: int | None,
    show_max_allowed: bool,
    explain: bool,
) -> None:
    """Print the number that max-pods-calculator.sh prints, without asking AWS.

    The options are those of the script, and so are the numbers, for versions such as v1.18.0 and latest, too.
    """
    if instance_type_from_imds:
        raise UsageError(
            "--instance-type-from-imds asks the machine that it runs on, and podroom asks nobody: "
            "give the type with --instance-type"
        )
    if not instance_type:
        raise UsageError("--instance-type is missing: give a type such as m5.large")
    instance = find_type(instance_type, catalog_of(nearest_config((".",))))
    version = _CURRENT if cni_version == "latest" else cni_version
    interfaces = instance.interfaces if max_eni is None else min(max_eni, instance.interfaces)
    if interfaces < custom_networking:
        raise UsageError("custom networking needs an interface beside the primary one, and --cni-max-eni 0 leaves none")
    figure = max_pods_calculator(
        instance,
        cni_version=version,
        custom_networking=custom_networking,
        prefix_delegation=prefix_delegation,
        max_eni=max_eni,
        show_max_allowed=show_max_allowed,
    )
    click.echo(figure.value)
    if explain:
        click.echo(figure.working, err=True)
        cni = CniBehavior(prefix_delegation=prefix_delegation, version=parse_version(version))
        for note in _deviations(instance, cni, cni_version, max_eni):
            click.echo(f"note: {note}", err=True)


def _deviations(instance: InstanceType, cni: CniBehavior, cni_version: str, max_eni: int | None) -> Iterator[str]:
    """Iterate over where the script, whose numbers these are, does not do what one may expect of it."""
    if not calculator_reads_version(cni_version):
        yield f"max-pods-calculator.sh itself ends with an error at --cni-version {cni_version}"
    if instance.bare_metal and uses_prefixes(instance, cni):
        yield "the script counts prefixes on Nitro only; the VPC CNI gives them on bare metal, too (since 1.11)"
    if cni.prefix_delegation and not uses_prefixes(instance, cni):
        yield f"{instance.name} gets single addresses from this version of the VPC CNI, in spite of prefix delegation"
    if max_eni == 0:
        yield "the script takes --cni-max-eni 0 for no interface; the VPC CNI takes MAX_ENI 0 for no limit"
