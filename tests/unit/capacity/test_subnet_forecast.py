"""What groups ask of a subnet at each load, what is left, how many nodes it holds, and blocks that prefixes need."""

from __future__ import annotations

from pathlib import Path

import pytest

from capacity_helpers import CUSTOM_NETWORKING, add_on, assessed, eks_cluster, eni_configs, node_group, subnet
from podroom.capacity.estimate import Estimate, Loads, LoadState
from podroom.capacity.forecast import forecast
from podroom.capacity.subnet_forecast import BlocksForecast, SubnetForecast
from podroom.positions import Document, Span
from podroom.values import Unknown

UNKNOWN = 'variable "unknown" {}\n'
PREFIXES = 'ENABLE_PREFIX_DELEGATION = "true"'
TAGGED = 'tags = { "kubernetes.io/role/cni" = "1" }'
UNSIZED = "max_size = var.unknown"
EITHER_SIZE = 'max_size = var.unknown == "a" ? 3 : 5'
UNCERTAIN = "  count = var.unknown\n  cluster_name"

GATEWAY = """
resource "aws_nat_gateway" "out" {
  count         = var.unknown
  subnet_id     = aws_subnet.a.id
  allocation_id = "eipalloc-1"
}
"""


def shown(number: Estimate) -> str:
    """Return "40", "0..40", "4..", "..229", or "?" for a number without any bound."""
    if number.least is None and number.most is None:
        return "?"
    low, high = ("" if bound is None else str(bound) for bound in (number.least, number.most))
    return low if low == high else f"{low}..{high}"


def told(subnet: SubnetForecast) -> list[str]:
    """Return what is told of a subnet, a line for each number, at the four loads if it hangs on them."""

    def loads(name: str, found: Loads) -> str:
        return " ".join([name, *(shown(number) for _, number in found)])

    lines = [
        f"{subnet.subnet.address[11:]}: nodes {shown(subnet.nodes_at_desired)} to {shown(subnet.nodes_at_maximum)}",
        loads("asks", subnet.at_maximum),
        loads("left", subnet.left),
        loads("holds", subnet.holds),
        loads("update", subnet.added_by_update),
    ]
    if subnet.blocks is not None:
        lines += [
            f"blocks {shown(subnet.blocks.blocks)}",
            loads("asked", subnet.blocks.asked),
            loads("free", subnet.blocks.free),
            " ".join(["risk", *(subnet.blocks.risk(state) for state in LoadState)]),
            " ".join(["at worst", *(str(subnet.most_blocks(state)) for state in LoadState)]),
        ]
    return [*lines, *(["gaps"] if subnet.gaps else [])]


@pytest.mark.parametrize(
    ("parts", "lines"),
    [
        pytest.param(
            [subnet("a", "10.0.0.0/24"), eks_cluster(), node_group("g")],
            ["a: nodes 2 to 4", "asks 40 80 120 120", "left 202 162 122 122", "holds 24 12 8 8", "update 20 40 60 60"],
            id="one group",
        ),
        pytest.param(
            [
                subnet("a", "10.0.0.0/22"),
                eks_cluster(),
                node_group("g", sizes=(1, 2, 9)),
                node_group("h", types="m5.4xlarge", sizes=(1, 1, 3)),
            ],
            [
                "a: nodes 3 to 12",
                "asks 180 360 450 630",
                "left 830 650 560 380",
                "holds 67 33 26 19",
                "update 80 160 180 300",
            ],
            id="two groups",
        ),
        pytest.param(
            [
                subnet("a", "10.0.0.0/22"),
                eks_cluster(),
                node_group("g", sizes=(1, 2, 9)).replace("max_size     = 9", UNSIZED),
                node_group("h", types="m5.4xlarge", sizes=(1, 1, 3)),
            ],
            [
                "a: nodes 3 to 3..",
                "asks 90.. 180.. 180.. 360..",
                "left ..920 ..830 ..830 ..650",
                "holds 33..101 16..50 16..33 8..33",
                "update 80 160 180 300",
                "gaps",
            ],
            id="a size that is not known",
        ),
        pytest.param(
            [subnet("a", "10.0.0.0/22"), eks_cluster(), node_group("g", sizes=(0, 0, 0))],
            ["a: nodes 0 to 0", "asks 0 0 0 0", "left 1010 1010 1010 1010", "holds 101 50 33 33", "update 20 40 60 60"],
            id="a group without nodes",
        ),
        pytest.param(
            [
                subnet("a", "10.0.0.0/22"),
                eks_cluster(),
                node_group("g", sizes=(0, 0, 0), types="t3.nano"),
                node_group("h"),
            ],
            [
                "a: nodes 2 to 4",
                "asks 40 80 120 120",
                "left 970 930 890 890",
                "holds 101 50 33 33",
                "update 24 48 68 68",
            ],
            id="a group without nodes beside another",
        ),
        pytest.param(
            [subnet("a", "10.0.0.0/24"), eks_cluster(), add_on(PREFIXES), node_group("g")],
            [
                "a: nodes 2 to 4",
                "asks 68 132 132 452",
                "left 174 110 110 -210",
                "holds 2..14 1..7 1..7 0..2",
                "update 34 66 66 226",
                "blocks 14",
                "asked 4 8 8 28",
                "free -3..10 -7..6 -7..6 -27..-14",
                "risk possible possible possible certain",
                "at worst 21 27 27 57",
            ],
            id="prefixes",
        ),
        pytest.param(
            [
                subnet("a", "var.unknown").replace('"var.unknown"', "var.unknown"),
                eks_cluster(),
                add_on(PREFIXES),
                node_group("g"),
            ],
            [
                "a: nodes 2 to 4",
                "asks 68 132 132 452",
                "left -77.. -141.. -141.. -461..",
                "holds 0.. 0.. 0.. 0..",
                "update 34 66 66 226",
                "blocks 0..",
                "asked 4 8 8 28",
                "free -17.. -21.. -21.. -41..",
                "risk unknown unknown unknown unknown",
                "at worst 21 27 27 57",
                "gaps",
            ],
            id="prefixes in a block that is not known",
        ),
        pytest.param(
            [
                subnet("a", "10.0.0.0/24"),
                eks_cluster(),
                add_on(PREFIXES),
                node_group("g").replace("max_size     = 4", UNSIZED),
            ],
            [
                "a: nodes 2 to 0..",
                "asks 0.. 0.. 0.. 0..",
                "left ..242 ..242 ..242 ..242",
                "holds 2..14 1..7 1..7 0..2",
                "update 34 66 66 226",
                "blocks 14",
                "asked 0.. 0.. 0.. 0..",
                "free ..14 ..14 ..14 ..14",
                "risk unknown unknown unknown unknown",
                "at worst None None None None",
                "gaps",
            ],
            id="prefixes of nobody knows how many nodes",
        ),
        pytest.param(
            [subnet("a", "10.0.0.0/24"), eks_cluster(), node_group("g").replace("  cluster_name", UNCERTAIN)],
            [
                "a: nodes 0..2 to 0..4",
                "asks 0..40 0..80 0..120 0..120",
                "left 202..242 162..242 122..242 122..242",
                "holds 24 12 8 8",
                "update 0..20 0..40 0..60 0..60",
                "gaps",
            ],
            id="a group that may not be",
        ),
        pytest.param(
            [subnet("a", "10.0.0.0/24"), eks_cluster(), node_group("g").replace("max_size     = 4", EITHER_SIZE)],
            [
                "a: nodes 2 to 3..5",
                "asks 30..50 60..100 90..150 90..150",
                "left 192..212 142..182 92..152 92..152",
                "holds 24 12 8 8",
                "update 20 40 60 60",
                "gaps",
            ],
            id="one of two sizes",
        ),
        pytest.param(
            [
                subnet("a", "10.0.0.0/24"),
                subnet("p", "100.64.0.0/24"),
                eks_cluster(),
                add_on(CUSTOM_NETWORKING + ", " + PREFIXES, more=eni_configs(eu_west_1a="p")),
                node_group("g"),
            ],
            [
                "a: nodes 2 to 4",
                "asks 4 4 4 4",
                "left 238 238 238 238",
                "holds 242 242 242 242",
                "update 2 2 2 2",
                "p: nodes 2 to 4",
                "asks 68 132 132 452",
                "left 183 119 119 -201",
                "holds 7..14 4..7 4..7 1..2",
                "update 34 66 66 226",
                "blocks 14",
                "asked 4 8 8 28",
                "free 6..10 2..6 2..6 -18..-14",
                "risk none none none certain",
                "at worst 12 18 18 48",
            ],
            id="pods elsewhere",
        ),
        pytest.param(
            [
                subnet("a", "10.0.0.0/24"),
                eks_cluster(),
                add_on(CUSTOM_NETWORKING, more=eni_configs(eu_west_1a="a")),
                node_group("g"),
            ],
            ["a: nodes 2 to 4", "asks 44 84 84 84", "left 198 158 158 158", "holds 22 11 11 ?", "update 22 42 42 42"],
            id="pods by custom networking in the same subnet",
        ),
        pytest.param(
            [
                subnet("a", "10.0.0.0/24"),
                subnet("p", "100.64.0.0/24"),
                eks_cluster(),
                add_on("AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG = var.unknown", more=eni_configs(eu_west_1a="p")),
                node_group("g"),
            ],
            [
                "a: nodes 2 to 4",
                "asks 4.. 4.. 4.. 4..",
                "left ..238 ..238 ..238 ..238",
                "holds 0..242 0..242 0..242 0..242",
                "update 2.. 2.. 2.. 2..",
                "blocks 14",
                "asked 0.. 0.. 0.. 0..",
                "free ..14 ..14 ..14 ..14",
                "risk unknown unknown unknown unknown",
                "at worst None None None None",
                "gaps",
                "p: nodes 0..2 to 0..4",
                "asks 0.. 0.. 0.. 0..",
                "left ..251 ..251 ..251 ..251",
                "holds 0.. 0.. 0.. 0..",
                "update 0.. 0.. 0.. 0..",
                "blocks 14",
                "asked 0.. 0.. 0.. 0..",
                "free ..14 ..14 ..14 ..14",
                "risk unknown unknown unknown unknown",
                "at worst None None None None",
                "gaps",
            ],
            id="custom networking that may be on",
        ),
        pytest.param(
            [subnet("a", "10.0.0.0/24"), subnet("t", "10.0.1.0/24", more=TAGGED), eks_cluster(), node_group("g")],
            [
                "a: nodes 2 to 4",
                "asks 40 40..80 40..120 40..120",
                "left 202 162..202 122..202 122..202",
                "holds 24 12..24 8..24 8..24",
                "update 20 20..40 20..60 20..60",
                "gaps",
                "t: nodes 2 to 4",
                "asks 0 0..40 0..80 0..80",
                "left 251 211..251 171..251 171..251",
                "holds ? 25.. 12.. 12..",
                "update 0 0..20 0..40 0..40",
                "gaps",
            ],
            id="a tag",
        ),
        pytest.param(
            [
                subnet("a", "10.0.0.0/24"),
                subnet("t", "10.0.1.0/24", more=TAGGED),
                eks_cluster(),
                add_on(PREFIXES),
                node_group("g", types="t3.small"),
            ],
            [
                "a: nodes 2 to 4",
                "asks 68 132 132 196..460",
                "left 174 110 110 -218..46",
                "holds 2..14 1..7 1..7 0..4",
                "update 34 66 66 98..230",
                "blocks 14",
                "asked 0..4 0..8 0..8 0..28",
                "free -3..14 -7..14 -7..14 -35..14",
                "risk unknown unknown unknown unknown",
                "at worst 21 27 27 69",
                "gaps",
                "t: nodes 2 to 4",
                "asks 0 0 0 0..264",
                "left 251 251 251 -13..251",
                "holds 0.. 0.. 0.. 1..",
                "update 0 0 0 0..132",
                "blocks 14",
                "asked 0..4 0..8 0..8 0..28",
                "free 6..14 2..14 2..14 -26..14",
                "risk none none none unknown",
                "at worst 12 18 18 60",
                "gaps",
            ],
            id="a tag and prefixes",
        ),
        pytest.param(
            [subnet("a", "10.0.0.0/24"), subnet("b", "10.0.1.0/24"), eks_cluster()],
            ["a: nodes 0 to 0", "asks 0 0 0 0", "left 242 242 242 242", "holds ? ? ? ?", "update 0 0 0 0"],
            id="a control plane alone",
        ),
        pytest.param(
            [subnet("a", "10.0.0.0/24"), eks_cluster(), add_on('MINIMUM_IP_TARGET = "5"'), node_group("g")],
            ["a: nodes 2 to 4", "asks 24 24 24 24", "left 218 218 218 218", "holds 40 40 ? ?", "update 12 12 12 12"],
            id="a minimum alone",
        ),
        pytest.param(
            [
                subnet("a", "10.0.0.0/24"),
                eks_cluster(),
                add_on('MINIMUM_IP_TARGET = "5"'),
                node_group("g", sizes=(0, 0, 0)),
                node_group("h", sizes=(0, 0, 0)),
            ],
            ["a: nodes 0 to 0", "asks 0 0 0 0", "left 242 242 242 242", "holds 40 40 ? ?", "update 24 24 24 24"],
            id="a minimum alone and no nodes",
        ),
        pytest.param(
            [
                subnet("a", "10.0.0.0/24"),
                eks_cluster(),
                eks_cluster("x"),
                node_group("g").replace("aws_eks_cluster.main.name", "var.unknown"),
            ],
            [
                "a: nodes 2 to 4",
                "asks 4.. 4.. 4.. 4..",
                "left ..229 ..229 ..229 ..229",
                "holds 0..233 0..233 0..233 0..233",
                "update 2.. 2.. 2.. 2..",
                "blocks 14",
                "asked 0.. 0.. 0.. 0..",
                "free ..14 ..14 ..14 ..14",
                "risk unknown unknown unknown unknown",
                "at worst None None None None",
                "gaps",
            ],
            id="a group of one of two clusters",
        ),
        pytest.param(
            [
                subnet("a", "10.0.0.0/22"),
                subnet("p", "100.64.0.0/22"),
                eks_cluster(),
                eks_cluster("other"),
                add_on(CUSTOM_NETWORKING + ", " + PREFIXES, more=eni_configs(eu_west_1a="p")),
                add_on(PREFIXES, name="o", cluster="other"),
                node_group("g", types="m4.large"),
                node_group("o", cluster="other"),
            ],
            [
                "a: nodes 4 to 8",
                "asks 72 136 136 456",
                "left 929 865 865 545",
                "holds 29..111 22..58 ? ?",
                "update 36 68 68 228",
                "blocks 62",
                "asked 4 8 8 28",
                "free 32..58 28..54 28..54 8..34",
                "risk none none none none",
                "at worst 36 42 42 72",
                "p: nodes 2 to 4",
                "asks 40 40 40 40",
                "left 979 979 979 979",
                "holds 101 101 ? ?",
                "update 20 20 20 20",
            ],
            id="pods elsewhere of one of two clusters",
        ),
        pytest.param(
            [subnet("a", "10.0.0.0/24", more=TAGGED), eks_cluster(), node_group("g")],
            ["a: nodes 2 to 4", "asks 40 80 120 120", "left 202 162 122 122", "holds 24 12 8 8", "update 20 40 60 60"],
            id="a tag of its own",
        ),
        pytest.param(
            [
                subnet("a", "10.0.0.0/24"),
                subnet("t", "10.0.1.0/24", more=TAGGED),
                eks_cluster(),
                add_on('MINIMUM_IP_TARGET = "12"'),
                node_group("g"),
            ],
            [
                "a: nodes 2 to 4",
                "asks 40..56 40..56 40..56 40..56",
                "left 186..202 186..202 186..202 186..202",
                "holds 17..24 17..24 ? ?",
                "update 20..28 20..28 20..28 20..28",
                "gaps",
                "t: nodes 2 to 4",
                "asks 0..16 0..16 0..16 0..16",
                "left 235..251 235..251 235..251 235..251",
                "holds 62.. 62.. 0.. 0..",
                "update 0..8 0..8 0..8 0..8",
                "gaps",
            ],
            id="a tag and a minimum alone",
        ),
        pytest.param(
            [
                subnet("a", "10.0.0.0/24"),
                subnet("t", "10.0.1.0/24", more=TAGGED),
                eks_cluster(),
                node_group("g").replace('["m5.large"]', "[var.unknown]"),
            ],
            [
                "a: nodes 2 to 4",
                "asks 4.. 4.. 4.. 4..",
                "left ..238 ..238 ..238 ..238",
                "holds 0..242 0..242 0..242 0..242",
                "update 2.. 2.. 2.. 2..",
                "gaps",
                "t: nodes 2 to 4",
                "asks 0.. 0.. 0.. 0..",
                "left ..251 ..251 ..251 ..251",
                "holds 0.. 0.. 0.. 0..",
                "update 0.. 0.. 0.. 0..",
                "gaps",
            ],
            id="a tag and types that nobody knows",
        ),
        pytest.param(
            [
                subnet("a", "10.0.0.0/24"),
                subnet("p", "100.64.0.0/24"),
                eks_cluster(),
                add_on(CUSTOM_NETWORKING, more=eni_configs(eu_west_1a="p")),
                node_group("g"),
                node_group("z", types="t3.medium", sizes=(0, 0, 0)),
            ],
            [
                "a: nodes 2 to 4",
                "asks 4 4 4 4",
                "left 238 238 238 238",
                "holds 242 242 242 ?",
                "update 4 4 4 4",
                "p: nodes 2 to 4",
                "asks 40 80 80 80",
                "left 211 171 171 171",
                "holds 25 12 12 ?",
                "update 32 64 64 64",
            ],
            id="no nodes of a type with unserved pods",
        ),
        pytest.param(
            [
                subnet("a", "10.0.0.0/24"),
                subnet("p", "100.64.0.0/24"),
                eks_cluster(),
                add_on(CUSTOM_NETWORKING, more=eni_configs(eu_west_1a="p")),
                node_group("g"),
                node_group("z", types="t3.medium", sizes=(0, 0, 1)),
            ],
            [
                "a: nodes 2 to 5",
                "asks 5 5 5 5",
                "left 237 237 237 237",
                "holds 242 242 ? ?",
                "update 4 4 4 4",
                "p: nodes 2 to 5",
                "asks 46 92 92 92",
                "left 205 159 159 159",
                "holds 27 13 ? ?",
                "update 32 64 64 64",
            ],
            id="a node of a type with unserved pods",
        ),
        pytest.param(
            [
                subnet("a", "10.0.0.0/28"),
                subnet("p", "100.64.0.0/22"),
                eks_cluster(),
                eks_cluster("other"),
                add_on(CUSTOM_NETWORKING, more=eni_configs(eu_west_1a="p")),
                node_group("g", sizes=(1, 1, 2)),
                node_group("h", sizes=(1, 1, 3)),
            ],
            [
                "a: nodes 2 to 5",
                "asks 5 5 5 5",
                "left -12 -12 -12 -12",
                "holds 0 0 0 ?",
                "update 4 4 4 4",
                "p: nodes 2 to 5",
                "asks 50 100 100 100",
                "left 969 919 919 919",
                "holds 101 50 50 ?",
                "update 40 80 80 80",
            ],
            id="less than nothing left for nodes",
        ),
        pytest.param(
            [subnet("a", "10.0.0.0/24"), eks_cluster(), GATEWAY, node_group("g")],
            [
                "a: nodes 2 to 4",
                "asks 40 80 120 120",
                "left 201..202 161..162 121..122 121..122",
                "holds 24 12 8 8",
                "update 20 40 60 60",
                "gaps",
            ],
            id="a gateway that may not be",
        ),
    ],
)
def test_all_figures_of_a_subnet_are_those_of_the_sums(tmp_path: Path, parts: list[str], lines: list[str]) -> None:
    found = forecast(assessed(tmp_path, UNKNOWN, *parts))
    assert [line for subnet in found.subnets for line in told(subnet)] == lines


HERE = Span(Document("main.tf", "x"), 0, 1)


@pytest.mark.parametrize(
    ("least", "most", "gap", "risk"),
    [
        (0, 5, False, "none"),
        (-1, 5, False, "possible"),
        (-1, 0, False, "possible"),
        (-2, -1, False, "certain"),
        (None, 5, True, "unknown"),
        (-1, 5, True, "unknown"),
        (None, None, True, "unknown"),
        (0, None, True, "none"),
        (None, -1, True, "certain"),
    ],
)
def test_blocks_lack_for_certain_or_where_single_addresses_may_spoil_them(
    least: int | None, most: int | None, risk: str, *, gap: bool
) -> None:
    gaps = (Unknown("nobody says", HERE),) if gap else ()
    free = Loads.each(lambda _: Estimate(least, most, gaps=gaps))
    assert BlocksForecast(Estimate.known(14), free, free).risk(LoadState.IDLE) == risk


def test_a_subnet_that_somebody_asks_for_is_told_though_nothing_is_in_it(tmp_path: Path) -> None:
    assessment = assessed(tmp_path, subnet("a", "10.0.0.0/24"), subnet("b", "10.0.1.0/24"), eks_cluster())
    assert [one.subnet.address for one in forecast(assessment).subnets] == ["aws_subnet.a"]
    both = forecast(assessment, ["aws_subnet.b"])
    assert [one.subnet.address for one in both.subnets] == ["aws_subnet.a", "aws_subnet.b"]


def test_every_sum_that_is_certain_is_shown(tmp_path: Path) -> None:
    parts = (
        subnet("a", "10.0.0.0/22"),
        eks_cluster(),
        node_group("g", sizes=(1, 2, 9)),
        node_group("h", types="m5.4xlarge", sizes=(1, 1, 3)),
        node_group("none", sizes=(0, 0, 0)),
    )
    (found,) = forecast(assessed(tmp_path, *parts)).subnets
    assert found.at_maximum.expected.working == "9 x 30 + 3 x 60 = 450"
    assert found.left.expected.working == "1,019 - 9 - 450 = 560"
    assert found.holds.expected.working == "floor(1,010 x 12 nodes / 450) = 26"
    (share, *_) = found.shares
    assert (found.zone, share.certain) == ("eu-west-1a", True)
    assert [found.most_blocks(state) for state in LoadState] == [0] * 4
    (empty,) = forecast(assessed(tmp_path, subnet("a", "10.0.0.0/22"), eks_cluster())).subnets
    assert empty.at_maximum.expected.working == "0"
    first = 'data "aws_availability_zones" "here" {}\n' + subnet("a", "10.0.0.0/22").replace(
        '"eu-west-1a"', "data.aws_availability_zones.here.names[0]"
    )
    (symbolic,) = forecast(assessed(tmp_path, first, eks_cluster())).subnets
    assert symbolic.zone == "data.aws_availability_zones.here.names[0]"
    beside = subnet("t", "10.0.4.0/24", more=TAGGED)
    tagged = forecast(assessed(tmp_path, *parts[:3], beside)).subnets[1]
    assert [number.working for _, number in tagged.at_maximum] == ["0", "", "", ""]
    alone = forecast(assessed(tmp_path, *parts[:3])).subnets[0]
    assert alone.holds.expected.working == "floor(1,010 / 30) = 33"
