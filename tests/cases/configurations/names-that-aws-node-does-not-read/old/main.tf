# Until 1.13.2 it had a meaning.
resource "aws_eks_addon" "vpc_cni" {
  cluster_name         = "old"
  addon_name           = "vpc-cni"
  addon_version        = "v1.12.6-eksbuild.2"
  configuration_values = jsonencode({ env = { ENABLE_NFTABLES = "true" } })
}
