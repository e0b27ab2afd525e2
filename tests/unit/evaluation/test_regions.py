"""What data.aws_region says before anybody has asked AWS."""

from __future__ import annotations

from pathlib import Path

import pytest

from podroom.evaluation.project import load_root
from podroom.sources.files import Files
from podroom.sources.hcl.parser import parse
from podroom.values import Known, Unknown

PROVIDER = 'provider "aws" {\n  region = "eu-west-1"\n}\n'
OTHER = 'provider "aws" {\n  alias  = "other"\n  region = "us-east-1"\n}\n'


@pytest.mark.parametrize(
    ("providers", "arguments", "call", "region"),
    [
        (PROVIDER, "", "", "eu-west-1"),
        (PROVIDER + OTHER, "", "", "eu-west-1"),
        (PROVIDER, 'region = "us-west-2"', "", "us-west-2"),
        (PROVIDER, 'name = "us-west-2"', "", "us-west-2"),
        (PROVIDER + OTHER, "provider = aws.other", "", None),
        (PROVIDER + OTHER, "", "providers = { aws = aws.other }", None),
        (OTHER, "", "", None),
        ("", "", "", None),
        ('provider "aws" {}\n', "", "", None),
        (PROVIDER, 'endpoint = "ec2.us-east-1.amazonaws.com"', "", None),
        ('variable "region" {}\nprovider "aws" {\n  region = var.region\n}\n', "", "", "var.region has no value"),
    ],
)
@pytest.mark.parametrize("attribute", ["name", "id", "region"])
def test_the_region_is_that_of_the_default_provider(
    *, providers: str, arguments: str, call: str, region: str | None, attribute: str, tmp_path: Path
) -> None:
    (tmp_path / "inner").mkdir()
    (tmp_path / "main.tf").write_text(
        f'{providers}module "inner" {{\n  source = "./inner"\n  {call}\n}}\n', encoding="utf-8"
    )
    (tmp_path / "inner" / "main.tf").write_text(
        f'data "aws_region" "here" {{\n  {arguments}\n}}\n'
        f'resource "terraform_data" "r" {{\n  input = data.aws_region.here.{attribute}\n}}\n',
        encoding="utf-8",
    )
    root = load_root(Files(str(tmp_path), parse), str(tmp_path))
    (resource,) = [found for module in root.walk() for found in module.resources("terraform_data")]
    field = resource.body.attribute("input")
    assert field is not None
    value = field.string()
    if region is None:
        assert isinstance(value, Unknown)
        assert "looked up by Terraform" in value.reason
    elif region.startswith("var."):
        assert isinstance(value, Unknown)
        assert region in value.reason
    else:
        assert isinstance(value, Known)
        assert value.value == region
