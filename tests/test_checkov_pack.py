"""The checks for Checkov, without Checkov: what stands for what, and what is answered."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, TypeAlias
from zipfile import ZipFile

import pytest

from checkout import CHECKOUT, podroom
from podroom.positions import Document
from podroom.sources.hcl.parser import parse
from podroom_checkov.analysis import Analysis, Judgement, Subject, Verdict, analyze
from podroom_checkov.answers import HEALTH, NOTHING, Answer, answer_kubernetes, answer_terraform
from podroom_checkov.placement import place_judgements
from podroom_checkov.table import RULES
from podroom_checkov.vertices import (
    Vertex,
    enclosing_calls,
    module_address,
    read_vertices,
    split_address,
    without_keys,
)
from worlds import CASES, drawn


class Graph:
    """The part of Checkov's graph that is read: nodes with a number and the attributes of a block."""

    def __init__(self, vertices: Sequence[Vertex]) -> None:
        self._nodes = [
            (
                number,
                {
                    "block_type_": vertex.kind,
                    "__address__": vertex.address if vertex.kind != "module" else named_by_checkov(vertex.address),
                    "file_path_": vertex.file,
                    "__start_line__": vertex.first,
                    "__end_line__": vertex.last,
                },
            )
            for number, vertex in enumerate(vertices)
        ]

    def nodes(self) -> list[Any]:
        return self._nodes


def named_by_checkov(address: str) -> str:
    parts = split_address(address)
    return ".".join([*parts[:-2], parts[-1]])


def blocks_of(folder: Path) -> Iterator[Vertex]:
    """Yield the blocks of all configuration below a folder, as Checkov has them where it expands nothing."""
    for path in sorted(folder.rglob("*.tf")):
        parsed = parse(Document(str(path), path.read_text(encoding="utf-8")))
        for block in parsed.body.blocks:
            labels = [label.value for label in block.labels]
            addresses = (
                {"resource": ".".join(labels), "data": ".".join(["data", *labels]), "module": f"module.{labels[0]}"}
                if labels
                else {}
            )
            if block.type in addresses:
                span = parsed.span(block)
                yield Vertex(block.type, addresses[block.type], str(path), span.first.line, span.last.line)


# Addresses


@pytest.mark.parametrize(
    ("address", "parts", "calls", "bare"),
    [
        ("aws_subnet.a", ["aws_subnet", "a"], [], "aws_subnet.a"),
        ('aws_subnet.a["x.y"]', ["aws_subnet", 'a["x.y"]'], [], "aws_subnet.a"),
        ("module.eks", ["module", "eks"], ["module.eks"], "module.eks"),
        (
            'module.a["b.module.c"].module.d[0].aws_eks_cluster.e',
            ["module", 'a["b.module.c"]', "module", "d[0]", "aws_eks_cluster", "e"],
            ['module.a["b.module.c"].module.d[0]', 'module.a["b.module.c"]'],
            "module.a.module.d.aws_eks_cluster.e",
        ),
        (r'module.a["\"]."].x.y', ["module", r'a["\"]."]', "x", "y"], [r'module.a["\"]."]'], "module.a.x.y"),
    ],
)
def test_takes_addresses_apart(address: str, parts: list[str], calls: list[str], bare: str):
    assert split_address(address) == parts
    assert enclosing_calls(address) == calls
    assert without_keys(address) == bare


@pytest.mark.parametrize(
    ("checkov", "terraform"),
    [
        ("eks", "module.eks"),
        ('module.pool["blue"].inner[0]', 'module.pool["blue"].module.inner[0]'),
        ("module.pool.module.inner", "module.pool.module.inner"),
    ],
)
def test_calls_modules_as_terraform_does(checkov: str, terraform: str):
    assert module_address(checkov) == terraform


def test_reads_only_blocks_that_there_are_checks_for():
    blocks = [
        Vertex("resource", "module.a.aws_subnet.b[0]", "/r/a.tf", 1, 2),
        Vertex("resource", "aws_s3_bucket.b", "/r/a.tf", 3, 4),
        Vertex("data", "data.aws_subnet.c", "/r/a.tf", 5, 6),
        Vertex("data", "data.aws_ami.c", "/r/a.tf", 7, 8),
        Vertex("module", "module.d", "/r/a.tf", 9, 10),
        Vertex("locals", "name", "/r/a.tf", 11, 12),
    ]
    assert read_vertices(Graph(blocks)) == [blocks[0], blocks[2], blocks[4]]


# Places

DEV, PROD = "/r/dev/main.tf", "/r/prod/main.tf"


def judged(
    address: str, file: str = DEV, line: int = 1, verdict: Verdict = Verdict.FAILED, text: str = "x"
) -> Judgement:
    return Judgement("PR101", Subject(address, file, line, str(Path(file).parent)), verdict, (text,))


@pytest.mark.parametrize(
    ("subject", "blocks", "found"),
    [
        pytest.param(
            judged("aws_subnet.a", PROD),
            [Vertex("resource", "aws_subnet.a", DEV, 1, 3), Vertex("resource", "aws_subnet.a", PROD, 1, 3)],
            ("aws_subnet.a", PROD),
            id="its own file",
        ),
        pytest.param(
            judged('aws_subnet.a["x"]'),
            [Vertex("resource", "aws_subnet.a", DEV, 1, 3)],
            ("aws_subnet.a", DEV),
            id="a block that Checkov does not expand",
        ),
        pytest.param(
            judged('module.eks.module.group["a"].aws_eks_node_group.this[0]'),
            [Vertex("module", "module.eks", PROD, 1, 9), Vertex("module", "module.eks", DEV, 1, 9)],
            ("module.eks", DEV),
            id="the call in its own root module, of a module without source",
        ),
        pytest.param(
            judged("module.pool[0].module.inner.aws_subnet.a", "/r/modules/inner/main.tf"),
            [
                Vertex("module", "module.pool[0]", DEV, 1, 9),
                Vertex("module", "module.pool[0].module.inner", "/r/modules/pool/main.tf", 1, 9),
            ],
            ("module.pool[0].module.inner", "/r/modules/pool/main.tf"),
            id="the innermost call",
        ),
        pytest.param(
            judged("the cluster of these manifests", line=5),
            [Vertex("resource", "helm_release.cni", DEV, 4, 8), Vertex("resource", "helm_release.all", DEV, 1, 20)],
            ("helm_release.cni", DEV),
            id="the block in which it is written",
        ),
    ],
)
def test_finds_the_place_of_a_subject(subject: Judgement, blocks: list[Vertex], found: tuple[str, str]):
    assert list(place_judgements([subject], blocks)) == [found]


def test_never_takes_another_root_module_for_the_place():
    other = [Vertex("resource", "aws_subnet.a", PROD, 1, 3), Vertex("module", "module.eks", PROD, 5, 9)]
    assert place_judgements([judged("aws_subnet.a"), judged("module.eks.aws_eks_cluster.a")], other) == {}


def test_finds_a_place_in_a_plan_for_everything_but_manifests():
    blocks = [
        Vertex("resource", "aws_subnet.z", "/r/plan.json", 1, 1),
        Vertex("resource", "module.eks.aws_eks_cluster.this[0]", "/r/plan.json", 1, 1),
    ]
    everything = [
        judged("aws_subnet.z"),
        judged("module.eks"),
        judged("the cluster of these manifests"),
        judged("NodePool/default", "/r/pool.yaml"),
    ]
    placed = place_judgements(everything, blocks, planned=True)
    assert {address: len(said) for (address, _), said in placed.items()} == {
        "aws_subnet.z": 1,
        "module.eks.aws_eks_cluster.this[0]": 1,
    }
    assert place_judgements(everything[3:], blocks, planned=True) == {}


def test_the_gravest_of_several_judgements_counts_with_all_its_lines():
    blocks = [Vertex("resource", "aws_subnet.a", DEV, 1, 3)]
    said = [
        judged("aws_subnet.a[0]", verdict=Verdict.FAILED, text="one"),
        judged("aws_subnet.a[1]", verdict=Verdict.PASSED, text="none"),
        judged("aws_subnet.a[2]", verdict=Verdict.OPEN, text="open"),
        judged("aws_subnet.a[3]", verdict=Verdict.FAILED, text="two"),
        judged("aws_subnet.a[4]", verdict=Verdict.FAILED, text="one"),
    ]
    for order in (said, said[::-1]):
        ((verdict, lines),) = place_judgements(order, blocks)["aws_subnet.a", DEV].values()
        assert (verdict, sorted(lines)) == (Verdict.FAILED, ["one", "two"])


IN_HCL = [case for case in CASES if any(case.glob("*.tf"))]


def with_and_without_place(folder: Path) -> tuple[list[Judgement], list[Judgement]]:
    """Return what fails in configurations of Terraform, and what of it has no place among the blocks of Checkov."""
    analysis = analyze(str(folder))
    blocks = read_vertices(Graph(list(blocks_of(folder))))
    assert analysis.failure is None
    failed = [one for one in analysis.judgements if one.verdict is Verdict.FAILED]
    in_terraform = [one for one in failed if one.subject.file.endswith((".tf", ".tfvars"))]
    return in_terraform, [one for one in in_terraform if not place_judgements([one], blocks)]


def test_no_finding_of_all_examples_is_without_a_place():
    found, lost = with_and_without_place(CHECKOUT / "examples/terraform")
    assert lost == []
    assert len(found) > 10


@pytest.mark.once("some hundred configurations")
@pytest.mark.parametrize(
    "folder", drawn([case for case in CASES if any(case.glob("*.tf"))], 4), ids=lambda folder: folder.name
)
def test_no_finding_of_a_case_is_without_a_place(folder: Path):
    assert with_and_without_place(folder)[1] == []


# Answers

Drift: TypeAlias = tuple[Path, Graph, dict[str, Vertex]]


def ask(code: str, block: Vertex, graph: Graph, scanned: str, file: str | None = None) -> Answer:
    address = named_by_checkov(block.address) if block.kind == "module" else block.address
    configuration = {"__address__": address, **({} if file is None else {"__file__": [file]})}
    return answer_terraform(code, graph, configuration, scanned, block.kind)


@pytest.fixture(scope="module")
def drift() -> Drift:
    folder = CHECKOUT / "examples/terraform/asg-instance-type-drift"
    blocks = list(blocks_of(folder))
    return folder, Graph(blocks), {block.address: block for block in blocks}


def test_answers_for_what_is_at_fault_what_is_not_and_what_is_none_of_its_business(drift: Drift):
    _, graph, blocks = drift
    group, cluster, role = (
        blocks[name]
        for name in ("aws_autoscaling_group.workers", "aws_eks_cluster.this", "aws_launch_template.workers")
    )
    found = ask("PR102", group, graph, "/nodes.tf")
    assert found.verdict is Verdict.FAILED
    assert found.lines[0].startswith(
        "examples/terraform/asg-instance-type-drift/nodes.tf:46:25: nodes start as m7g.large"
    )
    assert any(line.startswith("fix: write --max-pods=29") for line in found.lines)
    assert any(line.startswith("assumes: ") for line in found.lines)
    assert any(line.endswith("kubelet is told 58 pods here") for line in found.lines)
    assert ask("PR101", group, graph, "/nodes.tf").verdict is Verdict.PASSED
    assert ask("PR102", cluster, graph, "/cluster.tf") == NOTHING
    assert ask("PR102", role, graph, "/nodes.tf") == NOTHING
    assert ask("PR102", group, graph, "/elsewhere.tf") == NOTHING


def test_says_once_that_it_could_judge(drift: Drift):
    _, graph, _ = drift
    asked = [ask(HEALTH, block, graph, f"/{Path(block.file).name}") for block in read_vertices(graph)]
    assert [one.verdict for one in asked if one != NOTHING] == [Verdict.PASSED]


def test_what_could_not_be_decided_is_neither_passed_nor_failed(tmp_path: Path):
    text = (CHECKOUT / "examples/terraform/asg-instance-type-drift/nodes.tf").read_text(encoding="utf-8")
    (tmp_path / "nodes.tf").write_text(text.replace("--max-pods 58", "--max-pods ${var.number}"), encoding="utf-8")
    blocks = list(blocks_of(tmp_path))
    (group,) = (block for block in blocks if block.address == "aws_autoscaling_group.workers")
    assert ask("PR102", group, Graph(blocks), "/nodes.tf") == NOTHING


def test_tells_once_what_could_not_be_read(tmp_path: Path):
    (tmp_path / "main.tf").write_text('resource "aws_eks_cluster" "a" {\n  name = \n}\n', encoding="utf-8")
    block = Vertex("resource", "aws_eks_cluster.a", str(tmp_path / "main.tf"), 1, 3)
    graph = Graph([block])
    first = ask(HEALTH, block, graph, "/main.tf")
    assert first.verdict is Verdict.FAILED
    assert first.lines[0].startswith(f"podroom: {tmp_path}/main.tf:2:")
    assert ask(HEALTH, block, graph, "/main.tf") == NOTHING


def test_judges_what_is_scanned_but_never_more_than_the_project(tmp_path: Path):
    for name in ("one", "two"):
        folder = tmp_path / name / "infra"
        folder.mkdir(parents=True)
        (tmp_path / name / ".git").mkdir()
        (folder / "main.tf").write_text('resource "aws_eks_cluster" "a" {\n  name = \n}\n', encoding="utf-8")
    blocks = [
        Vertex("resource", "aws_eks_cluster.a", str(tmp_path / name / "infra/main.tf"), 1, 3) for name in ("one", "two")
    ]
    graph = Graph(blocks)
    answers = [
        ask(HEALTH, block, graph, f"/{name}/infra/main.tf") for name, block in zip(("one", "two"), blocks, strict=True)
    ]
    assert [len(answer.lines) for answer in answers] == [1, 1]


def test_a_plan_is_judged_with_the_configuration_beside_it():
    plan = CHECKOUT / "examples/terraform/console-incident/plan.json"
    block = Vertex("resource", "aws_autoscaling_group.workers", str(plan), 1, 1)
    found = ask("PR116", block, Graph([block]), "/plan.json", file=str(plan))
    assert found.verdict is Verdict.FAILED
    assert "declared m7g.2xlarge, live m7g.large" in found.lines[0]


def test_a_plan_without_configuration_is_said_to_be_unjudged(tmp_path: Path):
    plan = tmp_path / "plan.json"
    plan.write_text('{"format_version": "1.2", "terraform_version": "1.11.4"}', encoding="utf-8")
    block = Vertex("resource", "aws_eks_cluster.a", str(plan), 1, 1)
    answer = ask(HEALTH, block, Graph([block]), "/plan.json", file=str(plan))
    assert answer.verdict is Verdict.FAILED


def test_json_configuration_has_no_address_and_no_answer(drift: Drift):
    _, graph, _ = drift
    assert answer_terraform("PR101", graph, {"name": ["x"]}, "/main.tf.json", "resource") == NOTHING
    assert answer_terraform("PR101", None, {"__address__": "aws_subnet.a"}, "/main.tf", "resource") == NOTHING


def test_says_once_that_checkov_does_not_tell_the_file(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("podroom_checkov.answers._told", set())
    configuration = {"__address__": "aws_subnet.a"}
    first, second = (answer_terraform(HEALTH, None, configuration, "/main.tf", "resource") for _ in range(2))
    assert first.verdict is Verdict.FAILED
    assert "TF_SPLIT_GRAPH" in first.lines[0]
    assert second == NOTHING


def test_objects_are_told_apart_by_their_lines(tmp_path: Path):
    text = (CHECKOUT / "examples/eksctl/max-pods-per-node/cluster.yaml").read_text(encoding="utf-8")
    healthy = (CHECKOUT / "examples/eksctl/max-pods-per-node-healthy/cluster.yaml").read_text(encoding="utf-8")
    (tmp_path / ".git").mkdir()
    path = tmp_path / "clusters.yaml"
    path.write_text(f"{text}---\n{healthy}", encoding="utf-8")
    border, end = text.count("\n") + 1, text.count("\n") + healthy.count("\n") + 2
    guilty = answer_kubernetes("PR101", {"__startline__": 1, "__endline__": border}, str(path))
    innocent = answer_kubernetes("PR101", {"__startline__": border + 1, "__endline__": end}, str(path))
    assert guilty.verdict is Verdict.FAILED
    assert "kubelet is told 58 pods" in guilty.lines[0]
    assert innocent.verdict is Verdict.PASSED


def test_objects_beside_nothing_to_judge_are_left_alone(tmp_path: Path):
    (tmp_path / ".git").mkdir()
    path = tmp_path / "agent.yaml"
    path.write_text("apiVersion: apps/v1\nkind: DaemonSet\nmetadata:\n  name: agent\n", encoding="utf-8")
    for code in (HEALTH, "PR101"):
        assert answer_kubernetes(code, {"__startline__": 1, "__endline__": 5}, str(path)) == NOTHING


def test_a_configuration_that_cannot_be_read_is_a_failure_of_the_whole(tmp_path: Path):
    (tmp_path / "podroom.toml").write_text("[assumption]\n", encoding="utf-8")
    (tmp_path / "main.tf").write_text("", encoding="utf-8")
    analysis = analyze(str(tmp_path))
    assert analysis.failure is not None
    assert "unknown setting assumption" in analysis.failure


def test_an_error_of_podroom_itself_is_a_failure_and_no_exception(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    def break_off() -> None:
        raise RuntimeError("out of luck")

    monkeypatch.setattr("podroom.packs.find_rules", break_off)
    assert analyze(str(tmp_path)) == Analysis(failure="podroom broke off: RuntimeError: out of luck")


# The commands, and what they hand out


def test_prints_a_folder_that_holds_a_loader_and_nothing_that_checkov_would_take_for_a_policy():
    folder = Path(podroom("checkov", "dir").stdout.strip())
    assert {path.name for path in folder.iterdir()} - {"__pycache__"} == {"__init__.py", "podroom_checkov_loader.py"}


def test_exports_the_same_archive_each_time_and_leaves_alone_what_else_is_there(tmp_path: Path):
    (tmp_path / "README").write_text("mine", encoding="utf-8")
    assert podroom("checkov", "export", str(tmp_path)).exit_code == 0
    first = (tmp_path / "podroom.zip").read_bytes()
    assert podroom("checkov", "export", str(tmp_path)).exit_code == 0
    assert (tmp_path / "podroom.zip").read_bytes() == first
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "README",
        "__init__.py",
        "podroom.zip",
        "podroom_checkov_loader.py",
    ]


@pytest.mark.once(reason="every module is compiled anew")
def test_the_archive_works_where_podroom_is_not_installed(tmp_path: Path):
    podroom("checkov", "export", str(tmp_path))
    archive = tmp_path / "podroom.zip"
    needed = {
        str(Path(module.__file__ or "").parent.parent) for module in map(__import__, ("click", "jsonschema", "yaml"))
    }
    code = (
        f"import sys; sys.path[:0] = [{str(archive)!r}]; sys.path += {sorted(needed)!r}\n"
        "from podroom_checkov.analysis import analyze\n"
        "import podroom\n"
        "print(podroom.__file__)\n"
        f"found = analyze({str(CHECKOUT / 'examples/terraform/stale-max-pods')!r})\n"
        "print(found.failure, [one.code for one in found.judgements if one.verdict == 4])\n"
    )
    done = subprocess.run([sys.executable, "-S", "-c", code], capture_output=True, text=True, check=True, cwd=tmp_path)
    assert done.stdout.splitlines() == [f"{archive}{os.sep}podroom{os.sep}__init__.py", "None ['PR101']"]
    assert not any("__pycache__" in name for name in ZipFile(archive).namelist())


def test_the_table_has_all_rules():
    listed = podroom("rules").stdout
    assert all(code in listed for code, *_ in RULES)
    assert len(RULES) == len({code for code, *_ in RULES})


def test_follows_the_configuration_of_podroom(tmp_path: Path):
    folder = CHECKOUT / "examples/terraform/asg-instance-type-drift"
    for path in folder.glob("*.tf"):
        (tmp_path / path.name).write_text(path.read_text(encoding="utf-8"), encoding="utf-8")
    (tmp_path / "podroom.toml").write_text(
        'ignore = ["PR101"]\n[[accepted]]\nrule = "PR102"\nreason = "until the autumn"\n', encoding="utf-8"
    )
    blocks = list(blocks_of(tmp_path))
    (group,) = (block for block in blocks if block.address == "aws_autoscaling_group.workers")
    graph = Graph(blocks)
    accepted = ask("PR102", group, graph, "/nodes.tf")
    assert (accepted.verdict, accepted.lines) == (Verdict.SUPPRESSED, ("until the autumn",))
    assert ask("PR101", group, graph, "/nodes.tf") == NOTHING
    assert ask("PR104", group, graph, "/nodes.tf").verdict is Verdict.PASSED


def test_takes_the_findings_of_a_configured_baseline_for_skipped(tmp_path: Path):
    (tmp_path / "podroom.toml").write_text('baseline = "known.json"\n', encoding="utf-8")
    text = (CHECKOUT / "examples/eksctl/max-pods-per-node/cluster.yaml").read_text(encoding="utf-8")
    path = tmp_path / "cluster.yaml"
    path.write_text(text, encoding="utf-8")
    entry = '{"code": "PR101", "address": "nodeGroups/workers", "file": "cluster.yaml"}'
    (tmp_path / "known.json").write_text(f'{{"version": "1", "findings": [{entry}]}}', encoding="utf-8")
    answer = answer_kubernetes("PR101", {"__startline__": 1, "__endline__": text.count("\n") + 1}, str(path))
    assert answer.verdict is Verdict.SUPPRESSED
    assert "known.json" in answer.lines[0]


def test_what_is_less_certain_than_wanted_is_no_finding_and_not_passed(tmp_path: Path):
    folder = CHECKOUT / "examples/terraform/asg-instance-type-drift"
    for path in folder.glob("*.tf"):
        (tmp_path / path.name).write_text(path.read_text(encoding="utf-8"), encoding="utf-8")
    (tmp_path / "podroom.toml").write_text('min_confidence = "high"\n', encoding="utf-8")
    blocks = list(blocks_of(tmp_path))
    (group,) = (block for block in blocks if block.address == "aws_autoscaling_group.workers")
    assert ask("PR102", group, Graph(blocks), "/nodes.tf") == NOTHING
