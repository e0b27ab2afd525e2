"""Inventories that nobody would print: podroom reads them or refuses them with one sentence, and never breaks."""

from __future__ import annotations

import base64
import gzip
import json
from collections.abc import Iterator
from copy import deepcopy
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from checkout import podroom
from podroom.assembly.live.disagreements import disagreements
from podroom.assembly.live.laying import with_live
from podroom.assembly.live.unused import Beside, unused
from podroom.capacity.assessment import Assessment, Assumptions
from podroom.catalog.instance_types import InstanceCatalog
from podroom.engine import Engine
from podroom.errors import InputError
from podroom.model.world import World
from podroom.packs import find_rules
from podroom.report.style import Style
from podroom.report.world import render_tree
from podroom.run import Request, understand
from podroom.sources.hcl.parser import parse
from podroom.sources.live.reader import read_live
from test_inventory import SECRET, files, judged, shown, versions
from test_live_clusters import add_on, daemon_set, listed, node
from test_live_groups import BOOTSTRAP, LAUNCHED, WORKERS
from test_recorded_inventory import ANSWERS, CONFIGURATION

CONFIG = {"kind": "ENIConfig", "metadata": {"name": "eu-west-1a"}, "spec": {"subnet": "subnet-1"}}
EVERYTHING: list[dict[str, Any]] = [
    *ANSWERS.values(),
    add_on(WARM_IP_TARGET="3", ENABLE_POD_ENI=True),
    daemon_set(WARM_IP_TARGET="3", AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG="true"),
    listed(node(), node("ip-2", "m5.large", "29", "i-2"), CONFIG),
]
DEEP: Any = []
for _ in range(200):
    DEEP = [DEEP]
ODD = (
    None, True, False, 0, -1, 2**31, 10**400, 1.5, "", "x", "\x00\x1b[31m", "é" * 300, "subnet-1,,subnet-2,", "$Latest",
    "m5.large", [], {}, [None], [[]], [{}], {"": None}, {"Key": [], "Value": {}}, DEEP, SECRET, "0x10",
    "10.0.0.0/33", "::/0",
)  # fmt: skip


def places(value: object, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """Yield the way to every part of an answer."""
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, part in inside:
        yield (*path, key)
        yield from places(part, (*path, key))


PLACES = [(number, path) for number, answer in enumerate(EVERYTHING) for path in places(answer)]


@st.composite
def spoilt(draw: st.DrawFn) -> list[dict[str, Any]]:
    """Draw the answers of an account, in which some parts are gone, are something else, or are told twice."""
    answers = deepcopy(EVERYTHING)
    twice = draw(st.sets(st.integers(0, len(EVERYTHING) - 1), max_size=3))
    for _ in range(draw(st.integers(1, 6))):
        number, (*path, last) = draw(st.sampled_from(PLACES))
        inside: Any = answers[number]
        for key in path:
            inside = inside[key] if isinstance(inside, dict | list) and key in _keys(inside) else None
        if isinstance(inside, dict | list) and last in _keys(inside):
            if draw(st.booleans()):
                inside[last] = draw(st.sampled_from(ODD))
            else:
                del inside[last]
    return answers + [EVERYTHING[number] for number in sorted(twice)]


def _keys(inside: dict[str, Any] | list[Any]) -> set[Any]:
    return set(inside) if isinstance(inside, dict) else set(range(len(inside)))


@cache
def world() -> World:
    """Return the configuration that the answers are of."""
    with TemporaryDirectory() as folder:
        (Path(folder) / "main.tf").write_text(CONFIGURATION, encoding="utf-8")
        (found,), problems, _ = understand(Request((folder,), parse))
    assert not problems
    return found


@cache
def engine() -> Engine:
    return Engine(find_rules())


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(spoilt())
def test_answers_with_anything_in_them_are_read_or_refused(answers: list[dict[str, Any]]) -> None:
    files = [(f"{number}.json", json.dumps(one).encode()) for number, one in enumerate(answers)]
    try:
        live = read_live(files)
    except InputError as error:
        refused_with = error.message
    else:
        refused_with = None
    if refused_with is not None:
        assert "\n" not in refused_with
        assert SECRET not in refused_with
        return
    laid = with_live(world(), live, {}, (), alone=True)
    told = [*disagreements(live), *unused(Beside([laid], frozenset(), unresolved=False), live)]
    assert all(told)
    assert render_tree((laid,), Style())
    findings, undecided = engine().judge(Assessment(laid, InstanceCatalog.bundled(), Assumptions()))
    assert all(one.message for one in findings)
    assert all(one.unknown.reason for one in undecided)


TWICE = "listed-0.txt is not understood: an object in it has one key twice"
REFUSED = {
    "a key that is there twice": ('{"Subnets": [], "Subnets": []}', TWICE),
    "a key inside that is there twice": ('{"Subnets": [{"SubnetId": "a", "SubnetId": "b"}]}', TWICE),
    "a key that is there twice in YAML": ("Subnets:\n- SubnetId: a\n  SubnetId: b\n", TWICE),
    "infinity": ('{"Subnets": [{"AvailableIpAddressCount": Infinity}]}', "holds a number that podroom does not read"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_could_mean_two_things_is_refused(case: str, tmp_path: Path) -> None:
    text, expected = REFUSED[case]
    assert expected in refused(tmp_path, text)


def refused(folder: Path, text: str) -> str:
    """Return the one line that podroom says of a file."""
    result = podroom("check", *files(folder, WORKERS, [text]))
    assert result.exit_code == 2
    (line,) = result.stderr.splitlines()
    return line


USER_DATA = {
    "no base64": "%%%",
    "no text": base64.b64encode(b"\xff\xfe\x00\x80").decode(),
    "a bomb": base64.b64encode(gzip.compress(b"A" * 20_000_000)).decode(),
    "deep YAML": base64.b64encode(("apiVersion: node.eks.aws/v1alpha1\nspec: " + "[" * 5000).encode()).decode(),
    "many MIME parts": base64.b64encode(
        ('MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary="x"\n\n' + "--x\n\na\n" * 20_000).encode()
    ).decode(),
}  # fmt: skip


@pytest.mark.parametrize("case", USER_DATA)
def test_user_data_that_is_none_leaves_max_pods_open(case: str, tmp_path: Path) -> None:
    answer = versions("m7g.2xlarge")
    answer["LaunchTemplateVersions"][0]["LaunchTemplateData"]["UserData"] = USER_DATA[case]
    (group,) = shown(tmp_path, WORKERS, LAUNCHED, answer)["node_groups"]
    drift = group["drift"]
    assert drift is None or drift["launched"]["user_data"]["fixed"] == []


def test_user_data_that_is_compressed_is_read(tmp_path: Path) -> None:
    answer = versions("m7g.2xlarge")
    packed = base64.b64encode(gzip.compress(BOOTSTRAP.format(110).encode())).decode()
    answer["LaunchTemplateVersions"][0]["LaunchTemplateData"]["UserData"] = packed
    (finding,) = judged(tmp_path, WORKERS, LAUNCHED, answer)
    assert finding["evidence"]["max_pods"] == 110


def test_no_secret_is_in_what_is_said_of_a_broken_file(tmp_path: Path) -> None:
    for broken in (
        json.dumps(versions("m5.large", SECRET))[:-20],
        '{"LaunchTemplateVersions": [{"' + SECRET + '": }]}',
        f'{{"{SECRET}": 1}}',
        f"{SECRET}: [",
        f'{{"kind": "Secret", "data": "{SECRET}"}}',
        f'{{"Subnets": [{{"{SECRET}": "{SECRET}", "{SECRET}": 1}}]}}',
    ):
        assert SECRET not in refused(tmp_path, broken)
