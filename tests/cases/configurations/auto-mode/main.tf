# EKS Auto Mode: AWS runs the nodes, and there is no aws-node.
resource "aws_eks_cluster" "main" {
  name                          = "main"
  role_arn                      = "arn:aws:iam::111122223333:role/cluster"
  bootstrap_self_managed_addons = false
  compute_config {
    enabled    = true
    node_pools = ["general-purpose"]
  }
  vpc_config {
    subnet_ids = ["subnet-0aaaaaaaaaaaaaaaa", "subnet-0bbbbbbbbbbbbbbbb"]
  }
}
