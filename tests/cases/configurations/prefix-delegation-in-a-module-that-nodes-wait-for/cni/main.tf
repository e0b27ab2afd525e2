variable "cluster" {
  type = string
}

resource "aws_eks_addon" "this" {
  cluster_name = var.cluster
  addon_name   = "vpc-cni"
  configuration_values = jsonencode({
    env = { ENABLE_PREFIX_DELEGATION = "true" }
  })
}

locals {
  configured = aws_eks_addon.this.cluster_name
}

output "ready_cluster" {
  value = local.configured
}
