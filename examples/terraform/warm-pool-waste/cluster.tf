resource "aws_eks_cluster" "this" {
  name     = "analytics"
  version  = "1.33"
  role_arn = aws_iam_role.cluster.arn

  vpc_config {
    subnet_ids = aws_subnet.nodes[*].id
  }

  access_config {
    authentication_mode = "API"
  }

  depends_on = [aws_iam_role_policy_attachment.cluster]
}

locals {
  cni_defaults = {
    AWS_VPC_K8S_CNI_EXTERNALSNAT = "true"
    WARM_ENI_TARGET              = "1" # expect: PR203
  }
}

resource "aws_eks_addon" "vpc_cni" {
  cluster_name  = aws_eks_cluster.this.name
  addon_name    = "vpc-cni"
  addon_version = "v1.20.4-eksbuild.1"

  configuration_values = jsonencode({
    env = merge(local.cni_defaults, { AWS_VPC_K8S_CNI_LOGLEVEL = "INFO" })
  })
}
