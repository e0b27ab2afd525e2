from __future__ import annotations

import pytest

from podroom.catalog import documents
from podroom.catalog.ami_families import AMI_TYPES, AmiFamily, default_families, find_ami_type
from podroom.catalog.cni_variables import CNI_VARIABLES, CniContainer, VariableType, find_cni_variable


@pytest.mark.once("the oracle is another library")
def test_the_ami_types_are_those_of_the_eks_api():
    boto3 = pytest.importorskip("boto3")
    model = boto3.client("eks", region_name="us-east-1").meta.service_model
    known = set(model.shape_for("AMITypes").enum)
    assert known <= AMI_TYPES.keys()


def test_an_ami_type_tells_its_family_and_architecture():
    bottlerocket, windows = find_ami_type("BOTTLEROCKET_ARM_64_NVIDIA"), find_ami_type("WINDOWS_CORE_2022_x86_64")
    assert bottlerocket is not None
    assert windows is not None
    assert (bottlerocket.family, bottlerocket.architecture) == (AmiFamily.BOTTLEROCKET, "arm64")
    assert (windows.family, windows.architecture) == (AmiFamily.WINDOWS, "x86_64")
    for name, ami_type in AMI_TYPES.items():
        if ami_type.family is not None:
            assert name.startswith(f"{ami_type.family.name}_")
            assert ami_type.architecture in {"arm64", "x86_64"}
            assert ami_type.architecture.upper() in name.replace("ARM_64", "ARM64").upper()


def test_a_custom_ami_type_leaves_family_and_architecture_to_the_image():
    custom = find_ami_type("CUSTOM")
    assert custom is not None
    assert (custom.family, custom.architecture) == (None, None)
    assert find_ami_type("AL2_x86_65") is None


@pytest.mark.parametrize(
    ("kubernetes", "families"),
    [
        ("1.22", (AmiFamily.AL2,)),
        ("1.29", (AmiFamily.AL2,)),
        ("1.30", (AmiFamily.AL2023, AmiFamily.AL2)),
        ("1.32", (AmiFamily.AL2023, AmiFamily.AL2)),
        ("1.33", (AmiFamily.AL2023,)),
        ("latest", (AmiFamily.AL2023,)),
        ("newest", (AmiFamily.AL2023, AmiFamily.AL2)),
        (None, (AmiFamily.AL2023, AmiFamily.AL2)),
    ],
)
def test_the_version_of_kubernetes_tells_the_default_family(kubernetes: str | None, families: tuple[AmiFamily, ...]):
    assert default_families(kubernetes) == families


def test_the_defaults_of_a_cni_variable_tell_code_and_manifest_apart():
    target, family = find_cni_variable("WARM_PREFIX_TARGET"), find_cni_variable("ENABLE_IPv4")
    assert target is not None
    assert family is not None
    assert (target.code_default, target.default, target.since) == ("0", "1", (1, 9, 0))
    assert (family.code_default, family.default) == ("false", "true")
    assert find_cni_variable("ENABLE_IPV4") is None


def test_every_default_of_a_cni_variable_is_one_that_aws_node_can_read():
    for variable in CNI_VARIABLES.values():
        for default in (variable.code_default, variable.manifest_default):
            if default is not None and variable.type is VariableType.BOOL:
                assert default in {"true", "false"}
            if default is not None and variable.type is VariableType.INT:
                assert int(default) >= 0
        if variable.since and variable.no_effect_since:
            assert variable.since < variable.no_effect_since
    early_demux = CNI_VARIABLES["DISABLE_TCP_EARLY_DEMUX"]
    assert early_demux.container is CniContainer.INIT


def test_every_document_is_an_address():
    named = [value for name, value in vars(documents).items() if name.isupper() and not name.startswith("_")]
    assert len(named) == len(set(named)) > 20
    assert all(value.startswith("https://") for value in named)
