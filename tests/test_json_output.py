"""`--format json` is what its schema and docs/json.md say, for every example and for bad input."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from checkout import CHECKOUT, EXAMPLE_FOLDERS, EXAMPLES, podroom
from schemas import validator_of

SCHEMA: dict[str, Any] = json.loads(
    (CHECKOUT / "linter/podroom/report/schemas/findings-v1.json").read_text(encoding="utf-8")
)


def close(schema: dict[str, Any]) -> None:
    """Make a member that the schema does not describe an error."""
    schema["unevaluatedProperties"] = False


def strict_schema() -> dict[str, Any]:
    """Return the schema without room for anything undescribed."""
    schema: dict[str, Any] = json.loads(json.dumps(SCHEMA))
    members, definitions = schema["properties"], schema["$defs"]
    # A suppressed finding is a finding and more, so a finding is closed where it is used.
    for used in (members["findings"]["items"], members["suppressed"]["items"]):
        close(used)
    for described in (
        schema,
        members["podroom"],
        members["summary"],
        *map(definitions.get, ("undecided", "unused_suppression", "error")),
    ):
        close(described)
    close(definitions["finding"]["properties"]["related"]["items"])
    return schema


STRICT = validator_of(strict_schema())


def report(*arguments: str) -> dict[str, Any]:
    parsed: dict[str, Any] = json.loads(podroom("check", "--format", "json", *arguments).stdout)
    return parsed


def test_the_schema_is_a_schema() -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)


@pytest.mark.once("every example against a schema")
@pytest.mark.parametrize("folder", EXAMPLE_FOLDERS)
def test_the_output_for_an_example_has_exactly_the_members_that_the_schema_describes(folder: str) -> None:
    STRICT.validate(report(folder))


def test_bad_input_unknowns_and_suppressions_validate_too(tmp_path: Path) -> None:
    source = CHECKOUT / EXAMPLES / "asg-instance-type-drift"
    for file in source.glob("*.tf"):
        text = file.read_text(encoding="utf-8").replace("# expect: PR102", "# podroom: ignore[PR102] being replaced")
        (tmp_path / file.name).write_text(text, encoding="utf-8")
    (tmp_path / "stray.tf").write_text("# podroom: ignore[PR9999] no such rule\n", encoding="utf-8")
    (tmp_path / "broken.tf").write_text('resource "aws_vpc" {\n', encoding="utf-8")
    (tmp_path / "unknown.tf").write_text(
        'variable "type" {}\n'
        'resource "aws_launch_template" "x" {\n'
        '  image_id      = "ami-1"\n'
        "  instance_type = var.type\n"
        '  user_data     = base64encode("#!/bin/bash\\n'
        "/etc/eks/bootstrap.sh payments --use-max-pods false --kubelet-extra-args '--max-pods=30'\")\n"
        "}\n"
        'resource "aws_eks_node_group" "x" {\n'
        "  cluster_name    = aws_eks_cluster.this.name\n"
        '  node_group_name = "x"\n'
        "  node_role_arn   = aws_iam_role.node.arn\n"
        "  subnet_ids      = aws_subnet.private[*].id\n"
        "  launch_template {\n"
        "    id      = aws_launch_template.x.id\n"
        "    version = 1\n"
        "  }\n"
        "  scaling_config {\n"
        "    min_size     = 1\n"
        "    desired_size = 1\n"
        "    max_size     = 1\n"
        "  }\n"
        "}\n",
        encoding="utf-8",
    )

    output = report(str(tmp_path))

    STRICT.validate(output)
    assert [suppressed["reason"] for suppressed in output["suppressed"]] == ["being replaced"]
    assert ["var.type"] in [undecided["needs"] for undecided in output["undecided"]]
    assert [unused["codes"] for unused in output["unused_suppressions"]] == [["PR9999"]]
    assert [Path(error["path"]).name for error in output["errors"]] == ["broken.tf"]


@pytest.mark.once("it counts in every example")
def test_the_summary_counts_what_is_there() -> None:
    output = report(EXAMPLES.as_posix())

    severities = [finding["severity"] for finding in output["findings"]]
    assert output["summary"] == {
        "findings": len(severities),
        **{severity: severities.count(severity) for severity in ("error", "warning", "info")},
        **{kind: len(output[kind]) for kind in ("undecided", "suppressed", "notices", "errors")},
        "below_confidence": 0,
    }
    assert len(severities) > 1


def test_the_page_describes_every_member_of_the_output_and_of_a_finding() -> None:
    page = (CHECKOUT / "docs/json.md").read_text(encoding="utf-8")
    described = {*SCHEMA["properties"], *SCHEMA["$defs"]["finding"]["properties"]}
    described |= {
        member for name in ("undecided", "unused_suppression") for member in SCHEMA["$defs"][name]["properties"]
    }

    assert {member for member in described if f"`{member}`" not in page} == set()


def test_a_rule_is_left_open_for_those_alone_that_it_could_not_judge(tmp_path: Path) -> None:
    groups = "".join(f"  - {{name: unknown{number}, instanceSelector: *any}}\n" for number in range(1, 9))
    (tmp_path / "cluster.yaml").write_text(
        "apiVersion: eksctl.io/v1alpha5\nkind: ClusterConfig\nmetadata: {name: main, region: eu-west-1}\nnodeGroups:\n"
        "  - {name: bad, instanceType: m5.large, maxPodsPerNode: 110}\n"
        f"  - {{name: unknown0, instanceSelector: &any {{vCPUs: 2}}}}\n{groups}",
        encoding="utf-8",
    )

    output = report(str(tmp_path))
    text = podroom("check", str(tmp_path)).output

    assert [(finding["code"], finding["subjects"]) for finding in output["findings"]] == [("PR101", ["nodeGroups/bad"])]
    (undecided,) = output["undecided"]
    judged = {code: one["subjects"] for one in undecided["judgements"] for code in one["codes"]}
    assert sorted(judged) == undecided["codes"]
    assert "nodeGroups/bad" not in judged["PR101"]
    assert "nodeGroups/bad" in judged["PR201"], "it shares its subnets with those of unknown types"
    assert "unknown7" not in text, "of many names a few are enough"


def test_what_is_not_judged_is_said(tmp_path: Path) -> None:
    head = "apiVersion: eksctl.io/v1alpha5\nkind: ClusterConfig\nmetadata: {name: %s, region: eu-west-1}\n"
    (tmp_path / "ipv6.yaml").write_text(
        head % "six" + "kubernetesNetworkConfig: {ipFamily: IPv6}\nnodeGroups: [{name: a}]\n", encoding="utf-8"
    )
    (tmp_path / "windows.yaml").write_text(
        head % "windows" + "nodeGroups: [{name: w, amiFamily: WindowsServer2022CoreContainer}]\n", encoding="utf-8"
    )
    (tmp_path / "pool.yaml").write_text(
        "apiVersion: karpenter.sh/v1\nkind: NodePool\nmetadata: {name: p}\nspec: {template: {spec: {\n"
        "  nodeClassRef: {kind: EC2NodeClass, name: c}, requirements: [\n"
        "    {key: kubernetes.io/os, operator: In, values: [windows]}]}}}\n---\n"
        "apiVersion: karpenter.k8s.aws/v1\nkind: EC2NodeClass\nmetadata: {name: c}\n"
        "spec: {amiSelectorTerms: [{alias: windows2022@latest}], tags: {karpenter.sh/discovery: windows}}\n",
        encoding="utf-8",
    )

    output = report(str(tmp_path))

    said = {
        (Path(notice["path"]).name, notice["line"], notice["message"].split(",")[0]) for notice in output["notices"]
    }
    assert {
        ("ipv6.yaml", 4, "the pods of ClusterConfig/six get IPv6 addresses"),
        ("windows.yaml", 4, "nodeGroups/w runs Windows"),
        ("pool.yaml", 2, "NodePool/p runs Windows"),
    } <= said
