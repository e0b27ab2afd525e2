resource "aws_eks_node_group" "nodes" {
  cluster_name    = "main"
  node_group_name = "nodes"
  node_role_arn   = "arn:aws:iam::111122223333:role/nodes"
  subnet_ids      = ["subnet-0aaaaaaaaaaaaaaaa"]
  instance_types  = ["m5.lrage"]
  scaling_config {
    min_size     = 1
    desired_size = 1
    max_size     = 3
  }
}
