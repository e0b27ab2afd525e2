"""Node groups against what was listed of them: sizes, subnets, and max pods in the user data that is launched."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

import pytest

from capacity_helpers import add_on
from checkout import podroom
from test_inventory import (
    CLUSTER,
    EXACT,
    MANAGED,
    SELF_MANAGED,
    SUBNETS,
    auto_scaling,
    files,
    judged,
    shown,
    subnet,
    versions,
)

NODE = {
    "kind": "Node",
    "metadata": {"name": "ip-1", "labels": {"node.kubernetes.io/instance-type": "m7g.large"}},
    "spec": {"providerID": "aws:///eu-west-1a/i-0"},
    "status": {"allocatable": {"pods": "40"}},
}
WORKERS = MANAGED.replace("NAME", EXACT)
OWN = SELF_MANAGED.replace("NAME", 'name = "w"')


def sized(least: int, most: int, desired: int, subnets: str = "") -> dict[str, Any]:
    """Return the group of the managed node group `workers`, which is declared from 1 to 3 nodes."""
    group = auto_scaling("m7g.2xlarge")
    sizes = {"MinSize": least, "MaxSize": most, "DesiredCapacity": desired}
    group["AutoScalingGroups"][0] |= {**sizes, "VPCZoneIdentifier": subnets}
    return group


def described(**more: object) -> dict[str, Any]:
    """Return what `aws eks describe-nodegroup` prints of the node group `workers`."""
    return {"nodegroup": {"nodegroupName": "workers", "clusterName": "main", **more}}


def scaling(least: int, most: int, desired: int) -> dict[str, int]:
    return {"minSize": least, "maxSize": most, "desiredSize": desired}


# --- sizes and subnets -----------------------------------------------------------------------------

SIZES = {
    "as declared": (sized(1, 3, 2, "subnet-2,subnet-1"), None),
    "more nodes": (sized(1, 9, 2), ("warning", "max_size declared 3, live 9")),
    "fewer nodes": (sized(1, 2, 2), ("info", "max_size declared 3, live 2")),
    "another minimum": (sized(2, 3, 2), ("info", "min_size declared 1, live 2")),
    "more nodes than the declared most run": (
        sized(1, 9, 7),
        ("warning", "max_size declared 3, live 9, desired_size declared 1, live 7"),
    ),
    "stopped by hand or on schedule": (
        sized(0, 0, 0),
        ("info", "min_size declared 1, live 0, max_size declared 3, live 0, desired_size declared 1, live 0"),
    ),
    "another subnet": (
        sized(1, 3, 1, "subnet-1,subnet-3"),
        ("warning", "subnets declared subnet-1, subnet-2, live subnet-1, subnet-3"),
    ),
    "as Amazon EKS describes it": (described(scalingConfig=scaling(1, 3, 1), subnets=["subnet-1", "subnet-2"]), None),
    "otherwise than Amazon EKS describes it": (
        described(instanceTypes=["m7g.2xlarge"], scalingConfig=scaling(1, 30, 1), subnets=["subnet-1"]),
        ("warning", "max_size declared 3, live 30, subnets declared subnet-1, subnet-2, live subnet-1"),
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", SIZES)
def test_sizes_and_subnets_are_compared_with_both_sides(case: str, tmp_path: Path) -> None:
    answer, expected = SIZES[case]
    what = "node group workers" if "nodegroup" in answer else "Auto Scaling group eks-workers-1"
    found = [(one["severity"], one["message"]) for one in judged(tmp_path, WORKERS, answer, code="PR118")]
    wanted = [] if expected is None else [(expected[0], f"the {what} is not as declared: {expected[1]}")]
    assert found == wanted


def test_subnets_of_the_configuration_are_named_by_their_addresses(tmp_path: Path) -> None:
    own = 'resource "aws_subnet" "own" {\n cidr_block = "10.0.1.0/24"\n tags = { Name = "private-1" }\n}\n'
    text = own + WORKERS.replace('"subnet-1", "subnet-2"]', "aws_subnet.own.id]")
    (finding,) = judged(tmp_path, text, SUBNETS, sized(1, 3, 1, "subnet-1,subnet-2"), code="PR118")
    assert finding["message"].endswith("subnets declared aws_subnet.own, live aws_subnet.own, subnet-2")


UNCOMPARED = {
    "a subnet without an id": (
        'resource "aws_subnet" "own" {}\n'
        + WORKERS.replace('subnet_ids     = ["subnet-1", "subnet-2"]', "subnet_ids = [aws_subnet.own.id]"),
        [sized(1, 3, 1, "subnet-1"), SUBNETS],
        "the subnets of aws_eks_node_group.workers are not compared: which id aws_subnet.own has is not known",
    ),
    "a size without a value": (
        'variable "most" {}\n' + WORKERS.replace("max_size     = 3", "max_size = var.most"),
        [sized(1, 3, 1)],
        "max_size of aws_eks_node_group.workers are not compared: not known here",
    ),
    "a version that was not listed": (
        WORKERS,
        [auto_scaling("m7g.2xlarge", LaunchTemplateSpecification={"LaunchTemplateId": "lt-1", "Version": "7"})],
        (
            "the max pods that aws_eks_node_group.workers is launched with are not compared: "
            "launch template lt-1 version 7 is in no inventory: "
            "aws ec2 describe-launch-template-versions --launch-template-id lt-1 lists it"
        ),
    ),
    "two groups that may be it": (
        WORKERS,
        [
            {
                "AutoScalingGroups": [
                    *auto_scaling("m7g.large")["AutoScalingGroups"],
                    *auto_scaling("m7g.large", name="eks-workers-2")["AutoScalingGroups"],
                ]
            }
        ],
        (
            "which of 2 Auto Scaling groups (eks-workers-1, eks-workers-2) is that of aws_eks_node_group.workers "
            "is not known: none is compared"
        ),
    ),
    "types of their own templates": (
        WORKERS,
        [
            {
                "AutoScalingGroups": [
                    {
                        **auto_scaling("m7g.2xlarge")["AutoScalingGroups"][0],
                        "MixedInstancesPolicy": {
                            "LaunchTemplate": {
                                "Overrides": [
                                    {
                                        "InstanceType": "m7g.2xlarge",
                                        "LaunchTemplateSpecification": {"LaunchTemplateId": "lt-2"},
                                    }
                                ]
                            }
                        },
                    }
                ]
            }
        ],
        (
            "the max pods that aws_eks_node_group.workers is launched with are not compared: "
            "instance types of eks-workers-1 have launch templates of their own"
        ),
    ),
}


@pytest.mark.parametrize("case", UNCOMPARED)
def test_what_is_known_on_one_side_only_is_said(case: str, tmp_path: Path) -> None:
    text, answers, reason = UNCOMPARED[case]
    assert judged(tmp_path, text, *answers, code="PR118") == []
    (notice,) = shown(tmp_path, text, *answers)["notices"]
    assert notice["message"] == reason


# --- user data -------------------------------------------------------------------------------------

BOOTSTRAP = "#!/bin/bash\n/etc/eks/bootstrap.sh main --use-max-pods false --kubelet-extra-args '--max-pods={}'\n"
NODEADM = (
    'MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary="//"\n\n--//\n'
    "Content-Type: application/node.eks.aws\n\n"
    "apiVersion: node.eks.aws/v1alpha1\nkind: NodeConfig\nspec:\n  kubelet:\n    config:\n      maxPods: {}\n\n--//--\n"
)
BOTTLEROCKET = '[settings.kubernetes]\ncluster-name = "main"\nmax-pods = {}\n'
BY_AMAZON_EKS = (
    'MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary="//"\n\n--//\n'
    'Content-Type: text/x-shellscript; charset="us-ascii"\n#!/bin/bash\nset -ex\nB64_CLUSTER_CA=LS0tLS1\n'
    "API_SERVER_URL=https://0A1B2C.gr7.eu-west-1.eks.amazonaws.com\nK8S_CLUSTER_DNS_IP=10.100.0.10\n"
    "/etc/eks/bootstrap.sh main --kubelet-extra-args '--node-labels=eks.amazonaws.com/nodegroup=workers --max-pods={}' "
    "--b64-cluster-ca $B64_CLUSTER_CA --apiserver-endpoint $API_SERVER_URL --dns-cluster-ip $K8S_CLUSTER_DNS_IP "
    "--use-max-pods false\n\n--//--\n"
)
OF_FAMILY = {
    "AL2_ARM_64": BY_AMAZON_EKS,
    "AL2023_ARM_64_STANDARD": NODEADM,
    "BOTTLEROCKET_ARM_64": BOTTLEROCKET,
}
LAUNCHES = {"LaunchTemplateSpecification": {"LaunchTemplateId": "lt-1", "Version": "4"}}
LAUNCHED = auto_scaling("m7g.2xlarge", **LAUNCHES)


@pytest.mark.parametrize("family", OF_FAMILY)
@pytest.mark.parametrize(("live", "severity"), [(58, None), (110, "error"), (20, "info")])
def test_the_user_data_behind_a_managed_group_is_compared(
    family: str, live: int, severity: str | None, tmp_path: Path
) -> None:
    text = WORKERS.replace("AL2023_ARM_64_STANDARD", family)
    user_data = OF_FAMILY[family].format(live)
    found = judged(tmp_path, text, LAUNCHED, versions("m7g.2xlarge", user_data))
    if severity is None:
        assert found == []
        return
    (finding,) = found
    assert finding["message"] == (
        "the user data of the Auto Scaling group eks-workers-1 is not as declared: "
        f"kubelet declared 58 (Amazon EKS), live {live}: room 58 on m7g.2xlarge"
    )
    assert finding["severity"] == severity


@pytest.mark.parametrize(("live", "severity"), [(58, None), (110, "error"), (20, "warning")])
def test_the_user_data_of_a_self_managed_group_is_compared(live: int, severity: str | None, tmp_path: Path) -> None:
    template = {"LaunchTemplate": {"LaunchTemplateId": "lt-1", "Version": "$Latest"}}
    group = auto_scaling(name="w", node_group=None, **template)
    found = judged(tmp_path, OWN, group, versions("m7g.2xlarge", BOOTSTRAP.format(live)))
    assert [(one["severity"], one["evidence"]["declared_max_pods"], one["evidence"]["max_pods"]) for one in found] == (
        [] if severity is None else [(severity, 58, live)]
    )


OLD = """
resource "aws_launch_configuration" "nodes" {
  image_id      = "ami-0123456789abcdef0"
  instance_type = "m7g.2xlarge"
  user_data     = "#!/bin/bash\\n/etc/eks/bootstrap.sh main --kubelet-extra-args '--max-pods=58'\\n"
}
"""
WITH_CONFIGURATION = OLD + OWN.replace(
    "launch_template {\n    id = aws_launch_template.nodes.id\n  }",
    "launch_configuration = aws_launch_configuration.nodes.name",
)


def configurations(kind: str = "m7g.2xlarge", pods: int = 58, name: str = "nodes-1") -> dict[str, Any]:
    """Return what `aws autoscaling describe-launch-configurations` lists of one."""
    user_data = base64.b64encode(BOOTSTRAP.format(pods).encode()).decode()
    one = {"LaunchConfigurationName": name, "InstanceType": kind, "ImageId": "ami-1", "UserData": user_data}
    return {"LaunchConfigurations": [one]}


@pytest.mark.parametrize(
    ("listed", "expected"),
    [
        (configurations(), None),
        (configurations(pods=110), "kubelet declared 58 (--kubelet-extra-args --max-pods), live 110: room 58"),
        (configurations("m7g.large"), "declared m7g.2xlarge, live m7g.large: kubelet 58, room 29 on m7g.large"),
    ],
)
def test_a_launch_configuration_is_compared(listed: dict[str, Any], expected: str | None, tmp_path: Path) -> None:
    group = auto_scaling(name="w", node_group=None, LaunchConfigurationName="nodes-1")
    found = [one["message"] for one in judged(tmp_path, WITH_CONFIGURATION, group, listed)]
    assert len(found) == (expected is not None)
    assert all(message.endswith((f"{expected} on m7g.2xlarge", str(expected))) for message in found)


def test_what_to_list_is_said_of_a_launch_configuration(tmp_path: Path) -> None:
    group = auto_scaling(name="w", node_group=None, LaunchConfigurationName="nodes-1")
    told = [one["message"] for one in shown(tmp_path, WITH_CONFIGURATION, group)["notices"]]
    command = "aws autoscaling describe-launch-configurations --launch-configuration-names nodes-1"
    assert any(f"which is in no inventory: {command} lists it" in message for message in told)
    unused = shown(tmp_path, WITH_CONFIGURATION, group, configurations(name="b"))["notices"]
    reason = "no launch configuration that it lists (b) is known to be that of a listed group"
    assert any(reason in one["message"] for one in unused)


def test_an_image_of_another_family_is_read_as_what_it_is(tmp_path: Path) -> None:
    (finding,) = judged(tmp_path, WORKERS, LAUNCHED, versions("m7g.2xlarge", BOOTSTRAP.format(110)))
    assert "declared 58 (Amazon EKS), live 110" in finding["message"]


@pytest.mark.parametrize(("declared", "live", "found"), [(20, 20, 0), (20, 110, 1), (110, 20, 1)])
def test_a_launch_template_that_amazon_eks_adds_to_is_compared(
    declared: int, live: int, found: int, tmp_path: Path
) -> None:
    template = (
        'resource "aws_launch_template" "own" {\n  user_data = base64encode(<<-EOT\n'
        + BOTTLEROCKET.format(declared)
        + "  EOT\n  )\n}\n"
    )
    block = "launch_template {\n    id      = aws_launch_template.own.id\n    version = 1\n  }\n  scaling_config"
    text = template + WORKERS.replace("AL2023_ARM_64_STANDARD", "BOTTLEROCKET_ARM_64").replace("scaling_config", block)
    answer = described(instanceTypes=["m7g.2xlarge"], launchTemplate={"id": "lt-1", "version": "4"})
    told = judged(tmp_path, text, answer, versions("m7g.2xlarge", BOTTLEROCKET.format(live)))
    assert len(told) == found
    for one in told:
        assert one["message"].startswith("the user data of the node group workers is not as declared: kubelet declared")
        assert f"declared {declared} (settings.kubernetes.max-pods), live {live}" in one["message"]


def with_template(user_data: str, *types: str) -> str:
    """Return the managed group with a launch template of its own, which names no image."""
    template = (
        f'resource "aws_launch_template" "own" {{\n  user_data = base64encode(<<-EOT\n{user_data}  EOT\n  )\n}}\n'
    )
    block = "launch_template {\n    id      = aws_launch_template.own.id\n    version = 1\n  }\n  scaling_config"
    listed = ", ".join(f'"{one}"' for one in types)
    return template + WORKERS.replace("scaling_config", block).replace('"m7g.2xlarge"', listed)


def test_the_type_that_is_worst_off_is_told_at_the_number_that_is_declared(tmp_path: Path) -> None:
    text = with_template(NODEADM.format(30), "m7g.2xlarge", "m7g.large")
    group = auto_scaling("m7g.2xlarge", "m7g.large", **LAUNCHES)
    (finding,) = judged(tmp_path, text, group, versions("m7g.2xlarge", NODEADM.format(40)))
    assert "kubelet declared 30 (" in finding["message"]
    assert finding["message"].endswith("live 40: room 29 on m7g.large")
    assert (finding["severity"], finding["line"]) == ("error", text[: text.index("maxPods")].count("\n") + 1)


@pytest.mark.parametrize("own_image", [False, True])
def test_amazon_eks_adds_its_number_unless_an_image_is_launched(tmp_path: Path, *, own_image: bool) -> None:
    answer = described(instanceTypes=["m7g.2xlarge"], launchTemplate={"id": "lt-1", "version": "4"})
    launched = versions("m7g.2xlarge", NODEADM.format(20))
    if not own_image:
        del launched["LaunchTemplateVersions"][0]["LaunchTemplateData"]["ImageId"]
    assert len(judged(tmp_path, WORKERS, answer, launched)) == own_image


TWO_SYSTEMS = NODEADM.format(20).replace(
    "\n--//\n", f"\n--//\nContent-Type: text/x-shellscript\n\n{BOOTSTRAP.format(40)}\n--//\n", 1
)


def test_user_data_for_two_systems_tells_no_other_image(tmp_path: Path) -> None:
    bottlerocket = WORKERS.replace("AL2023_ARM_64_STANDARD", "BOTTLEROCKET_ARM_64")
    assert judged(tmp_path, bottlerocket, LAUNCHED, versions("m7g.2xlarge", TWO_SYSTEMS)) == []
    assert "live 20" in judged(tmp_path, WORKERS, LAUNCHED, versions("m7g.2xlarge", TWO_SYSTEMS))[0]["message"]


def test_user_data_tells_the_image_where_several_are_possible(tmp_path: Path) -> None:
    either = 'var.old == "" ? "AL2023_ARM_64_STANDARD" : "AL2_ARM_64"'
    text = 'variable "old" {}\n' + WORKERS.replace('"AL2023_ARM_64_STANDARD"', either)
    (finding,) = judged(tmp_path, text, LAUNCHED, versions("m7g.2xlarge", NODEADM.format(20)))
    assert "live 20" in finding["message"]


def test_bootstrap_sh_on_ubuntu_stays_that_of_ubuntu(tmp_path: Path) -> None:
    group = {"name": "workers", "instanceType": "m7g.2xlarge", "amiFamily": "Ubuntu2204", "maxPodsPerNode": 40}
    about = {"apiVersion": "eksctl.io/v1alpha5", "kind": "ClusterConfig", "metadata": {"name": "main", "region": "r"}}
    (tmp_path / "cluster.yaml").write_text(json.dumps({**about, "managedNodeGroups": [group]}), encoding="utf-8")
    launched = versions("m7g.2xlarge", "#!/bin/bash\n/etc/eks/bootstrap.sh main\n")
    result = podroom("check", "--format", "json", *files(tmp_path, "", [LAUNCHED, launched]))
    (undecided,) = (one for one in json.loads(result.stdout)["undecided"] if "PR116" in one["codes"])
    assert undecided["reason"] == "how many pods an image of Ubuntu tells kubelet is not known"


def test_other_types_that_amazon_eks_describes_are_told(tmp_path: Path) -> None:
    (finding,) = judged(tmp_path, WORKERS, described(instanceTypes=["m7g.large"]))
    assert finding["message"] == (
        "the node group workers is not as declared: declared m7g.2xlarge, live m7g.large: "
        "kubelet 58, room 29 on m7g.large"
    )
    assert finding["evidence"]["node_group"] == "workers"


def test_user_data_that_is_not_understood_leaves_max_pods_open(tmp_path: Path) -> None:
    odd = '#!/bin/bash\neval "$(aws s3 cp s3://bucket/bootstrap.sh -)"\n/etc/eks/bootstrap.sh main $ARGUMENTS\n'
    arguments = files(tmp_path, WORKERS, [LAUNCHED, versions("m7g.2xlarge", odd)])
    report = json.loads(podroom("check", "--format", "json", *arguments).stdout)
    assert not [one for one in report["findings"] if one["code"] == "PR116"]
    (undecided,) = (one for one in report["undecided"] if "PR116" in one["codes"])
    assert undecided["reason"] == "the user data of eks-1 is not understood as a whole"


def test_a_group_that_is_not_among_those_that_were_listed_is_told(tmp_path: Path) -> None:
    other = WORKERS[WORKERS.index('resource "aws_eks_node_group"') :].replace('"workers"', '"others"')
    listed = auto_scaling("m7g.2xlarge")
    (notice,) = shown(tmp_path, WORKERS + other, listed)["notices"]
    assert notice["message"].replace(f"{tmp_path}/", "") == (
        "aws_eks_node_group.others is not among the groups of listed-0.txt: it was not made yet, or somebody deleted it"
    )
    assert shown(tmp_path, WORKERS + other, {**listed, "NextToken": "x"})["notices"] == []
    perhaps = other.replace("cluster_name ", "count = var.count_of_others\n  cluster_name ")
    assert shown(tmp_path, f'variable "count_of_others" {{}}\n{WORKERS}{perhaps}', listed)["notices"] == []


def test_what_autoscalers_and_lists_of_other_groups_do_is_no_change(tmp_path: Path) -> None:
    other = {**subnet(1), "SubnetId": "subnet-7"}
    answers = [sized(1, 3, 3, "subnet-1,subnet-2"), {"Subnets": [*SUBNETS["Subnets"], other]}]
    assert judged(tmp_path, WORKERS, *answers, code="PR118") == []
    assert shown(tmp_path, WORKERS, *answers)["notices"] == []


# --- instances of other types than are launched ----------------------------------------------------


def running(*kinds: str, launched: str = "m7g.2xlarge", state: str = "InService") -> dict[str, Any]:
    """Return the group of the managed node group `workers` with instances of some types."""
    group = auto_scaling(launched)
    instances = [
        {"InstanceId": f"i-{at}", "InstanceType": kind, "LifecycleState": state} for at, kind in enumerate(kinds)
    ]
    group["AutoScalingGroups"][0]["Instances"] = instances
    return group


def reservation(kind: str, identity: str) -> dict[str, Any]:
    """Return what `aws ec2 describe-instances` lists of an instance of that group."""
    tags = [{"Key": "aws:autoscaling:groupName", "Value": "eks-workers-1"}]
    one = {"InstanceId": identity, "InstanceType": kind, "State": {"Name": "running"}, "Tags": tags}
    return {"Reservations": [{"Instances": [one]}]}


TOLD = "(m7g.2xlarge): with the max pods that are declared, 58 (Amazon EKS)"
LEFT: dict[str, tuple[list[dict[str, Any]], list[str]]] = {
    "those that are launched": ([running("m7g.2xlarge")], []),
    "a type with less room": (
        [running("m7g.large", "m7g.2xlarge", "m7g.large")],
        [
            "2 running instances of the Auto Scaling group eks-workers-1 are of type m7g.large, which",
            f"no more {TOLD}, they have",
        ],
    ),
    "two types with less room": (
        [running("m7g.large", "t4g.small")],
        [
            f"1 running instance of the Auto Scaling group eks-workers-1 is of type {kind}"
            for kind in ("m7g.large", "t4g")
        ],
    ),
    "a type with more room": ([running("m7g.16xlarge")], []),
    "one that is on its way out": ([running("m7g.large", state="Terminating")], []),
    "the type that is declared, where another is launched": ([running("m7g.2xlarge", launched="m7g.4xlarge")], []),
    "the type that is launched, where another is declared": ([running("m7g.large", launched="m7g.large")], []),
    "neither of them": (
        [running("m7g.large", launched="m7g.4xlarge")],
        ["which it launches no more (m7g.4xlarge): with the max pods that are declared, 58"],
    ),
    "one of which kubectl tells more": (
        [running("m7g.large"), {"kind": "List", "items": [NODE]}],
        ["1 running node of type m7g.large allows 40 pods, but has room for 29: ip-1"],
    ),
    "one that another list tells": (
        [running("m7g.2xlarge"), reservation("m7g.large", "i-9")],
        ["1 running instance of the Auto Scaling group eks-workers-1 is of type m7g.large"],
    ),
    "one that two lists tell": (
        [running("m7g.large"), reservation("m7g.large", "i-0")],
        ["1 running instance of the Auto Scaling group eks-workers-1 is of type m7g.large"],
    ),
}


@pytest.mark.parametrize("case", LEFT)
def test_instances_from_before_a_change_live_on_with_less_room(case: str, tmp_path: Path) -> None:
    answers, expected = LEFT[case]
    found = judged(tmp_path, WORKERS, *answers, code="PR121")
    assert len(found) == bool(expected)
    for finding in found:
        assert all(words in finding["message"] for words in expected)
        assert finding["severity"] == ("error" if "running node" in expected[0] else "warning")
        assert finding["address"] == "aws_eks_node_group.workers"


OTHER_CLUSTER = CLUSTER.replace('"main"', '"other"')
PREFIXES = add_on('ENABLE_PREFIX_DELEGATION = "true"')
DECLARED = {
    "no more than there is room for": (with_template(NODEADM.format(29), "m7g.2xlarge"), []),
    "one more": (
        with_template(NODEADM.format(30), "m7g.2xlarge"),
        ["30 (NodeConfig spec.kubelet.config.maxPods), it has room for 29"],
    ),
    "Windows": (WORKERS.replace("AL2023_ARM_64_STANDARD", "WINDOWS_CORE_2022_x86_64"), []),
    "a cluster with prefixes, and another without them": (WORKERS + PREFIXES + OTHER_CLUSTER, []),
    "a cluster without prefixes, and another with them": (
        WORKERS + OTHER_CLUSTER + PREFIXES.replace(".main.", ".other."),
        ["58 (Amazon EKS), it has room for 29"],
    ),
}


@pytest.mark.parametrize("case", DECLARED)
def test_instances_from_before_a_change_have_what_is_declared_of_their_group(case: str, tmp_path: Path) -> None:
    text, expected = DECLARED[case]
    found = judged(tmp_path, text, running("m7g.large"), code="PR121")
    assert [one["message"].rpartition("declared, ")[2] for one in found] == expected


def test_instances_of_a_type_that_nobody_knows_leave_their_room_open(tmp_path: Path) -> None:
    _, _, undecided = told_of(tmp_path, running("m99.large"))
    assert any("m99.large" in one["reason"] and "PR121" in one["codes"] for one in undecided)


def told_of(folder: Path, *answers: object) -> tuple[list[Any], list[Any], list[Any]]:
    """Return the findings, notices and undecided judgements of the managed node group."""
    report = json.loads(podroom("check", "--format", "json", *files(folder, WORKERS, answers)).stdout)
    return report["findings"], report["notices"], report["undecided"]
