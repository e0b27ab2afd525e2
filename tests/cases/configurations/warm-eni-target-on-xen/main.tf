# m4.* has no prefixes: there WARM_ENI_TARGET counts.
resource "aws_eks_addon" "vpc_cni" {
  cluster_name = "main"
  addon_name   = "vpc-cni"
  configuration_values = jsonencode({
    env = {
      ENABLE_PREFIX_DELEGATION = "true"
      WARM_ENI_TARGET          = "2"
    }
  })
}

resource "aws_eks_node_group" "old" {
  cluster_name    = "main"
  node_group_name = "old"
  node_role_arn   = "arn:aws:iam::111122223333:role/nodes"
  subnet_ids      = ["subnet-0aaaaaaaaaaaaaaaa"]
  instance_types  = ["m4.large"] # expect: PR403
  scaling_config {
    min_size     = 1
    desired_size = 1
    max_size     = 3
  }
}
