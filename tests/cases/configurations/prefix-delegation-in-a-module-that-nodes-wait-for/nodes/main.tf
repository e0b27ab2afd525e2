variable "cluster" {
  type = string
}

resource "aws_eks_node_group" "this" {
  cluster_name    = var.cluster
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
