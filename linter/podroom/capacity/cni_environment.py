"""The variables of aws-node as somebody types them: what is set beside the defaults, and what the CNI will not read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from podroom.capacity.cni import CniBehavior, is_boolean, is_true, read_integer
from podroom.capacity.what_if import did_you_mean
from podroom.catalog.cni_variables import CNI_VARIABLES, CniVariable, VariableType

_IPV4, _IPV6, _PREFIXES = "ENABLE_IPv4", "ENABLE_IPv6", "ENABLE_PREFIX_DELEGATION"
_FAMILIES_SINCE = (1, 10, 0)
STOPS_GROWTH = ("DISABLE_NETWORK_RESOURCE_PROVISIONING", "ENABLE_IMDS_ONLY_MODE")
"""Variables with which ipamd neither attaches interfaces nor takes addresses."""


def behavior_with(variables: Mapping[str, str], version: tuple[int, ...] | None) -> CniBehavior:
    """Return how a CNI behaves with these variables, the others as the manifest, the chart and the add-on set them."""
    defaults = {name: variable.default for name, variable in CNI_VARIABLES.items() if variable.default is not None}
    return CniBehavior.from_environment({**defaults, **variables}, version)


def family_failure(variables: Mapping[str, str], version: tuple[int, ...] | None) -> str:
    """Return why ipamd does not start with these families of addresses; empty if it does.

    Exactly one family must be on since 1.10, IPv6 only with prefix delegation.  pkg/ipamd/ipamd.go isConfigValid;
    cmd/aws-vpc-cni/main.go.
    """
    if version is not None and version < _FAMILIES_SINCE:
        return ""
    texts = {name: CNI_VARIABLES[name].default or "" for name in (_IPV4, _IPV6, _PREFIXES)} | dict(variables)
    ipv4, ipv6, prefixes = (is_true(texts[name]) for name in (_IPV4, _IPV6, _PREFIXES))
    if ipv4 == ipv6:
        return f"{_IPV4} and {_IPV6} are both {'on' if ipv4 else 'off'}, exactly one of them must be on"
    if ipv6 and not prefixes:
        return f"{_IPV6} needs {_PREFIXES}=true"
    return ""


def remarks(variables: Mapping[str, str], version: tuple[int, ...] | None) -> Iterator[str]:
    """Iterate over what is wrong with variables: unknown to the CNI or to this version, not readable, not in the sums.

    `version` None is the current one.
    """
    for name, text in variables.items():
        variable = CNI_VARIABLES.get(name)
        if variable is None:
            yield f"the VPC CNI reads no variable {name}{did_you_mean(name, CNI_VARIABLES)}"
            continue
        yield from _of_version(variable, version)
        if text and variable.type is VariableType.INT and read_integer(text) is None:
            yield f'{name} is "{text}", which the VPC CNI does not read as a whole number: it takes its default'
        if text and variable.type is VariableType.BOOL and not is_boolean(text):
            yield f'{name} is "{text}", which the VPC CNI does not read as true or false: it takes its default'
        if name in STOPS_GROWTH and is_true(text):
            yield f"with {name} ipamd attaches no interface and takes no address: these sums do not hold"
        if name == "ENABLE_MULTI_NIC" and is_true(text):
            yield "ENABLE_MULTI_NIC takes interfaces and addresses on further network cards, which are not counted here"


def _of_version(variable: CniVariable, version: tuple[int, ...] | None) -> Iterator[str]:
    if version is not None and variable.since is not None and version < variable.since:
        yield f"{variable.name} has no effect before version {_dotted(variable.since)} of the VPC CNI"
    if variable.no_effect_since is not None and (version is None or version >= variable.no_effect_since):
        yield f"{variable.name} has no effect since version {_dotted(variable.no_effect_since)} of the VPC CNI"


def _dotted(version: tuple[int, ...]) -> str:
    return ".".join(map(str, version))
