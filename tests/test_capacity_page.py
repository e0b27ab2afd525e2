"""`podroom capacity --format html`: one page that asks for nothing, and says the numbers that the JSON says."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from functools import cache
from html import unescape
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from capacity_helpers import eks_cluster, node_group, subnet, write
from checkout import EXAMPLES, podroom

CHROMIUM = shutil.which("chromium")
CASES = "tests/cases/configurations"
PAGES = {
    "what if": (
        (EXAMPLES / "large-nodes-few-pods").as_posix(),
        (EXAMPLES / "prefix-delegation-default-max-pods").as_posix(),
        (EXAMPLES / "custom-networking-default-max-pods").as_posix(),
        "--env=WARM_IP_TARGET=3",
        "--env=MINIMUM_IP_TARGET=19",
    ),
    "all examples": (EXAMPLES.as_posix(),),
    "ranges and gaps": tuple(
        f"{CASES}/{name}"
        for name in (
            "one-of-two-types-is-too-small",
            "type-without-value",
            "auto-mode",
            "windows-told-by-user-data",
            "cni-by-helm",
            "groups-that-fill-a-subnet-together",
        )
    ),
}
REPLACED = "tests/cases/capacity/nodes-made-anew-before-the-old-ones-go"
PAGES["while a plan is applied"] = (REPLACED, f"--plan={REPLACED}/plan.json")
VOID = {"meta", "br", "line", "rect", "circle", "path", "img", "link"}
LOADS = ("at_desired", "at_maximum", "added_by_update", "left", "holds")
SIZES = ("desired_size", "maximum_size", "zones", "update_surge")


class Page(HTMLParser):
    """What tests want of a page: tags that stay open, all attributes, cells with numbers, the embedded data."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.attributes: list[tuple[str, str, str | None]] = []
        self.cells: list[dict[str, str]] = []
        self.identifiers: list[str] = []
        self.data = ""
        self.style = ""
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        if tag not in VOID:
            self.open.append(tag)
        self.attributes += [(tag, name, value) for name, value in attributes]
        named = {name: value or "" for name, value in attributes}
        if "data-of" in named:
            self.cells.append(named)
        if "id" in named:
            self.identifiers.append(named["id"])

    def handle_startendtag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        assert tag in VOID
        self.handle_starttag(tag, attributes)

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID:
            assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open[-1:] == ["script"]:
            self.data += data
        elif self.open[-1:] == ["style"]:
            self.style += data


@cache
def html_of(name: str) -> str:
    return podroom("capacity", "--format", "html", *PAGES[name]).stdout


def json_of(name: str) -> dict[str, Any]:
    parsed: dict[str, Any] = json.loads(json_text_of(name))
    return parsed


@cache
def json_text_of(name: str) -> str:
    return podroom("capacity", "--format", "json", *PAGES[name]).stdout


Numbers = dict[tuple[str, ...], tuple[int | None, int | None]]


def numbers_of(report: dict[str, Any]) -> list[Numbers]:
    """Return the numbers of each configuration that a page has to show, by what they are."""
    found: list[Numbers] = []
    for configuration in report["configurations"]:
        numbers: Numbers = {}
        others = {name: configuration[name] for name in ("what_if", "while_applied")}
        for scenario, forecast in (("today", configuration), *others.items()):
            groups = () if scenario == "while_applied" else (forecast or {}).get("node_groups", ())
            for group in groups:  # while a plan is applied, they are those of before and after
                key = (scenario, group["address"])
                numbers.update({(*key, member): bounds(group[member]) for member in SIZES})
                for load, number in group["addresses_per_node"].items():
                    numbers[(*key, "addresses_per_node", load)] = bounds(number)
            for place in (forecast or {}).get("subnets", ()):
                for member in LOADS if place["shares"] else ():
                    for load, number in place[member].items():
                        numbers[scenario, place["address"], member, load] = bounds(number)
        found.append(numbers)
    return found


def bounds(number: dict[str, Any]) -> tuple[int | None, int | None]:
    return number["least"], number["most"]


def assert_same_numbers(page: Page, report: dict[str, Any]) -> None:
    """Hold every cell of a page to the JSON, and the JSON to the cells."""
    expected = numbers_of(report)
    shown: list[tuple[tuple[str, ...], tuple[int | None, int | None]]] = []
    for cell in page.cells:
        for address in cell["data-of"].split("\n"):
            key = (cell["data-scenario"], address, cell["data-member"], *filter(None, [cell.get("data-load")]))
            low, high = (int(cell[name]) if cell[name] else None for name in ("data-least", "data-most"))
            shown.append((key, (low, high)))
    assert sorted(map(repr, shown)) == sorted(repr(item) for numbers in expected for item in numbers.items())
    assert len(shown) > 20


@pytest.mark.once("it compares two outputs for every example")
@pytest.mark.parametrize("name", PAGES)
def test_the_numbers_of_the_page_are_those_of_the_json(name: str) -> None:
    page, report = Page(html_of(name)), json_of(name)

    assert json.loads(page.data) == report
    assert_same_numbers(page, report)


@pytest.mark.parametrize("name", PAGES)
def test_the_page_is_well_formed_and_refers_to_nothing_outside(name: str) -> None:
    text = html_of(name)
    page = Page(text)

    assert page.open == []
    assert text.isascii()
    assert len(page.identifiers) == len(set(page.identifiers))
    assert [
        item for item in page.attributes if item[1] in {"src", "href", "srcset", "action", "style", "xlink:href"}
    ] == []
    assert [item for item in page.attributes if item[1].startswith("on")] == []
    assert not re.search(r"url\(|@import|expression\(", page.style)
    assert ("meta", "content", "default-src 'none'; style-src 'unsafe-inline'") in page.attributes
    assert [value for tag, name, value in page.attributes if (tag, name) == ("script", "type")] == ["application/json"]
    labels = [value for tag, name, value in page.attributes if (tag, name) == ("svg", "aria-labelledby")]
    assert set(labels) <= set(page.identifiers)


def test_nothing_that_somebody_wrote_becomes_markup(tmp_path: Path) -> None:
    evil = "</script><script>alert(1)</script><img src=x onerror=alert(1)> & --> ]]>"
    (tmp_path / "main.tf").write_text(
        'resource "aws_vpc" "main" {\n  cidr_block = "10.0.0.0/16"\n}\n'
        'resource "aws_subnet" "nodes" {\n'
        f'  for_each          = {{ "{evil}" = 0 }}\n'
        "  vpc_id            = aws_vpc.main.id\n"
        f'  availability_zone = "{evil}"\n'
        '  cidr_block        = "10.0.0.0/20"\n}\n'
        'resource "aws_eks_node_group" "workers" {\n'
        f'  cluster_name    = "{evil}"\n'
        '  node_group_name = "workers"\n  node_role_arn   = "arn:aws:iam::111122223333:role/nodes"\n'
        "  subnet_ids      = [for subnet in aws_subnet.nodes : subnet.id]\n"
        '  instance_types  = ["m5.large"]\n'
        "  scaling_config {\n    min_size     = 1\n    desired_size = 2\n    max_size     = 4\n  }\n}\n",
        encoding="utf-8",
    )

    output = podroom("capacity", "--format", "html", str(tmp_path)).stdout
    page = Page(output)

    assert page.open == []
    assert output.count("<script") == 1
    assert "<img" not in output
    assert evil in json.loads(page.data)["configurations"][0]["subnets"][0]["zone"]


# In a real browser


def chromium(*arguments: str, page: Path, folder: Path) -> subprocess.CompletedProcess[str]:
    """Open a page from disk and return what the browser printed, the page's console included."""
    if CHROMIUM is None:
        pytest.skip("chromium is not on the PATH")
    options = ("--headless=new", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--window-size=1000,1400")
    quiet = (
        "--disable-background-networking",
        "--disable-component-update",
        "--no-first-run",
        "--enable-logging=stderr",
    )
    return subprocess.run(
        [CHROMIUM, *options, *quiet, "--enable-logging=stderr", f"--user-data-dir={folder}", *arguments, page.as_uri()],
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )


def console(result: subprocess.CompletedProcess[str]) -> list[str]:
    return [line for line in result.stderr.splitlines() if "CONSOLE" in line]


@pytest.mark.once("a browser of the machine looks at the page")
def test_a_browser_shows_the_page_without_a_complaint_and_without_a_request(tmp_path: Path) -> None:
    page = tmp_path / "capacity.html"
    page.write_text(html_of("what if"), encoding="utf-8")

    # What the page may not fetch, its own policy refuses, and the console says so.
    result = chromium("--dump-dom", page=page, folder=tmp_path / "profile")

    assert console(result) == []
    body = result.stdout[result.stdout.index("<html") :]
    assert_same_numbers(Page(body), json_of("what if"))


@pytest.mark.once("a browser of the machine looks at the page")
def test_the_browser_would_tell_a_request(tmp_path: Path) -> None:
    page = tmp_path / "capacity.html"
    text = html_of("what if").replace("<main>", '<main><img src="https://example.com/x.png">')
    page.write_text(text, encoding="utf-8")

    assert console(chromium("--dump-dom", page=page, folder=tmp_path / "profile"))


@pytest.mark.once("a browser of the machine looks at the page")
def test_light_and_dark_look_different(tmp_path: Path) -> None:
    page = tmp_path / "capacity.html"
    page.write_text(html_of("what if"), encoding="utf-8")
    pictures = []
    for number, scheme in enumerate((1, 0)):
        picture = tmp_path / f"{number}.png"
        options = (f"--screenshot={picture}", f"--blink-settings=preferredColorScheme={scheme}")
        chromium(*options, page=page, folder=tmp_path / "profile")
        pictures.append(picture.read_bytes())

    assert all(picture.startswith(b"\x89PNG") and len(picture) > 20_000 for picture in pictures)
    assert pictures[0] != pictures[1]


def test_what_is_only_possible_is_outlined_and_a_missing_curve_has_its_reason(tmp_path: Path) -> None:
    unknown = 'variable "nodes" {\n  type = number\n}\n'
    group = node_group("g", sizes=(1, 2, 4)).replace("max_size     = 4", "max_size     = var.nodes")
    folder = write(tmp_path, unknown, subnet("a", "10.0.0.0/24"), eks_cluster(), group)

    page = podroom("capacity", "--format", "html", folder).stdout

    assert page.count('<rect class="possible"') == 1
    assert "maybe" not in page
    assert page.count("No curve: ") == 1
    assert page.count("<svg") == 1


@pytest.mark.parametrize("name", PAGES)
def test_names_and_figures_above_bars_do_not_meet(name: str) -> None:
    rows: dict[tuple[str, str], int] = {}
    charts = re.findall(r"<svg .*?</svg>", html_of(name), re.DOTALL)
    for number, chart in enumerate(charts):
        for kind, y, text in re.findall(r'<text class="(name|figure)" [^>]*y="([\d.]+)"[^>]*>([^<]*)<', chart):
            if "usable" not in text or kind == "name":
                rows[str(number), y] = rows.get((str(number), y), 0) + len(unescape(text))

    assert rows
    assert max(rows.values()) <= 105
