resource "aws_eks_cluster" "main" {
  name = "main"
  vpc_config {
    subnet_ids = []
  }
}

resource "aws_eks_addon" "vpc_cni" {
  cluster_name = aws_eks_cluster.main.name
  addon_name   = "vpc-cni"
  configuration_values = jsonencode({
    env = {
      ENABLE_PREFIX_DELEGATION = "true" # expect: PR806, PR806, PR806, PR806
    }
  })
}
