resource "aws_eks_node_group" "nodes" {
  cluster_name   = aws_eks_cluster.main.name
  node_role_arn  = "arn:aws:iam::111122223333:role/node"
  subnet_ids     = values(aws_subnet.nodes)[*].id
  ami_type       = "AL2023_x86_64_STANDARD"
  instance_types = ["m5.large"]

  scaling_config {
    min_size     = 3
    desired_size = 3
    max_size     = 6
  }

  depends_on = [aws_eks_addon.vpc_cni]
}
