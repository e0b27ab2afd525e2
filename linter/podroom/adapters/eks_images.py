"""The stock images that terraform-aws-modules/eks/aws looks up for nodes of its own."""

from __future__ import annotations

STOCK_IMAGE_BY_NAME = "data.aws_ami.eks_default[0].image_id"
STOCK_IMAGE_BY_TYPE = "data.aws_ssm_parameter.ami[0].value"


def image_by_type(version: str) -> str:
    """Return the parameter that holds the image of an AMI type; `version` is the HCL of the Kubernetes version."""
    return _PARAMETER.replace("VERSION", version)


# The paths of the public parameters: https://docs.aws.amazon.com/eks/latest/userguide/retrieve-ami-id.html
_PARAMETER = """
locals {
  image_families = {
    AL2          = "/aws/service/eks/optimized-ami/${local.image_version}/amazon-linux-2/recommended/image_id"
    AL2023       = "/aws/service/eks/optimized-ami/${local.image_version}/amazon-linux-2023/recommended/image_id"
    BOTTLEROCKET = "/aws/service/bottlerocket/aws-k8s-${local.image_version}/latest/image_id"
    WINDOWS      = "/aws/service/ami-windows-latest/EKS_Optimized-${local.image_version}/image_id"
  }
  image_version = VERSION == null ? "" : VERSION
}

data "aws_ssm_parameter" "ami" {
  count = var.create ? 1 : 0

  name = local.image_families[split("_", var.ami_type)[0]]
}
"""
