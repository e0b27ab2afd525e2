resource "aws_eks_cluster" "main" {
  name     = "storefront"
  version  = "1.34"
  role_arn = aws_iam_role.cluster.arn

  vpc_config {
    subnet_ids = aws_subnet.private.*.id
  }

  depends_on = [aws_iam_role_policy_attachment.cluster]
}

locals {
  cni_environment = {
    MINIMUM_IP_TARGET = "10" # expect: PR301
  }
}

resource "aws_eks_addon" "vpc_cni" {
  cluster_name         = aws_eks_cluster.main.name
  addon_name           = "vpc-cni"
  addon_version        = "v1.20.4-eksbuild.1"
  configuration_values = jsonencode({ env = local.cni_environment })
}
