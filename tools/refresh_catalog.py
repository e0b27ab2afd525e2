#!/usr/bin/env python3
"""Renew the table of EC2 instance types: `python3 tools/refresh_catalog.py`.

Needs `pip install -e '.[refresh]'` and credentials that may call `ec2:DescribeInstanceTypes`.  Types that EC2 no
longer describes keep their row.  Trunking and branch interfaces are not in EC2's API: give the newest table of the
VPC resource controller (`pkg/aws/vpc/limits.go`) or Karpenter's copy of it (`zz_generated.vpclimits.go`) with
`--vpc-limits`, and say where it is from with `--vpc-limits-source`; without it they stay as they are.

`--check` writes nothing: it exits with 1 if the module differs from what its own rows and the code would make.
"""

from __future__ import annotations

from datetime import datetime, timezone
from pathlib import Path

import click

from podroom.catalog import instance_table, refresh
from podroom.errors import CatalogError

MODULE = Path(__file__).resolve().parent.parent / "linter" / "podroom" / "catalog" / "instance_table.py"

# No region has every type; these together come close.
REGIONS = ("us-east-1", "us-east-2", "us-west-2", "eu-west-1", "eu-central-1", "ap-northeast-1", "ap-southeast-2")


@click.command(help=__doc__)
@click.option("--region", "regions", multiple=True, default=REGIONS, show_default=True, help="A region to ask.")
@click.option("--vpc-limits", type=click.Path(path_type=Path, exists=True, dir_okay=False), help="A Go file.")
@click.option("--vpc-limits-source", default="", help="Repository, commit, path and date of that file.")
@click.option("--module", type=click.Path(path_type=Path), default=MODULE, show_default=True, help="What to write.")
@click.option("--check", is_flag=True, help="Only compare; ask nobody.")
def main(
    regions: tuple[str, ...], vpc_limits: Path | None, vpc_limits_source: str, module: Path, *, check: bool
) -> None:
    """Renew the table, or check that it is what the code makes of its rows."""
    if check:
        text = refresh.module_text(refresh.bundled_rows(), instance_table.DATE, instance_table.SOURCES)
        if module.read_text(encoding="utf-8") != text:
            raise click.ClickException(f"{module} is not what this tool writes: undo the edit or refresh it")
        return
    if vpc_limits and not vpc_limits_source:
        raise click.UsageError("--vpc-limits needs --vpc-limits-source: the table cites its sources")
    today = datetime.now(tz=timezone.utc).date().isoformat()
    before = refresh.bundled_rows()
    try:
        limits = refresh.trunk_limits(vpc_limits.read_text(encoding="utf-8")) if vpc_limits else {}
        rows = refresh.merged(before, refresh.scrape(regions), limits)
    except CatalogError as error:
        raise click.ClickException(error.message) from error
    sources = [f"EC2 DescribeInstanceTypes in {', '.join(regions)} ({today})"]
    sources += [vpc_limits_source] if vpc_limits else []
    older = [source for source in instance_table.SOURCES if source not in sources]
    module.write_text(refresh.module_text(rows, today, sources + older), encoding="utf-8")
    changed = sorted(name for name in rows if name in before and rows[name] != before[name])
    click.echo(f"{len(rows.keys() - before.keys())} types are new, {len(changed)} have changed: {' '.join(changed)}")


if __name__ == "__main__":
    main()
