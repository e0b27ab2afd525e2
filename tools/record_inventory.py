"""Record what the AWS CLI would print of an account of moto's, for tests of inventories.

    python3 tools/record_inventory.py        # writes tests/recorded_inventory/

The account has a VPC with two subnets beside the default ones, an EKS cluster with a managed node group, and an Auto
Scaling group of its own that launches the second version of a launch template, which is not the default one.
"""

from __future__ import annotations

import base64
import json
import os
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import boto3
import moto
from moto.moto_api._internal import mock_random

RECORDED = Path(__file__).parents[1] / "tests" / "recorded_inventory"
REGION = "eu-west-1"
USER_DATA = "#!/bin/bash\n/etc/eks/bootstrap.sh main --use-max-pods false --kubelet-extra-args '--max-pods={}'\n"
SEED = 7


def main() -> None:
    """Make the account and write one file for each command."""
    os.environ |= {"AWS_ACCESS_KEY_ID": "testing", "AWS_SECRET_ACCESS_KEY": "testing"}
    with moto.mock_aws():
        mock_random.seed(SEED)
        for name, answer in answers().items():
            answer.pop("ResponseMetadata")
            text = json.dumps(answer, indent=4, default=printed)
            (RECORDED / f"{name}.json").write_text(f"{text}\n", encoding="utf-8")


def printed(value: object) -> str:
    """Return a time as the AWS CLI prints it."""
    if isinstance(value, datetime):
        return datetime(2026, 1, 2, 3, 4, 5, tzinfo=timezone.utc).isoformat()  # the same at every recording
    raise TypeError(value)


def answers() -> dict[str, dict[str, Any]]:
    """Make the account, and return what is in it by the names of the commands."""
    ec2, groups, eks = (boto3.client(name, region_name=REGION) for name in ("ec2", "autoscaling", "eks"))
    network = ec2.create_vpc(CidrBlock="10.0.0.0/16", TagSpecifications=tagged("vpc", Name="main"))["Vpc"]["VpcId"]
    subnets = [
        ec2.create_subnet(
            VpcId=network,
            CidrBlock=f"10.0.{at}.0/24",
            AvailabilityZone=f"{REGION}{'ab'[at]}",
            TagSpecifications=tagged("subnet", Name=f"main-private-{'ab'[at]}", tier="private"),
        )["Subnet"]["SubnetId"]
        for at in range(2)
    ]
    (image,) = ec2.describe_images(Owners=["amazon"])["Images"][:1]
    first, second = (
        {"ImageId": image["ImageId"], "InstanceType": kind, "UserData": base64.b64encode(text.encode()).decode()}
        for kind, text in (("m5.2xlarge", USER_DATA.format(58)), ("m5.large", USER_DATA.format(58)))
    )
    template = ec2.create_launch_template(LaunchTemplateName="own", LaunchTemplateData=first)["LaunchTemplate"]
    groups.create_auto_scaling_group(
        AutoScalingGroupName="own",
        LaunchTemplate={"LaunchTemplateId": template["LaunchTemplateId"], "Version": "1"},
        MinSize=2,
        MaxSize=6,
        DesiredCapacity=2,
        VPCZoneIdentifier=",".join(subnets),
        Tags=[{"Key": "kubernetes.io/cluster/main", "Value": "owned", "PropagateAtLaunch": True}],
    )
    ec2.create_launch_template_version(LaunchTemplateName="own", LaunchTemplateData=second)
    launched = {"LaunchTemplateId": template["LaunchTemplateId"], "Version": "2"}
    groups.update_auto_scaling_group(AutoScalingGroupName="own", LaunchTemplate=launched)
    role = "arn:aws:iam::123456789012:role/main"
    vpc = {"subnetIds": subnets}
    eks.create_cluster(name="main", version="1.33", roleArn=role, resourcesVpcConfig=vpc, clientRequestToken="token")
    eks.create_nodegroup(
        clusterName="main",
        nodegroupName="workers",
        nodeRole=role,
        subnets=subnets,
        instanceTypes=["m5.large"],
        scalingConfig={"minSize": 1, "maxSize": 9, "desiredSize": 1},
    )
    return {
        "describe-subnets": ec2.describe_subnets(),
        "describe-vpcs": ec2.describe_vpcs(),
        "describe-auto-scaling-groups": groups.describe_auto_scaling_groups(),
        "describe-launch-templates": ec2.describe_launch_templates(),
        "describe-launch-template-versions": ec2.describe_launch_template_versions(Versions=["$Latest", "$Default"]),
        "describe-instances": ec2.describe_instances(),
        "describe-cluster": eks.describe_cluster(name="main"),
        "describe-nodegroup": eks.describe_nodegroup(clusterName="main", nodegroupName="workers"),
    }


def tagged(kind: str, **tags: str) -> list[dict[str, Any]]:
    """Return tags for something that is made."""
    return [{"ResourceType": kind, "Tags": [{"Key": key, "Value": value} for key, value in tags.items()]}]


if __name__ == "__main__":
    main()
