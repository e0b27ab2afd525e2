"""The settings of the Amazon VPC CNI in a Helm release of its chart."""

from __future__ import annotations

import re
from collections.abc import Iterator

from podroom.assembly.cni import settings_of
from podroom.assembly.cni_defaults import DEFAULT_VERSION
from podroom.assembly.inventory import Inventory, string
from podroom.evaluation.project import Field, ResourceInstance
from podroom.model.world import CURRENT_VERSION, CniSettings, EnvironmentVariable, PodSubnet
from podroom.values import Known, Members, Unknown, Value, first_unknown

_CHART = "aws-vpc-cni"
_VARIABLE = "env."
_NOT_READ = re.compile(r"\b(?:extraEnv|image|originalMatchLabels)\b")
"""Values of the chart that bring variables or another version of the CNI in ways that are not followed."""
_NUMBERED_LIKE_THE_CNI = re.compile(r"v?1\.(?:1[3-9]|[2-9]\d)\.\d+")
"""Since 1.13 the chart has the version of the CNI that it installs; before, numbers of its own (1.1.10 had 1.9.3)."""


def released_cni(inventory: Inventory) -> ResourceInstance | None:
    """Return the Helm release of the VPC CNI's chart, None if there is none, or more than one."""
    releases = [
        resource
        for resource in inventory.resources("helm_release")
        if isinstance(chart := string(resource.body, "chart"), Known) and chart.value.rpartition("/")[2] == _CHART
    ]
    return releases[0] if len(releases) == 1 else None


def settings_of_release(release: ResourceInstance) -> CniSettings:
    """Return the settings that a release gives to the CNI: `values` in order, then each `set`."""
    environment: list[EnvironmentVariable] = []
    pod_subnets: Members[PodSubnet] = Members()
    missing = release.maybe
    if _NOT_READ.search(release.block_span.text):
        reason = f"{release.address} sets values of the chart that podroom does not read yet"
        missing = first_unknown(missing, Unknown(reason, release.span))
    values = release.body.attribute("values")
    texts: Members[Field] = values.items() if values else Members()
    missing = first_unknown(missing, *texts.missing)
    for text in texts:
        variables, gap, configs = settings_of(text)
        environment += variables
        missing = first_unknown(missing, gap)
        pod_subnets = configs if configs.items or configs.missing else pod_subnets
    for name, value in _set(release):
        if not isinstance(name, Known):
            missing = first_unknown(missing, name if isinstance(name, Unknown) else None)
        elif name.value.startswith(_VARIABLE) and value is not None:
            environment.append(EnvironmentVariable(name.value.removeprefix(_VARIABLE), value.string(), value.origin))
    entries = release.body.attribute("set")
    gaps = (*release.body.blocks("set").missing, *(entries.items().missing if entries else ()))
    return CniSettings(
        declared_by=release.address,
        span=release.span,
        version=_version(release),
        environment=tuple(environment),
        missing=first_unknown(missing, *gaps),
        pod_subnets=pod_subnets,
    )


def _set(release: ResourceInstance) -> Iterator[tuple[Value[str], Field | None]]:
    """Iterate over name and value of each `set`: blocks until version 2 of the provider, a list since version 3."""
    for block in release.body.blocks("set"):
        yield string(block, "name"), block.attribute("value")
    listed = release.body.attribute("set")
    for item in listed.items() if listed else ():
        parts, _ = item.entries()
        if "name" in parts:
            yield parts["name"].string(), parts.get("value")


def _version(release: ResourceInstance) -> Value[str]:
    field = release.body.attribute("version")
    if field is None:
        return Known(CURRENT_VERSION, DEFAULT_VERSION)
    version = field.string()
    if isinstance(version, Known) and _NUMBERED_LIKE_THE_CNI.fullmatch(version.value) is None:
        reason = f'which version of the CNI comes with version "{version.value}" of its chart is not known'
        return Unknown(reason, field.origin)
    return version
