variable "cni_version" {
  type = string
}

resource "aws_eks_addon" "vpc_cni" {
  cluster_name         = "open"
  addon_name           = "vpc-cni"
  addon_version        = var.cni_version
  configuration_values = jsonencode({ env = { ENABLE_SUBNET_DISCOVERY = "false" } })
}
