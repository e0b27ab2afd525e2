resource "aws_eks_addon" "cni" {
  cluster_name = "main"
  addon_name   = "vpc-cni"
  configuration_values = jsonencode({
    env = {
      ENABLE_PREFIX_DELEGATION = "true"
      MINIMUM_IP_TARGET        = "20" # expect: PR301
    }
  })
}

resource "aws_eks_node_group" "workers" {
  depends_on      = [aws_eks_addon.cni]
  cluster_name    = "main"
  node_group_name = "workers"
  node_role_arn   = "arn:aws:iam::111122223333:role/nodes"
  subnet_ids      = ["subnet-0aaaaaaaaaaaaaaaa"]
  instance_types  = ["m5.large"]
  scaling_config {
    min_size     = 1
    desired_size = 1
    max_size     = 3
  }
}
