"""What is said of variables of aws-node as somebody types them."""

from __future__ import annotations

import pytest

from podroom.capacity.cni_environment import family_failure, remarks

CURRENT = None


@pytest.mark.parametrize(
    ("variables", "version", "expected"),
    [
        ({}, CURRENT, []),
        ({"WARM_IP_TARGET": "5", "ENABLE_POD_ENI": "t", "CLUSTER_NAME": "main"}, CURRENT, []),
        ({"WARM_IP_TARGET": "", "ENABLE_POD_ENI": ""}, CURRENT, []),
        ({"WARM_IP_TARGET": "five"}, CURRENT, ['is "five", which the VPC CNI does not read as a whole number']),
        ({"ENABLE_POD_ENI": "yes"}, CURRENT, ['is "yes", which the VPC CNI does not read as true or false']),
        ({"WARM_IP_TARGTE": "5"}, CURRENT, ["reads no variable WARM_IP_TARGTE; did you mean WARM_IP_TARGET or"]),
        ({"NODE_COLOUR": "red"}, CURRENT, ["reads no variable NODE_COLOUR"]),
        ({"DISABLE_NETWORK_RESOURCE_PROVISIONING": "true"}, CURRENT, ["these sums do not hold"]),
        ({"ENABLE_IMDS_ONLY_MODE": "false", "ENABLE_MULTI_NIC": "false"}, CURRENT, []),
        ({"ENABLE_MULTI_NIC": "true"}, CURRENT, ["on further network cards, which are not counted here"]),
        ({"ENABLE_MULTI_NIC": "true"}, (1, 19, 9), ["has no effect before version 1.20.0", "further network cards"]),
        ({"ENABLE_SUBNET_DISCOVERY": "true"}, (1, 18, 0), []),
        ({"ENABLE_SUBNET_DISCOVERY": "true"}, (1, 17, 9), ["has no effect before version 1.18.0 of the VPC CNI"]),
        ({"DISABLE_METRICS": "true"}, (1, 0, 0), []),
        ({"AWS_VPC_K8S_CNI_CONFIGURE_RPFILTER": "true"}, (1, 12, 0), []),
        ({"AWS_VPC_K8S_CNI_CONFIGURE_RPFILTER": "true"}, (1, 12, 1), ["has no effect since version 1.12.1"]),
        ({"AWS_VPC_K8S_CNI_CONFIGURE_RPFILTER": "true"}, CURRENT, ["has no effect since version 1.12.1"]),
    ],
)
def test_what_is_wrong_with_variables_is_said_and_nothing_else(
    variables: dict[str, str], version: tuple[int, int, int] | None, expected: list[str]
) -> None:
    said = list(remarks(variables, version))

    assert len(said) == len(expected), said
    assert [part for part, line in zip(expected, said, strict=True) if part not in line] == []


@pytest.mark.parametrize(
    ("variables", "version", "failure"),
    [
        ({}, CURRENT, ""),
        ({"ENABLE_IPv6": "true"}, CURRENT, "ENABLE_IPv4 and ENABLE_IPv6 are both on, exactly one of them must be on"),
        ({"ENABLE_IPv4": "false"}, CURRENT, "ENABLE_IPv4 and ENABLE_IPv6 are both off, exactly one of them must be on"),
        ({"ENABLE_IPv4": "false", "ENABLE_IPv6": "true"}, CURRENT, "ENABLE_IPv6 needs ENABLE_PREFIX_DELEGATION=true"),
        ({"ENABLE_IPv4": "false", "ENABLE_IPv6": "true", "ENABLE_PREFIX_DELEGATION": "true"}, CURRENT, ""),
        ({"ENABLE_IPv4": "false"}, (1, 9, 9), ""),
        (
            {"ENABLE_IPv4": "false"},
            (1, 10, 0),
            "ENABLE_IPv4 and ENABLE_IPv6 are both off, exactly one of them must be on",
        ),
    ],
)
def test_one_family_of_addresses_must_be_on_since_1_10(
    variables: dict[str, str], version: tuple[int, int, int] | None, failure: str
) -> None:
    assert family_failure(variables, version) == failure
