"""The families of node images, and which of them an EKS `ami_type` stands for."""

from __future__ import annotations

from enum import Enum

from podroom.catalog.documents import EKS_NODEGROUP_API
from podroom.records import dataclass


class AmiFamily(Enum):
    """The operating system of a node, which decides how kubelet learns its max pods."""

    AL2 = "Amazon Linux 2"
    AL2023 = "Amazon Linux 2023"
    BOTTLEROCKET = "Bottlerocket"
    WINDOWS = "Windows"
    UBUNTU = "Ubuntu"


_LONGEST_NUMBER = 10


@dataclass(frozen=True, slots=True)
class AmiType:
    """An EKS `ami_type`; `family` and `architecture` ("x86_64", "arm64") are None for CUSTOM: the image decides."""

    name: str
    family: AmiFamily | None
    architecture: str | None

    @property
    def source(self) -> str:
        """Return the document that lists the type."""
        return EKS_NODEGROUP_API


_NAMES = {
    AmiFamily.AL2: ("AL2_x86_64", "AL2_x86_64_GPU", "AL2_ARM_64"),
    AmiFamily.AL2023: (
        "AL2023_x86_64_STANDARD",
        "AL2023_ARM_64_STANDARD",
        "AL2023_x86_64_NEURON",
        "AL2023_x86_64_NVIDIA",
        "AL2023_ARM_64_NVIDIA",
    ),
    AmiFamily.BOTTLEROCKET: (
        "BOTTLEROCKET_x86_64",
        "BOTTLEROCKET_ARM_64",
        "BOTTLEROCKET_x86_64_FIPS",
        "BOTTLEROCKET_ARM_64_FIPS",
        "BOTTLEROCKET_x86_64_NVIDIA",
        "BOTTLEROCKET_ARM_64_NVIDIA",
        "BOTTLEROCKET_x86_64_NVIDIA_FIPS",
        "BOTTLEROCKET_ARM_64_NVIDIA_FIPS",
    ),
    AmiFamily.WINDOWS: (
        "WINDOWS_CORE_2019_x86_64",
        "WINDOWS_FULL_2019_x86_64",
        "WINDOWS_CORE_2022_x86_64",
        "WINDOWS_FULL_2022_x86_64",
        "WINDOWS_CORE_2025_x86_64",
        "WINDOWS_FULL_2025_x86_64",
    ),
    None: ("CUSTOM",),
}


def _architecture(name: str) -> str | None:
    if "_ARM_64" in name:
        return "arm64"
    return "x86_64" if "_x86_64" in name else None


AMI_TYPES = {name: AmiType(name, family, _architecture(name)) for family, names in _NAMES.items() for name in names}
"""Every `ami_type` of the EKS API by name (https://docs.aws.amazon.com/eks/latest/APIReference/API_Nodegroup.html)."""


_AL2023_IS_DEFAULT_FROM = (1, 30)
_WITHOUT_AL2_FROM = (1, 33)


def default_families(kubernetes: str | None) -> tuple[AmiFamily, ...]:
    """Return the families that Amazon EKS may choose for a managed node group without `ami_type`, likelier ones first.

    New groups get Amazon Linux 2023 from Kubernetes 1.30 on, older ones keep Amazon Linux 2, for which there are no
    images from 1.33 on.  `kubernetes` is a version ("1.31"), "latest", or None where it is not known.
    https://docs.aws.amazon.com/eks/latest/userguide/kubernetes-versions-extended.html (1.30; read 2026-11-21)
    https://docs.aws.amazon.com/eks/latest/userguide/eks-ami-deprecation-faqs.html
    """
    if kubernetes == "latest":
        return (AmiFamily.AL2023,)
    numbers = (kubernetes or "").split(".")
    if not all(number.isdecimal() and len(number) < _LONGEST_NUMBER for number in numbers):
        return (AmiFamily.AL2023, AmiFamily.AL2)
    minor = tuple(map(int, numbers))[:2]
    if minor < _AL2023_IS_DEFAULT_FROM:
        return (AmiFamily.AL2,)
    return (AmiFamily.AL2023,) if minor >= _WITHOUT_AL2_FROM else (AmiFamily.AL2023, AmiFamily.AL2)


def find_ami_type(name: str) -> AmiType | None:
    """Return the `ami_type` of exactly this name, or None if the EKS API has none."""
    return AMI_TYPES.get(name)
