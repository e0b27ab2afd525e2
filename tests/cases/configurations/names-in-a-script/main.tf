resource "aws_eks_addon" "vpc_cni" {
  cluster_name = "script"
  addon_name   = "vpc-cni"
}
