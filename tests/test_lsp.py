"""`podroom lsp`, driven by a real client over standard input and output."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from click.testing import CliRunner

from checkout import CHECKOUT
from podroom import cli
from podroom.positions import Document, Span

types = pytest.importorskip("lsprotocol.types", reason="pygls is not installed: pip install 'podroom[lsp]'")

from editor import Editor, applied  # noqa: E402 - needs pygls
from podroom.cli.lsp.places import offset_of, range_of  # noqa: E402 - same

pytestmark = pytest.mark.once("only where everything is installed")

GROUP = """\
resource "aws_eks_cluster" "main" {{
  name = "main"
}}

resource "aws_subnet" "nodes" {{
  vpc_id            = "vpc-1"
  cidr_block        = "10.0.0.0/24"
  availability_zone = "eu-west-1a"
}}

resource "aws_launch_template" "nodes" {{
  image_id      = "ami-0123456789abcdef0"
  instance_type = "m5.large"
  user_data = base64encode(<<-EOT
    #!/bin/bash
    /etc/eks/bootstrap.sh main --use-max-pods false --kubelet-extra-args '{before}--max-pods={number}'
  EOT
  )
}}

resource "aws_eks_node_group" "nodes" {{
  cluster_name = aws_eks_cluster.main.name
  subnet_ids   = [aws_subnet.nodes.id]
  launch_template {{
    id      = aws_launch_template.nodes.id
    version = 1
  }}
  scaling_config {{
    min_size     = 1
    desired_size = 1
    max_size     = 3
  }}
}}
"""
LABELS = "--node-labels=team=zażółć-🚀,owner=é "
"""Columns behind it differ by what they count: code points, units of UTF-16, bytes."""
ALL = types.Range(types.Position(0, 0), types.Position(10_000, 0))


def configuration(number: int = 58, before: str = "") -> str:
    return GROUP.format(number=number, before=before)


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("workspace").resolve()


@pytest.fixture(scope="module")
def editor(workspace: Path) -> Iterator[Editor]:
    editor = Editor(workspace)
    yield editor
    assert editor.end() == 0
    assert editor.messages.empty()


@pytest.fixture
def project(workspace: Path, request: pytest.FixtureRequest) -> Path:
    folder = workspace / request.node.name.replace("[", "-").rstrip("]")
    (folder / ".git").mkdir(parents=True)
    return folder


def write(folder: Path, files: Mapping[str, str]) -> list[Path]:
    paths = [folder / name for name in files]
    for path, text in zip(paths, files.values(), strict=True):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode())
    return paths


def place_of(text: str, what: str, unit: str = "utf-16-le") -> types.Range:
    """Return where something stands in a text, counted by other means than podroom's."""
    before, _, _ = text.partition(what)
    line = before.count("\n")
    size = {"utf-8": 1, "utf-16-le": 2}[unit]
    column = len(before.rpartition("\n")[2].encode(unit)) // size
    return types.Range(types.Position(line, column), types.Position(line, column + len(what.encode(unit)) // size))


def codes(diagnostics: list[types.Diagnostic]) -> list[str | int | None]:
    return [diagnostic.code for diagnostic in diagnostics]


def fixed_by_check(folder: Path, copy: Path, name: str) -> str:
    """Return what `podroom check --fix` makes of a file."""
    shutil.copytree(folder, copy)
    CliRunner().invoke(cli.podroom, ["check", str(copy), "--fix"], catch_exceptions=False)
    return (copy / name).read_bytes().decode()


@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
def test_a_finding_is_shown_where_it_is_with_its_sum_and_its_cause(
    editor: Editor, project: Path, line_end: str
) -> None:
    text = configuration(before=LABELS).replace("\n", line_end)
    (path,) = write(project, {"zaż 🚀.tf": text})
    (diagnostic,) = editor.open(path)
    assert diagnostic.range == place_of(text, "--max-pods=58")
    assert (diagnostic.code, diagnostic.severity, diagnostic.source) == (
        "PR101",
        types.DiagnosticSeverity.Error,
        "podroom",
    )
    assert "3 interfaces x (10 - 1) addresses + 2 = 29" in diagnostic.message
    assert diagnostic.code_description is not None
    assert diagnostic.code_description.href.startswith("https://")
    (related,) = diagnostic.related_information or ()
    assert related.location == types.Location(path.as_uri(), place_of(text, '"m5.large"'))


def test_columns_are_counted_as_the_editor_wishes(workspace: Path) -> None:
    (path,) = write(workspace / "bytes", {".git/HEAD": "", "main.tf": configuration(before=LABELS)})[1:]
    editor = Editor(path.parent, [types.PositionEncodingKind.Utf8], watches=True)
    assert editor.server.capabilities.position_encoding == "utf-8"
    (diagnostic,) = editor.open(path)
    text = path.read_text(encoding="utf-8")
    assert diagnostic.range == place_of(text, "--max-pods=58", "utf-8")
    place = place_of(text, "x-pods=58", "utf-8").start
    assert "m5.large" in editor.hover(path, place.line, place.character)[0]
    (action,) = editor.actions(path, diagnostic.range, "quickfix")
    edits = list(action.edit.changes[path.as_uri()])
    assert applied(text, edits, "utf-8") == configuration(29, before=LABELS)
    assert editor.wait(editor.watched.get()).method == "workspace/didChangeWatchedFiles"
    assert editor.end() == 0


@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
@pytest.mark.parametrize("kind", ["quickfix", "source.fixAll", "source.fixAll.podroom"])
def test_a_fix_writes_what_check_fix_writes(
    editor: Editor, project: Path, tmp_path: Path, kind: str, line_end: str
) -> None:
    text = configuration(before=LABELS).replace("\n", line_end)
    (path,) = write(project, {"main.tf": text})
    (diagnostic,) = editor.open(path)
    (action,) = editor.actions(path, diagnostic.range, kind)
    edits = list(action.edit.changes[path.as_uri()])
    assert applied(text, edits) == fixed_by_check(project, tmp_path / "copy", "main.tf") != text
    editor.type(path, applied(text, edits))
    assert editor.save(path) == []
    assert editor.actions(path, ALL) == []


def test_a_quick_fix_says_what_it_writes_and_belongs_to_its_finding(editor: Editor, project: Path) -> None:
    (path,) = write(project, {"main.tf": configuration()})
    (diagnostic,) = editor.open(path)
    (action,) = editor.actions(path, diagnostic.range, "quickfix")
    assert (action.title, action.is_preferred) == ("Replace 58 by 29 (PR101)", True)
    assert codes(list(action.diagnostics)) == ["PR101"]
    assert editor.actions(path, place_of(configuration(), "image_id"), "quickfix") == []
    assert editor.actions(path, ALL, "refactor") == []


def test_a_text_that_was_not_judged_gets_no_fix(editor: Editor, project: Path) -> None:
    (path,) = write(project, {"main.tf": configuration()})
    (diagnostic,) = editor.open(path)
    editor.type(path, "# one more line\n" + configuration())
    assert editor.actions(path, ALL) == []
    assert [found.range.start.line for found in editor.save(path)] == [diagnostic.range.start.line + 1]
    assert [action.kind for action in editor.actions(path, ALL)] == ["quickfix", "source.fixAll.podroom"]


def test_what_is_typed_counts_and_not_what_is_on_the_disk(editor: Editor, project: Path) -> None:
    (path,) = write(project, {"main.tf": configuration(29)})
    assert editor.open(path) == []
    editor.type(path, configuration(30))
    assert codes(editor.save(path)) == ["PR101"]
    (variables,) = write(project, {"other.tf": "# nothing\n"})
    assert editor.open(variables) == []
    assert codes(editor.next_of(path)) == ["PR101"]
    editor.close(path)
    assert editor.next_of(path) == []  # from here on the disk counts, which says 29


def test_every_root_that_calls_a_module_is_judged_with_it(editor: Editor, project: Path) -> None:
    module = 'variable "type" {}\n' + configuration().replace('"m5.large"', "var.type")
    call = 'module "nodes" {{\n  source = "../../modules/nodes"\n  type   = "{}"\n}}\n'
    paths = {"modules/nodes/main.tf": module, "envs/dev/main.tf": call.format("m5.large")}
    nodes, dev = write(project, paths)
    write(project, {"envs/prod/main.tf": call.format("m5.large"), "envs/test/main.tf": call.format("m5.xlarge")})
    (found,) = editor.open(nodes)
    assert (found.code, found.range) == ("PR101", place_of(module, "--max-pods=58"))
    causes = {related.location.uri for related in found.related_information or ()}
    assert causes == {dev.as_uri(), (project / "envs/prod/main.tf").as_uri()}
    place = place_of(module, "max-pods=").start
    text, _ = editor.hover(nodes, place.line, place.character)
    assert all(f"**{kind}** in `module.nodes.aws_eks_node_group.nodes`" in text for kind in ("m5.large", "m5.xlarge"))
    editor.open(dev)
    assert editor.next_of(nodes) == [found]
    editor.type(dev, call.format("m5.xlarge"))
    editor.save(dev)
    (less,) = editor.next_of(nodes)
    assert [one.location.uri for one in less.related_information or ()] == [(project / "envs/prod/main.tf").as_uri()]


def test_what_another_program_writes_is_seen_when_the_editor_says_so(editor: Editor, project: Path) -> None:
    main, number = write(project, {"main.tf": configuration().replace("=58'", "=${local.pods}'"), "pods.tf": ""})
    number.write_text("locals {\n  pods = 29\n}\n", encoding="utf-8")
    assert editor.open(main) == []
    number.write_text("locals {\n  pods = 30\n}\n", encoding="utf-8")
    editor.changed_outside()
    assert codes(editor.next_of(number)) == ["PR101"]  # where the number is


def test_a_broken_file_and_a_broken_configuration_are_errors_at_their_places(editor: Editor, project: Path) -> None:
    main, settings = write(project, {"main.tf": configuration() + "locals {\n  a = = 1\n}\n", "podroom.toml": ""})
    found = editor.open(main)
    assert codes(found) == ["PR101", None]
    assert (found[1].severity, found[1].range.start.line) == (
        types.DiagnosticSeverity.Error,
        configuration().count("\n") + 1,
    )
    settings.write_text('fail_om = "error"\n', encoding="utf-8")
    assert editor.save(main) == []
    (wrong,) = editor.next_of(settings)
    assert "fail_on" in wrong.message
    settings.write_text('ignore = ["PR101"]\n', encoding="utf-8")
    assert codes(editor.save(main)) == [None]
    assert editor.next_of(settings) == []


def test_what_could_not_be_decided_is_a_hint(editor: Editor, project: Path) -> None:
    text = 'variable "type" {}\n' + configuration().replace('"m5.large"', "var.type")
    (path,) = write(project, {"main.tf": text})
    found = editor.open(path)
    assert {one.severity for one in found} == {types.DiagnosticSeverity.Hint}
    assert any("var.type has no value" in one.message and "PR101" in one.message for one in found)


def test_a_baseline_and_the_least_confidence_are_those_of_the_configuration(editor: Editor, project: Path) -> None:
    (path,) = write(project, {"main.tf": configuration()})
    known = project / "known.json"
    arguments = ["baseline", "create", str(project), "--baseline", str(known)]
    assert CliRunner().invoke(cli.podroom, arguments, catch_exceptions=False).exit_code == 0
    assert codes(editor.open(path)) == ["PR101"]
    write(project, {"podroom.toml": 'baseline = "known.json"\n'})
    assert editor.save(path) == []


HOVERS = {
    "of max pods": ("s=58", "**m5.large** in `aws_eks_node_group.nodes`", "--kubelet-extra-args --max-pods = 58"),
    "of the type": ("m5.large", "**m5.large** in `aws_eks_node_group.nodes`", "(10 - 1) addresses + 2 = 29 |"),
    "of the group": ('node_group" "n', "**m5.large** in `aws_eks_node_group.nodes`", "| 29 |"),
    "of a type that no group has": ("c5.xl", "**c5.xlarge** with Amazon Linux 2023", "4 interfaces x (15 - 1)"),
    "of a subnet": ('subnet" "n', "`aws_subnet.nodes` 10.0.0.0/24", "| 251 |"),
    "of the block of a subnet": ("10.0.0.0/2", "`aws_subnet.nodes` 10.0.0.0/24", "2^(32 - 24) - 5 = 251"),
}
SHOWN = configuration() + 'locals {\n  later = "c5.xlarge"\n}\n'


@pytest.fixture(scope="module")
def shown(workspace: Path, editor: Editor) -> Path:
    (path,) = write(workspace / "hovers", {".git/HEAD": "", "main.tf": SHOWN})[1:]
    editor.open(path)
    return path


@pytest.mark.parametrize("name", HOVERS)
def test_a_hover_shows_the_sum(editor: Editor, shown: Path, name: str) -> None:
    pointed, heading, working = HOVERS[name]
    place = place_of(SHOWN, pointed).start
    text, over = editor.hover(shown, place.line, place.character + 1)
    assert text.startswith(heading)
    assert working in text.replace("\\", "")
    assert over is not None
    assert over.start.line == over.end.line == place.line


@pytest.mark.parametrize("pointed", ["image_id", "vpc_id", "scaling_config"])
def test_nothing_is_shown_where_there_is_nothing_to_say(editor: Editor, shown: Path, pointed: str) -> None:
    place = place_of(SHOWN, pointed).start
    assert editor.hover(shown, place.line, place.character + 1) == ("", None)


def test_a_finding_in_a_template_that_is_not_open_is_shown_there(editor: Editor, project: Path) -> None:
    shutil.copytree(CHECKOUT / "examples/terraform/stale-max-pods", project, dirs_exist_ok=True)
    assert editor.open(project / "nodes.tf") == []
    (diagnostic,) = editor.next_of(project / "user-data.tftpl")
    assert diagnostic.code == "PR101"
    editor.close(project / "nodes.tf")
    assert editor.next_of(project / "user-data.tftpl") == []


def test_a_file_is_called_as_the_editor_calls_it(editor: Editor, project: Path) -> None:
    (path,) = write(project, {"nodes/main.tf": configuration()})
    (project / "link").symlink_to(path.parent, target_is_directory=True)
    assert codes(editor.open(project / "link/main.tf")) == ["PR101"]


def test_what_is_no_file_is_left_alone(editor: Editor, project: Path) -> None:
    editor.open_text("untitled:Untitled-1", configuration())
    (path,) = write(project, {"main.tf": configuration()})
    assert codes(editor.open(path)) == ["PR101"]


def test_that_nothing_can_be_judged_is_said(tmp_path: Path) -> None:
    (path,) = write(tmp_path, {"project/main.tf": configuration()})
    gone = tmp_path / "gone"
    gone.mkdir()
    editor = Editor(gone)
    assert editor.hover(path, 0, 0) == ("", None)  # by now the server has gone into the folder
    gone.rmdir()
    editor.open_text(path.as_uri(), configuration())
    assert "podroom could not judge: FileNotFoundError" in editor.wait(editor.messages.get())
    assert editor.end() == 0


def test_without_the_library_one_sentence_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pygls", None)
    result = CliRunner().invoke(cli.podroom, ["lsp"], catch_exceptions=False)
    assert result.exit_code == 2
    assert result.output.count("\n") == 1
    assert "pip install 'podroom[lsp]'" in result.output


TEXTS = ["", "a", "zażółć 🚀 é", "a\n🚀b\r\nc\n", "\r\n\r\n", "x\u2028y\nz"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-32"])
@pytest.mark.parametrize("text", TEXTS)
def test_a_place_leads_back_to_its_character(text: str, encoding: str) -> None:
    document = Document("main.tf", text)
    inside = [at for at in range(len(text) + 1) if text[at - 1 : at + 1] != "\r\n"]
    found = [range_of(Span(document, at, at), encoding).start for at in inside]
    assert [offset_of(document, place, encoding) for place in found] == inside
    assert sorted(found) == found
    assert len(set(map(repr, found))) == len(inside)


def test_a_place_behind_the_end_is_the_end() -> None:
    document = Document("main.tf", "ab\ncd\n")
    assert offset_of(document, types.Position(0, 99), "utf-16") == 2
    assert offset_of(document, types.Position(99, 0), "utf-16") == 6
