from __future__ import annotations

import pytest

from podroom.capacity.cni import CniBehavior, CniVersionError, parse_version


@pytest.mark.parametrize(
    ("text", "version"),
    [
        ("v1.18.1-eksbuild.3", (1, 18, 1)),
        ("1.16.3", (1, 16, 3)),
        ("v1.20", (1, 20, 0)),
        ("1.9.0-eksbuild.1", (1, 9, 0)),
        ("v1.100.12", (1, 100, 12)),
    ],
)
def test_versions_are_read_with_or_without_v_and_build(text: str, version: tuple[int, ...]):
    assert parse_version(text) == version


@pytest.mark.parametrize(
    "text",
    [
        *("latest", "", "v1", "1.x", "1.16.3eks", "1.16.3.4", "most_recent", "\u0661.\u0662.\u0663"),
        *(pytest.param(".".join([*["1"] * dots, "1" * 6000]), id=f"thousands of digits {dots}") for dots in (1, 2)),
    ],
)
def test_what_is_no_version_is_refused_by_name(text: str):
    with pytest.raises(CniVersionError) as raised:
        parse_version(text)
    assert repr(text) in raised.value.message


def test_nothing_set_means_the_defaults_of_the_code():
    assert CniBehavior.from_environment({}) == CniBehavior(passes_target_check=False)


def test_every_variable_reaches_its_field():
    environment = {
        "WARM_ENI_TARGET": "2",
        "WARM_IP_TARGET": "3",
        "MINIMUM_IP_TARGET": "4",
        "WARM_PREFIX_TARGET": "5",
        "MAX_ENI": "6",
        "ENABLE_PREFIX_DELEGATION": "true",
        "AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG": "true",
        "ENABLE_POD_ENI": "true",
    }
    assert CniBehavior.from_environment(environment, (1, 18, 0)) == CniBehavior(
        warm_eni_target=2,
        warm_ip_target=3,
        minimum_ip_target=4,
        warm_prefix_target=5,
        max_eni=6,
        prefix_delegation=True,
        custom_networking=True,
        pod_eni=True,
        version=(1, 18, 0),
        passes_target_check=True,
    )


SWITCHES = ("ENABLE_PREFIX_DELEGATION", "AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG", "ENABLE_POD_ENI")


@pytest.mark.parametrize("name", SWITCHES)
@pytest.mark.parametrize(
    ("text", "on"),
    [(text, True) for text in ("1", "t", "T", "true", "TRUE", "True")]
    + [(text, False) for text in ("0", "f", "false", "", "yes", "on", "tRUE", " true", "2")],
)
def test_switches_are_read_as_parse_bool_does(name: str, text: str, *, on: bool):
    cni = CniBehavior.from_environment({name: text})
    assert (cni.prefix_delegation, cni.custom_networking, cni.pod_eni) == tuple(
        on and name == each for each in SWITCHES
    )


@pytest.mark.parametrize(
    ("text", "eni", "address", "limit"),
    [
        ("7", 7, 7, 7),
        ("1", 1, 1, 1),
        ("+7", 7, 7, 7),
        ("007", 7, 7, 7),
        pytest.param(f"{7:06000}", 7, 7, 7, id="thousands of zeros"),
        pytest.param("7" * 6000, 1, 0, None, id="thousands of digits"),
        ("0", 0, 0, None),
        ("-1", 1, 0, None),
        (" 5", 1, 0, None),
        ("5.0", 1, 0, None),
        ("5m", 1, 0, None),
        ("5_0", 1, 0, None),
        ("", 1, 0, None),
        ("\u0665", 1, 0, None),
        ("9223372036854775807", 2**63 - 1, 2**63 - 1, 2**63 - 1),
        ("9223372036854775808", 1, 0, None),
    ],
)
def test_numbers_are_read_as_atoi_does_and_nonsense_is_ignored(text: str, eni: int, address: int, limit: int | None):
    names = ("WARM_ENI_TARGET", "WARM_IP_TARGET", "MINIMUM_IP_TARGET", "WARM_PREFIX_TARGET", "MAX_ENI")
    cni = CniBehavior.from_environment(dict.fromkeys(names, text))
    assert cni.warm_eni_target == eni
    assert (cni.warm_ip_target, cni.minimum_ip_target, cni.warm_prefix_target) == (address, address, address)
    assert cni.max_eni == limit


@pytest.mark.parametrize(
    ("environment", "crashes"),
    [
        ({}, True),
        ({"WARM_PREFIX_TARGET": "0"}, True),
        ({"WARM_PREFIX_TARGET": "1"}, False),
        ({"WARM_PREFIX_TARGET": "0", "WARM_IP_TARGET": "5"}, False),
        ({"WARM_PREFIX_TARGET": "0", "MINIMUM_IP_TARGET": "5"}, False),
        ({"WARM_PREFIX_TARGET": "-1"}, True),
        ({"WARM_PREFIX_TARGET": "many"}, False),
        ({"WARM_PREFIX_TARGET": "+1"}, True),
        ({"ENABLE_PREFIX_DELEGATION": "false"}, False),
    ],
)
def test_prefix_delegation_without_a_target_ends_aws_node(environment: dict[str, str], *, crashes: bool):
    assert CniBehavior.from_environment({"ENABLE_PREFIX_DELEGATION": "true"} | environment).crashes is crashes


def test_where_only_numbers_are_known_the_numbers_tell_whether_aws_node_ends():
    assert CniBehavior(prefix_delegation=True).crashes
    assert not CniBehavior(prefix_delegation=True, warm_prefix_target=1).crashes
    assert not CniBehavior(prefix_delegation=True, minimum_ip_target=1).crashes
    assert not CniBehavior(prefix_delegation=True, version=(1, 8, 9)).crashes
    assert CniBehavior(prefix_delegation=True, version=(1, 9, 0)).crashes
    assert not CniBehavior().crashes


def test_the_current_version_is_newer_than_any():
    assert CniBehavior().at_least(99)
    assert CniBehavior(version=(1, 16, 3)).at_least(1, 16, 3)
    assert CniBehavior(version=(1, 16, 3)).at_least(1, 9)
    assert not CniBehavior(version=(1, 16, 3)).at_least(1, 16, 4)
