from __future__ import annotations

import builtins
from collections.abc import Mapping
from pathlib import Path

import pytest
from click.testing import CliRunner

from podroom.catalog import instance_table, refresh
from podroom.errors import CatalogError
from refresh_catalog import main

MODULE = Path(instance_table.__file__)


@pytest.fixture(autouse=True)
def _credentials_of_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "nobody")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "nothing")


def described(name: str, **changes: object) -> dict[str, object]:
    return {
        "InstanceType": name,
        "Hypervisor": "nitro",
        "BareMetal": False,
        "VCpuInfo": {"DefaultVCpus": 8},
        "MemoryInfo": {"SizeInMiB": 16384},
        "ProcessorInfo": {"SupportedArchitectures": ["i386", "x86_64"]},
        "NetworkInfo": {
            "DefaultNetworkCardIndex": 1,
            "MaximumNetworkCards": 2,
            "MaximumNetworkInterfaces": 11,
            "NetworkCards": [
                {"NetworkCardIndex": 0, "MaximumNetworkInterfaces": 7},
                {"NetworkCardIndex": 1, "MaximumNetworkInterfaces": 4},
            ],
            "Ipv4AddressesPerInterface": 15,
            "Ipv6Supported": True,
        },
        **changes,
    }


def cells(row: Mapping[str, str]) -> str:
    return ",".join(row[column] for column in instance_table.COLUMNS)


def test_the_table_made_from_its_own_rows_is_byte_for_byte_the_module():
    text = refresh.module_text(refresh.bundled_rows(), instance_table.DATE, instance_table.SOURCES)
    assert MODULE.read_bytes() == text.encode()


def test_a_description_becomes_a_row_that_counts_the_default_card():
    assert cells(refresh.row_of(described("x9.2xlarge"))) == "x9.2xlarge,4,15,true,8,16384,x86_64,nitro,false,2,1,,,11"


def test_bare_metal_has_no_hypervisor():
    metal = described("x9.metal", BareMetal=True)
    del metal["Hypervisor"]
    assert cells(refresh.row_of(metal)) == "x9.metal,4,15,true,8,16384,x86_64,none,true,2,1,,,11"


@pytest.mark.parametrize("missing", ["NetworkInfo", "VCpuInfo", "MemoryInfo", "BareMetal", "InstanceType"])
def test_a_description_without_what_the_table_needs_is_refused(missing: str):
    incomplete = described("x9.large")
    del incomplete[missing]
    with pytest.raises(CatalogError, match=missing):
        refresh.row_of(incomplete)


def test_a_description_without_its_default_card_is_refused():
    network = {"DefaultNetworkCardIndex": 3, "NetworkCards": []}
    with pytest.raises(CatalogError, match=r"x9\.large without its network card 3"):
        refresh.row_of(described("x9.large", NetworkInfo=network))


@pytest.mark.once("the oracle is another library")
def test_what_moto_tells_of_real_types_maps_to_the_bundled_rows(monkeypatch: pytest.MonkeyPatch):
    mock_aws = pytest.importorskip("moto").mock_aws
    backend = pytest.importorskip("moto.ec2.models.instance_types").InstanceTypeBackend
    names = ["t2.micro", "m5.large", "m5.metal", "m7g.medium", "c6in.32xlarge", "p5.48xlarge", "mac2.metal"]
    few = [known for known in backend.instance_types if known["InstanceType"] in names]
    monkeypatch.setattr(backend, "instance_types", few)
    bundled = refresh.bundled_rows()
    with mock_aws():
        scraped = refresh.scrape(["us-east-1"])
    assert scraped == {name: bundled[name] | {"trunking_compatible": "", "branch_enis": ""} for name in names}


@pytest.mark.once("the oracle is another library")
def test_every_page_of_every_region_is_read_and_a_later_region_wins():
    stub = pytest.importorskip("botocore.stub")
    pages = {
        "here": [[described("x9.large")], [described("x9.xlarge")]],
        "there": [[described("x9.large", VCpuInfo={"DefaultVCpus": 99})]],
    }

    def client(region: str) -> refresh.Ec2Client:
        ec2 = refresh.boto3_client("us-east-1")
        stubber = stub.Stubber(ec2)
        for number, page in enumerate(pages[region]):
            token = {"NextToken": f"page {number}"} if number else {}
            more = {"NextToken": f"page {number + 1}"} if number + 1 < len(pages[region]) else {}
            stubber.add_response("describe_instance_types", {"InstanceTypes": page, **more}, token)
        stubber.activate()
        return ec2

    rows = refresh.scrape(["here", "there"], client)
    assert {name: row["vcpus"] for name, row in rows.items()} == {"x9.large": "99", "x9.xlarge": "8"}


def test_a_refresh_renews_keeps_what_is_gone_and_what_ec2_does_not_tell():
    old = refresh.row_of(described("x9.large")) | {"trunking_compatible": "true", "branch_enis": "9"}
    gone = refresh.row_of(described("x1.gone")) | {"trunking_compatible": "false", "branch_enis": "0"}
    renewed = refresh.row_of(described("x9.large", VCpuInfo={"DefaultVCpus": 16}))
    new = refresh.row_of(described("x9.xlarge"))
    rows = refresh.merged(
        {"x9.large": old, "x1.gone": gone},
        {"x9.large": renewed, "x9.xlarge": new},
        {"x9.xlarge": refresh.TrunkLimits(trunking_compatible=True, branch_interfaces=18)},
    )
    assert rows == {
        "x9.large": old | {"vcpus": "16"},
        "x1.gone": gone,
        "x9.xlarge": new | {"trunking_compatible": "true", "branch_enis": "18"},
    }
    assert old["vcpus"] == "8"


GO_TABLE = """
package vpc

var Limits = map[string]*VPCLimits{
\t"a1.large": {
\t\tInterface:               3,
\t\tIsTrunkingCompatible:    true,
\t\tBranchInterface:         9,
\t\tNetworkCards: []NetworkCard{
\t\t\t{
\t\t\t\tMaximumNetworkInterfaces: 3,
\t\t\t},
\t\t},
\t},
\t"t3.large": {
\t\tInterface:               3,
\t\tIsTrunkingCompatible:    false,
\t\tBranchInterface:         0,
\t},
}
"""


def test_trunk_limits_are_read_from_the_controllers_go_table():
    assert refresh.trunk_limits(GO_TABLE) == {
        "a1.large": refresh.TrunkLimits(trunking_compatible=True, branch_interfaces=9),
        "t3.large": refresh.TrunkLimits(trunking_compatible=False, branch_interfaces=0),
    }


@pytest.mark.parametrize(
    ("text", "complaint"),
    [("package vpc", "there is no table"), (GO_TABLE.replace("BranchInterface", "Branches"), "for a1.large")],
)
def test_a_go_file_of_another_form_is_refused(text: str, complaint: str):
    with pytest.raises(CatalogError, match=complaint):
        refresh.trunk_limits(text)


def test_without_boto3_the_message_says_what_to_install(monkeypatch: pytest.MonkeyPatch):
    real_import = builtins.__import__

    def no_boto3(name: str, *rest: object) -> object:
        if name == "boto3":
            raise ImportError(name)
        return real_import(name, *rest)  # type: ignore[arg-type]  # handed on as it came

    monkeypatch.setattr(builtins, "__import__", no_boto3)
    with pytest.raises(CatalogError, match=r"pip install 'podroom\[refresh\]'"):
        refresh.boto3_client("us-east-1")


def test_the_tool_checks_the_module_and_notices_an_edit(tmp_path: Path):
    assert CliRunner().invoke(main, ["--check"]).exit_code == 0
    edited = tmp_path / "instance_table.py"
    edited.write_text(MODULE.read_text(encoding="utf-8").replace("\nm5.large,3,", "\nm5.large,4,"), encoding="utf-8")
    answer = CliRunner().invoke(main, ["--check", "--module", str(edited)])
    assert answer.exit_code == 1
    assert str(edited) in answer.output


def test_the_tool_writes_a_module_with_its_sources(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    limits = tmp_path / "limits.go"
    limits.write_text(GO_TABLE.replace("9,", "90,"), encoding="utf-8")
    scraped = {"x9.large": refresh.row_of(described("x9.large"))}
    monkeypatch.setattr(refresh, "scrape", lambda regions: scraped if regions == ("here",) else {})
    written = tmp_path / "table.py"
    options = ["--region", "here", "--vpc-limits", str(limits), "--module", str(written)]
    assert CliRunner().invoke(main, options).exit_code == 2
    answer = CliRunner().invoke(main, [*options, "--vpc-limits-source", "limits.go of today"])
    assert answer.output == "1 types are new, 1 have changed: a1.large\n"
    made: dict[str, object] = {}
    exec(written.read_text(encoding="utf-8"), made)  # noqa: S102 - the module that was just written
    assert str(made["SOURCES"]).startswith("('EC2 DescribeInstanceTypes in here (20")
    assert "'limits.go of today'" in str(made["SOURCES"])
    table = str(made["TABLE"])
    assert "\nx9.large,4,15,true,8,16384,x86_64,nitro,false,2,1,,,11\n" in table
    assert table.count("\n") == instance_table.TABLE.count("\n") + 1
