"""podroom.toml: what it can say, and what podroom says of one that it does not understand."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from checkout import CHECKOUT, EXAMPLES, podroom


def project(tmp_path: Path, name: str, text: str, scenario: str) -> Path:
    """Return an example in a folder below the one that holds the configuration."""
    (tmp_path / ".git").mkdir()
    (tmp_path / name).write_text(text, encoding="utf-8")
    shutil.copytree(CHECKOUT / EXAMPLES / scenario, tmp_path / "infra" / "prod")
    return tmp_path / "infra" / "prod"


@pytest.mark.parametrize(
    ("name", "heading"),
    [("podroom.toml", ""), (".podroom.toml", ""), ("pyproject.toml", "tool.podroom.")],
)
def test_an_assumption_that_a_folder_above_states_is_used(tmp_path: Path, name: str, heading: str) -> None:
    text = f"[{heading}assumptions]\nexpected_pods_per_node = 40\n"

    result = podroom("check", str(project(tmp_path, name, text, "warm-pool-waste")))

    assert result.exit_code == 0, "100 addresses are less than three times 40"
    assert "PR203" not in result.output


def test_from_how_many_nodes_on_ec2_throttles_can_be_said(tmp_path: Path) -> None:
    folder = project(tmp_path, "podroom.toml", "[assumptions]\nmany_nodes = 151\n", "large-nodes-few-pods-healthy")
    cluster = folder / "cluster.tf"
    text = cluster.read_text(encoding="utf-8").replace('WARM_IP_TARGET    = "5"', 'WARM_IP_TARGET    = "2"')
    cluster.write_text(text, encoding="utf-8")

    more_than_there_are = podroom("check", str(folder)).output
    (tmp_path / "podroom.toml").unlink()

    assert "PR303" not in more_than_there_are
    assert "PR303" in podroom("check", str(folder)).output


def test_the_room_follows_the_pods_on_the_host_network(tmp_path: Path) -> None:
    folder = project(tmp_path, "podroom.toml", "[assumptions]\nhost_network_pods = 5\n", "stale-max-pods")

    assert "3 interfaces x (6 - 1) addresses + 5 = 20" in podroom("check", str(folder)).output


def test_a_type_that_the_table_lacks_can_be_given_its_limits(tmp_path: Path) -> None:
    limits = '[instance_types."m99x.large"]\ninterfaces = 3\naddresses_per_interface = 12\n'
    folder = project(tmp_path, "podroom.toml", limits, "stale-max-pods")
    nodes = folder / "nodes.tf"
    nodes.write_text(nodes.read_text(encoding="utf-8").replace("t3.medium", "m99x.large"), encoding="utf-8")

    known = podroom("check", str(folder)).output
    (tmp_path / "podroom.toml").unlink()
    unknown = podroom("check", str(folder)).output

    assert "has room for 35" in known
    assert 'the instance type "m99x.large" is not in the table' in unknown
    assert "PR101" in unknown


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("[assumptions\n", "is no valid TOML"),
        ("[assumptions]\nexpected_pods = 3\n", "expected_pods"),
        ("[assumptions]\nexpected_pods_per_node = 0\n", "expected_pods_per_node"),
        ('[assumptions]\nexpected_pods_per_node = "many"\n', "expected_pods_per_node"),
        ('[instance_types."m99x.large"]\ninterfaces = 3\n', "addresses_per_interface"),
        ('[instance_types."t3.medium"]\ninterface = 3\n', "interface"),
    ],
)
def test_a_configuration_that_is_not_understood_is_one_sentence_that_says_what(
    tmp_path: Path, text: str, sentence: str
) -> None:
    result = podroom("check", str(project(tmp_path, "podroom.toml", text, "stale-max-pods")))

    assert result.exit_code == 2
    assert sentence in result.stderr
    assert result.stderr.count("\n") == 1
