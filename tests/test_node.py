"""`podroom node` and `podroom max-pods`, as a person meets them."""

from __future__ import annotations

import csv
import io
import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from checkout import CHECKOUT, podroom
from podroom.capacity.cni import CniBehavior
from podroom.capacity.estimates import Estimate, NotKnown
from podroom.capacity.node import NOT_SETTLED, Networking, NodeQuestion, node_report
from podroom.catalog.instance_types import InstanceCatalog
from podroom.report.node_tables import render_page, render_table
from podroom.report.style import Style
from schemas import validator_of

SCHEMA: dict[str, Any] = json.loads(
    (CHECKOUT / "linter/podroom/report/schemas/node-v1.json").read_text(encoding="utf-8")
)
VALIDATOR = validator_of(SCHEMA)
PREFIXES_FOR_110 = ("--prefix-delegation", "--max-pods", "110")


def asked(*arguments: str) -> dict[str, dict[str, Any]]:
    """Return the answers about one type, by key."""
    document = json.loads(podroom("node", *arguments, "--format", "json").stdout)
    VALIDATOR.validate(document)
    (node,) = document["nodes"]
    return {**node["max_pods"], **node["room"], **node["addresses"], "notes": node["notes"] + document["remarks"]}


def figures(*arguments: str) -> dict[str, int | tuple[int, int] | None]:
    """Return the figures about one type, by key: a number, a range, or None for what is not known or cannot be."""
    answers = asked(*arguments)
    del answers["notes"]
    return {
        key: answer.get("value", (answer["at_least"], answer["at_most"]) if "at_least" in answer else None)
        for key, answer in answers.items()
    }


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        # The user guide, the best practices and the CNI's documents, and what ipamd's own code does.
        (
            ("m6a.32xlarge",),
            {"addresses_idle": 50, "addresses_one_pod": 100, "formula": 737, "managed_node_group": 250},
        ),
        (("m6a.32xlarge", "--max-pods", "49"), {"addresses_one_pod": 50, "kubelet": 49}),
        (("m5.large", "--env", "MINIMUM_IP_TARGET=5", "--pods", "5"), {"addresses_idle": 6, "addresses_asked": 6}),
        (
            ("m5.large", "--pods", "10"),
            {"addresses_idle": 10, "addresses_one_pod": 20, "addresses_asked": 30, "addresses_full": 30},
        ),
        (
            ("m6a.2xlarge", "--pod-security-groups"),
            {"formula": 58, "pod_addresses": 42, "room": 44, "branch_interfaces": 38},
        ),
        (("m7g.2xlarge",), {"formula": 58}),
        (("m7g.large",), {"formula": 29}),
        (("c5.4xlarge", "--managed"), {"formula": 234, "recommended_cap": 110, "kubelet": 110}),
        (("c5.large",), {"addresses_idle": 10, "addresses_one_pod": 20}),
        (("m5.large", *PREFIXES_FOR_110, "--pods", "108"), {"addresses_full": 113}),
        (("m5.large", "--custom-networking", "--max-pods", "20"), {"addresses_idle": 11, "addresses_one_pod": 21}),
        (
            ("m5.large", "--env", "WARM_IP_TARGET=1", "--max-pods", "10", "--pods", "20"),
            {"addresses_asked": 10, "addresses_full": 10},
        ),
        # Who decides, by the path of the bootstrap.
        (("m5.large", "--prefix-delegation", "--managed"), {"kubelet": 110, "nodeadm": 29, "karpenter": 29}),
        (("m5.large", "--prefix-delegation"), {"kubelet": 29, "managed_node_group": 110, "formula_with_prefixes": 434}),
        (("m5.large", "--managed", "--max-pods", "58"), {"kubelet": (29, 58), "nodeadm": 58}),
        (
            ("m5.large", "--managed", "--max-pods", "58", "--ami-family", "bottlerocket"),
            {"kubelet": 58, "bottlerocket": 58},
        ),
        (("m5.large", "--max-pods", "58", "--ami-family", "al2"), {"kubelet": 58, "bootstrap_sh": 58, "nodeadm": 29}),
        (("m5.large", "--max-pods-expression", "max_pods - 9"), {"kubelet": 20, "karpenter": 29}),
        (("m5.large", "--max-pods-expression", "max_pods - 9", "--managed"), {"kubelet": 29, "nodeadm": 20}),
        (("m5.large", "--max-pods-expression", "max_pods * 0.5"), {"kubelet": 29}),
        (("m5.large", "--max-pods-expression", "[max_pods][0]"), {"kubelet": None, "addresses_idle": None, "room": 29}),
        # Ranges: chance, and facts that no source tells.
        (
            ("m5.large", *PREFIXES_FOR_110, "--env", "WARM_PREFIX_TARGET=2", "--pods", "40"),
            {"addresses_idle": 33, "addresses_one_pod": 49, "addresses_asked": (81, 97), "addresses_full": (113, 129)},
        ),
        (("m7g-flex.large", *PREFIXES_FOR_110), {"recommended_cap": (110, 250), "managed_node_group": (110, 250)}),
        (("m7g-flex.large",), {"recommended_cap": (110, 250), "managed_node_group": 29}),
        (("cr1.8xlarge", "--prefix-delegation"), {"pod_addresses": (232, 3712), "nodeadm": 234}),
        (("r9g.large", "--pod-security-groups"), {"pod_addresses": (38, 57), "branch_interfaces": None}),
        # Nodes of other kinds.
        (("c6a.large", "--auto-mode"), {"auto_mode": 27, "addresses_idle": None, "addresses_full": None}),
        (("m5.24xlarge", "--auto-mode"), {"auto_mode": 110}),
        (("m5.large", "--ami-family", "windows"), {"kubelet": 110, "pod_addresses": 9, "addresses_full": None}),
        (("m5.large", "--ami-family", "windows", *PREFIXES_FOR_110[:1]), {"karpenter": 110, "pod_addresses": 144}),
        (("m5.large", "--ami-family", "windows", "--max-pods", "8"), {"kubelet": 8}),
        (("m5.large", "--ami-family", "windows", "--managed"), {"kubelet": None}),
        (
            ("m5.large", "--ip-family", "ipv6", "--managed"),
            {"kubelet": 110, "pod_addresses": 2**48, "addresses_full": 1},
        ),
        (("m5.large", "--env", "ENABLE_IPv6=true"), {"addresses_idle": 1}),
        (("t2.medium", "--ip-family", "ipv6"), {"kubelet": None, "pod_addresses": None, "addresses_full": None}),
        (("p5.48xlarge",), {"formula": 100, "interfaces": 2, "pod_addresses": 98}),
        (("m5.metal", *PREFIXES_FOR_110), {"pod_addresses": 11760, "managed_node_group": 250, "addresses_full": 113}),
        (("t2.medium", "--prefix-delegation"), {"formula_with_prefixes": 17, "pod_addresses": 15}),
        (("m5.large", "--env", "MAX_ENI=1", "--custom-networking"), {"interfaces": 0, "room": 2}),
    ],
    ids=" ".join,
)
def test_a_node_has_these_figures(arguments: tuple[str, ...], expected: dict[str, object]):
    found = figures(*arguments)
    assert {key: found[key] for key in expected} == expected


@pytest.mark.parametrize(
    ("arguments", "note"),
    [
        (("m5.large", "--custom-networking"), "kubelet accepts 29 pods, but there is room for 20 only"),
        (("m5.large", "--managed", "--max-pods", "58"), "kubelet may accept 58 pods, but there is room for 29 only"),
        (("m5.large", "--pods", "40"), "of the 40 that were asked about 27 fit"),
        (("p5.48xlarge",), "other network cards"),
        (("m5.metal", "--prefix-delegation"), "not on bare metal"),
        (("t2.medium", "--prefix-delegation"), "no Nitro type"),
        (("m5.large", "--managed", "--max-pods-expression", "9"), "beats maxPodsExpression"),
        (("m5.large", "--managed", "--pod-security-groups"), "documented nowhere"),
        (("m5.large", "--env", "WARM_IP_TARGTE=2"), "reads no variable WARM_IP_TARGTE; did you mean WARM_IP_TARGET"),
        (("m5.large", "--env", "WARM_IP_TARGET=5m"), 'WARM_IP_TARGET is "5m", which the VPC CNI does not read'),
        (("m5.large", "--env", "ENABLE_POD_ENI=yes"), 'ENABLE_POD_ENI is "yes", which the VPC CNI does not read'),
        (
            ("m5.large", "--env", "POD_MTU=9001", "--cni-version", "1.16.3"),
            "POD_MTU has no effect before version",
        ),
        (("m5.large", "--env", "ENABLE_NFTABLES=true"), "ENABLE_NFTABLES has no effect since version 1.13.2"),
        (("m5.large", "--env", "ENABLE_IMDS_ONLY_MODE=true"), "these sums do not hold"),
        (("p5.48xlarge", "--env", "ENABLE_MULTI_NIC=true"), "which are not counted here"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
)
def test_what_a_reader_should_know_is_said_on_the_page_and_under_the_table(arguments: tuple[str, ...], note: str):
    for outputs in (podroom("node", *arguments).stdout, podroom("node", "c5.large", *arguments).stdout):
        assert note in " ".join(outputs.split())
    assert any(note in text for text in asked(*arguments)["notes"])


BRANCHES = "takes a branch interface and one more address"
NO_BRANCHES = "it has no branch interfaces"
NOWHERE = "is documented nowhere"
OTHER_CARDS = "interfaces on other network cards"
NOT_IPV6 = "be a node of an IPv6 cluster"


def reserved(interfaces: int) -> str:
    return f"set RESERVED_ENIS (settings.reservedENIs) to {interfaces}"


@pytest.mark.parametrize(
    ("arguments", "notes"),
    [
        ("m5.large", []),
        ("t2.medium", []),
        ("m5.metal", []),
        ("m5.large --managed", []),
        ("m5.large --prefix-delegation", []),
        # What kubelet accepts beside the room, and beside the pods that are asked about.
        ("m5.large --max-pods 29", []),
        ("m5.large --max-pods 30", ["kubelet accepts 30 pods, but there is room for 29 only"]),
        ("m5.large --managed --max-pods 58", ["kubelet may accept 58 pods, but there is room for 29 only"]),
        ("m5.large --pods 27", []),
        ("m5.large --pods 28", ["of the 28 that were asked about 27 fit"]),
        ("m5.large --max-pods 1 --pods 5", ["of the 5 that were asked about 0 fit"]),
        # Security groups for pods and custom networking.
        ("m5.large --pod-security-groups", ["29 pods: 9 of them need a security group", BRANCHES, reserved(1)]),
        (
            "m5.large --pod-security-groups --max-pods 30",
            [
                "accepts 30 pods, but there is room for 20 only, and for 9 with a branch interface",
                BRANCHES,
                reserved(1),
            ],
        ),
        (
            "m5.large --pod-security-groups --managed --max-pods 58",
            ["may accept 58 pods, but there is room for 20 only, and for 9 with", BRANCHES, reserved(1), NOWHERE],
        ),
        (
            "r9g.large --pod-security-groups",
            ["may accept 59 pods, but there may be room for 40 only.", BRANCHES, reserved(1)],
        ),
        (
            "r9g.large --pod-security-groups --max-pods 60",
            ["kubelet accepts 60 pods, but there may be room for 40 only.", BRANCHES, reserved(1)],
        ),
        ("t3.medium --pod-security-groups", [NO_BRANCHES]),
        (
            "t3.medium --pod-security-groups --cni-version 1.19.0",
            ["kubelet accepts 17 pods, but there is room for 12 only.", NO_BRANCHES, reserved(1)],
        ),
        ("m5.large --custom-networking", ["room for 20 only", reserved(1)]),
        (
            "m5.large --custom-networking --pod-security-groups",
            ["room for 11 only, and for 9 with a branch interface", BRANCHES, reserved(2)],
        ),
        ("m5.large --managed --custom-networking", ["room for 20 only", reserved(1), NOWHERE]),
        ("m5.large --managed --env MAX_ENI=2", ["room for 20 only", NOWHERE]),
        ("m5.large --env MAX_ENI=2", ["room for 20 only"]),
        # Types and their network cards.
        ("t2.medium --prefix-delegation", ["no Nitro type: the CNI gives pods single addresses"]),
        ("m5.metal --prefix-delegation", ["Amazon EKS counts prefixes on Nitro only, not on bare metal"]),
        ("c6in.32xlarge", [OTHER_CARDS]),
        # Expressions.
        ("m5.large --max-pods-expression max_pods-3", []),
        ("m5.large --max-pods-expression vcpus*5", ["know vcpus in maxPodsExpression; with an older one"]),
        ("m5.large --max-pods-expression max_pods-3 --managed", ["the number of Amazon EKS beats maxPodsExpression"]),
        ("m5.large --max-pods-expression max_pods-3 --max-pods 20", ["kubelet's maxPods beats maxPodsExpression"]),
        # IPv6 is for Nitro and for bare metal.
        ("m5.large --ip-family ipv6", ["the primary interface only", "only Amazon EKS raises max pods"]),
        ("m5.metal --ip-family ipv6", ["the primary interface only", "only Amazon EKS raises max pods"]),
        ("t2.medium --ip-family ipv6", [f"no Nitro type: it cannot {NOT_IPV6}"]),
        ("m7g-flex.large --ip-family ipv6", [f"no source tells whether it can {NOT_IPV6}"]),
        # Nodes of other kinds.
        ("m5.large --auto-mode", ["EKS Auto Mode has no aws-node", "it gives pods /28 prefixes"]),
        ("m5.large --ami-family windows", ["pods on Windows use one interface only"]),
        ("m5.large --env ENABLE_IPv4=false", ["ipamd does not start"]),
        ("m5.large --env ENABLE_IPv4=false --ami-family windows", ["pods on Windows use one interface only"]),
    ],
)
def test_these_notes_are_told_and_no_other(arguments: str, notes: list[str]) -> None:
    found = asked(*arguments.split())["notes"]
    assert len(found) == len(notes), found
    assert [part for part, note in zip(notes, found, strict=True) if part not in f"{note}."] == []


@pytest.mark.parametrize(
    ("arguments", "key", "working"),
    [
        ("m5.large", "interfaces", "3 interfaces"),
        ("m5.large --custom-networking", "interfaces", "(3 - 1 custom networking) interfaces = 2"),
        ("m5.large --ami-family al2 --max-pods 58", "bootstrap_sh", "--kubelet-extra-args --max-pods=58"),
        ("m5.large --ami-family bottlerocket --max-pods 58", "bottlerocket", "settings.kubernetes.max-pods 58"),
        ("m5.large --max-pods 58", "nodeadm", "kubelet.config.maxPods 58"),
        (
            "m5.large --max-pods 1 --cni-version 1.16.2",
            "addresses_full",
            "1 interface + 1 x 9 secondary addresses = 10",
        ),
        (
            "m5.large --env MINIMUM_IP_TARGET=5 --pods 6",
            "addresses_asked",
            "1 interface + 5 secondary addresses = 6, and 1 of 6 pods get no address",
        ),
        (
            "m5.large --custom-networking --max-pods 20",
            "addresses_idle",
            (
                "1 primary interface + 1 pod interface + 1 x 9 secondary addresses = 11: "
                "1 in the node subnet, 10 in the pod subnet"
            ),
        ),
        (
            "m5.large --env MAX_ENI=1 --custom-networking",
            "addresses_idle",
            (
                "1 primary interface = 1: (min(3, MAX_ENI 1) - 1 custom networking) interfaces for pods, "
                "and the node never becomes Ready"
            ),
        ),
    ],
)
def test_the_working_of_an_answer_is_the_whole_sum(arguments: str, key: str, working: str) -> None:
    assert asked(*arguments.split())[key]["working"] == working


@pytest.mark.parametrize(
    ("arguments", "key", "reason"),
    [
        (
            "m5.large --prefix-delegation --max-pods 110 --env WARM_PREFIX_TARGET=2 --pods 40",
            "addresses_asked",
            "it hangs on which prefixes the pods are, which is chance",
        ),
        (
            "m5.large --env WARM_IP_TARGET=3 --max-pods 8",
            "addresses_full",
            "it hangs on how many pods come at once, which is chance",
        ),
        ("m5.large --managed --max-pods 8", "addresses_full", NOT_SETTLED),
        (
            "m5.large --managed --prefix-delegation --env WARM_PREFIX_TARGET=2 --max-pods 20",
            "addresses_full",
            f"{NOT_SETTLED}; it hangs on which prefixes the pods are, which is chance",
        ),
    ],
)
def test_a_range_says_all_that_decides_and_no_more(arguments: str, key: str, reason: str) -> None:
    assert asked(*arguments.split())[key]["reason"] == reason


@pytest.mark.parametrize(
    ("changes", "addresses", "applies"),
    [
        ({}, 2**48, None),
        ({"ipv6_supported": False}, None, False),
        ({"ipv6_supported": None}, None, True),
        ({"hypervisor": "xen"}, None, False),
        ({"hypervisor": None}, None, True),
        ({"hypervisor": None, "bare_metal": True}, 2**48, None),
    ],
)
def test_a_node_of_an_ipv6_cluster_is_nitro_or_bare_metal(
    changes: dict[str, Any], addresses: int | None, applies: bool | None
) -> None:
    instance = InstanceCatalog.bundled().find("m5.large")
    assert instance is not None
    report = node_report(replace(instance, **changes), NodeQuestion(CniBehavior(), networking=Networking.IPV6))
    (room,) = report.room
    if isinstance(room.answer, NotKnown):
        assert (addresses, room.answer.applies) == (None, applies)
    else:
        assert room.answer.least == addresses


@pytest.mark.parametrize(
    ("arguments", "title"),
    [
        ("m5.large", "30  all 27 pods  "),
        ("m5.large --max-pods 1", "10  all 0 pods  "),
        ("m5.large --managed --max-pods 58", "30  all pods  "),
        ("m5.large --max-pods-expression [max_pods][0]", "not known  all pods  "),
    ],
)
def test_the_pods_of_a_full_node_are_told_where_they_are_known(arguments: str, title: str) -> None:
    assert title in podroom("node", *arguments.split()).stdout


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("m5.larg",), "'m5.larg' is not in the table of"),
        (("m5.larg",), "did you mean m5.large?"),
        (("zz99.huge",), "give its limits under [instance_types] in podroom.toml"),
        (("m77.*",), "no instance type in the table of"),
        (("fargate",), "Fargate has no instance types"),
        (("m5.large", "--env", "WARM_IP_TARGET"), "--env takes NAME=VALUE"),
        (("m5.large", "--env", "MAX_ENI=1", "--env", "MAX_ENI=2"), "gives MAX_ENI twice"),
        (("m5.large", "--prefix-delegation", "--env", "ENABLE_PREFIX_DELEGATION=false"), "contradict each other"),
        (("m5.large", "--pod-security-groups", "--env", "ENABLE_POD_ENI=yes"), "contradict each other"),
        (("m5.large", "--ip-family", "ipv4", "--env", "ENABLE_IPv6=true"), "contradict each other"),
        (("m5.large", "--ip-family", "ipv6", "--custom-networking"), "no custom networking"),
        (("m5.large", "--ami-family", "windows", "--pod-security-groups"), "Windows nodes have no"),
        (("m5.large", "--ami-family", "al2", "--max-pods-expression", "1"), "only nodeadm reads expressions"),
        (("m5.large", "--auto-mode", "--env", "MAX_ENI=1"), "--auto-mode goes without --env"),
        (("m5.large", "--cni-version", "new"), "is no version of the VPC CNI"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
)
def test_what_cannot_be_answered_is_one_sentence_and_exit_code_2(arguments: tuple[str, ...], sentence: str):
    result = podroom("node", *arguments)
    assert (result.exit_code, result.stdout, result.stderr.count("\n")) == (2, "", 1)
    assert sentence in result.stderr


def test_several_types_make_a_table_in_natural_order_each_once():
    output = podroom("node", "m5.metal", "m5.2xlarge", "m5.*large", "m5.large").stdout
    names = re.findall(r"^m5\.\S+", output, re.MULTILINE)
    sizes = ["large", "xlarge", "2xlarge", "4xlarge", "8xlarge", "12xlarge", "16xlarge", "24xlarge", "metal"]
    assert names == [f"m5.{size}" for size in sizes]
    assert output.count("\ntype ") == 1


@pytest.mark.once("it draws many tables")
@pytest.mark.parametrize("width", [80, 100, 200])
@pytest.mark.parametrize("options", [(), ("--prefix-delegation", "--pod-security-groups", "--pods", "40")])
def test_no_line_is_wider_than_the_terminal_but_addresses_of_sources(width: int, options: tuple[str, ...]):
    cni = CniBehavior(prefix_delegation=bool(options), pod_eni=bool(options), warm_prefix_target=1)
    question = NodeQuestion(cni, pods=40 if options else None)
    reports = [node_report(instance, question) for instance in InstanceCatalog.bundled().matching("m5*")]
    pages = [render_table(reports, ["a remark " * 30], Style(), width)]
    pages += [render_page(report, ["a remark " * 30], Style(), width) for report in reports[:5]]
    for page in pages:
        assert [line for line in page.splitlines() if len(line) > width and "https://" not in line] == []
    tables = len(re.findall(r"^type ", pages[0], re.MULTILINE))
    assert tables == (1 if width == 200 or (width == 100 and not options) else 2)


def test_every_figure_of_a_page_has_a_source():
    output = podroom("node", "m5.large", "--prefix-delegation", "--pod-security-groups").stdout
    body, _, sources = output.partition("\nsources\n")
    cited = {int(number) for group in re.findall(r"\[([\d, ]+)\]", body) for number in group.split(", ")}
    listed = {int(number): url for number, url in re.findall(r"^  \[(\d+)\] (https://\S+)$", sources, re.MULTILINE)}
    assert cited == set(listed)
    assert len(set(listed.values())) == len(listed)


def test_csv_and_markdown_have_a_row_for_each_type():
    rows = list(csv.DictReader(io.StringIO(podroom("node", "m7g.*", "m7g-flex.large", "--format", "csv").stdout)))
    assert {row["instance_type"]: row["addresses_one_pod"] for row in rows}["m7g.xlarge"] == "30"
    (flex,) = (row for row in rows if row["instance_type"] == "m7g-flex.large")
    assert (flex["recommended_cap"], flex["recommended_cap_at_most"], flex["vcpus"]) == ("110", "250", "")
    markdown = podroom("node", "m7g.large", "m7g-flex.large", "--format", "markdown").stdout.splitlines()
    assert [line.count("|") for line in markdown[:4]] == [markdown[0].count("|")] * 4
    assert ["110-250" in line for line in markdown[2:4]] == [False, True]
    unknown = list(csv.DictReader(io.StringIO(podroom("node", "c6a.large", "--auto-mode", "--format", "csv").stdout)))
    assert (unknown[0]["auto_mode"], unknown[0]["addresses_idle"]) == ("27", "")
    assert (rows[0]["room"], rows[0]["kubelet"]) == ("8", "8")


def test_types_and_assumptions_of_the_configuration_count(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    (tmp_path / "podroom.toml").write_text(
        '[assumptions]\nhost_network_pods = 5\n[instance_types."x9.large"]\ninterfaces = 3\n'
        'addresses_per_interface = 10\nvcpus = 2\nhypervisor = "nitro"\ntrunking_compatible = false\n',
        encoding="utf-8",
    )
    (tmp_path / ".git").mkdir()
    monkeypatch.setattr("checkout.CHECKOUT", tmp_path)
    found = figures("x9.large")
    assert (found["formula"], found["room"], found["addresses_full"]) == (29, 32, 30)
    assert podroom("max-pods", "--instance-type", "x9.large").stdout == "29\n"


@pytest.mark.once("every kind of node against a schema")
def test_the_json_of_every_kind_of_node_is_what_the_schema_says():
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    for arguments in (
        ["*.metal*"],
        ["m5.large", "--auto-mode"],
        ["m5.*", "--ami-family", "windows"],
        ["t*", "--ip-family", "ipv6"],
    ):
        VALIDATOR.validate(json.loads(podroom("node", *arguments, "--format", "json").stdout))


def test_a_range_says_what_decides():
    catalog = InstanceCatalog.bundled()
    question = NodeQuestion(CniBehavior(prefix_delegation=True, warm_prefix_target=3, pod_eni=True), managed=True)
    for name in ("m5.large", "cr1.8xlarge", "r9g.large", "m7g-flex.large"):
        instance = catalog.find(name)
        assert instance is not None
        answers = [row.answer for row in node_report(instance, question).rows()]
        ranges = [answer for answer in answers if isinstance(answer, Estimate) and not answer.exact]
        assert ranges
        assert all(answer.reason for answer in ranges)


@pytest.mark.parametrize(
    ("arguments", "number"),
    [
        (("--instance-type", "m5.large", "--cni-version", "v1.18.0", "--cni-prefix-delegation-enabled"), 110),
        (("--instance-type", "m5.large", "--cni-version", "latest"), 29),
        (("--instance-type", "m5.large", "--cni-version", "1.9.0-eksbuild.1"), 29),
        (("--instance-type", "m5.large", "--cni-version", "1.8.0", "--cni-prefix-delegation-enabled"), 29),
        (("--instance-type", "m5.large", "--cni-custom-networking-enabled"), 20),
        (("--instance-type", "m5.large", "--cni-max-eni", "0"), 2),
        (("--instance-type", "c5.18xlarge", "--show-max-allowed"), 737),
        (("--instance-type", "c5.18xlarge"), 250),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
)
def test_the_calculator_prints_its_number_and_nothing_else(arguments: tuple[str, ...], number: int):
    result = podroom("max-pods", *arguments)
    assert (result.exit_code, result.output) == (0, f"{number}\n")


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ((), "--instance-type is missing"),
        (("--instance-type-from-imds", "--cni-version", "1.18.0"), "podroom asks nobody"),
        (("--instance-type", "m5.larg"), "did you mean m5.large?"),
        (("--instance-type", "m5.large", "--cni-version", "one"), "is no version of the VPC CNI"),
        (("--instance-type", "m7g-flex.large", "--cni-prefix-delegation-enabled"), "no source tells vcpus"),
        (("--instance-type", "m5.large", "--cni-max-eni", "0", "--cni-custom-networking-enabled"), "leaves none"),
    ],
)
def test_what_the_calculator_cannot_answer_is_one_sentence_and_exit_code_2(arguments: tuple[str, ...], sentence: str):
    result = podroom("max-pods", *arguments)
    assert (result.exit_code, result.stdout, result.stderr.count("\n")) == (2, "", 1)
    assert sentence in result.stderr


def test_the_calculator_explains_its_oddities_on_standard_error():
    arguments = ("--cni-version", "v1.18", "--cni-prefix-delegation-enabled", "--cni-max-eni", "0", "--explain")
    result = podroom("max-pods", "--instance-type", "m5.metal", *arguments)
    assert result.stdout == "2\n"
    for part in ("min(15 interfaces, --cni-max-eni 0) x (50 - 1)", "at --cni-version v1.18", "bare metal", "MAX_ENI 0"):
        assert part in result.stderr
    xen = podroom("max-pods", "--instance-type", "t2.medium", "--cni-prefix-delegation-enabled", "--explain")
    assert "t2.medium gets single addresses" in xen.stderr
    assert xen.stdout == "17\n"


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (["--env", "ENABLE_IPv4=false"], "are both off"),
        (["--env", "ENABLE_IPv6=true"], "are both on"),
        (["--env", "ENABLE_IPv6=true", "--env", "ENABLE_IPv4=false"], "ENABLE_IPv6 needs ENABLE_PREFIX_DELEGATION"),
    ],
)
def test_ipamd_starts_with_one_family_of_addresses_only(arguments: list[str], why: str) -> None:
    result = podroom("node", "m5.large", *arguments)

    assert result.exit_code == 0
    assert "ipamd does not start: " in result.stdout
    assert why in result.stdout
    assert "never becomes Ready" in result.stdout


@pytest.mark.parametrize(
    "arguments",
    [
        ["--ip-family", "ipv6"],
        ["--env", "ENABLE_IPv6=true", "--env", "ENABLE_IPv4=false", "--env", "ENABLE_PREFIX_DELEGATION=true"],
        ["--env", "ENABLE_IPv4=false", "--cni-version", "1.9.3"],
    ],
)
def test_ipamd_starts_with_one_family(arguments: list[str]) -> None:
    result = podroom("node", "m5.large", *arguments)

    assert result.exit_code == 0
    assert "does not start" not in result.stdout


@pytest.mark.parametrize(
    ("arguments", "said", "unsaid"),
    [
        # 2 interfaces x 9 and 2 pods of the host: 9 branch interfaces cover the rest exactly.
        (["m5.large", "--pod-security-groups"], "9 of them need a security group", "room for 20 only"),
        (
            ["m5.large", "--pod-security-groups", "--custom-networking", "--managed"],
            "there is room for 11 only, and for 9 with a branch interface",
            "of them need",
        ),
        (["t3.medium", "--pod-security-groups"], "it has no branch interfaces", "RESERVED_ENIS"),
        (["t3.medium", "--pod-security-groups", "--cni-version", "1.19.0"], "to 1", "takes a branch interface"),
        (
            ["m5.large", "--max-pods", "20", "--max-pods-expression", "max_pods - 3"],
            "kubelet's maxPods beats maxPodsExpression",
            "RESERVED_ENIS",
        ),
        (
            ["m5.xlarge", "--max-pods-expression", "vcpus * 5"],
            "only images released after v20260724 know vcpus",
            "fails",
        ),
    ],
)
def test_notes_say_what_else_the_numbers_hang_on(arguments: list[str], said: str, unsaid: str) -> None:
    notes = " ".join(podroom("node", *arguments).stdout.partition("\nnotes\n")[2].split())

    assert said in notes
    assert unsaid not in notes


def test_no_number_of_vcpus_is_made_up() -> None:
    said = " ".join(podroom("node", "c5a.metal", "--prefix-delegation").stdout.split())

    assert "110 for 30 or fewer vCPUs or 250 for more than 30 vCPUs" in said
    assert "31 vCPUs" not in said
