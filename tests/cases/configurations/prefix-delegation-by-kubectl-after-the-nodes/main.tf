resource "aws_eks_cluster" "c" {
  name = "c"
  version = "1.33"
  role_arn = "arn:aws:iam::111122223333:role/c"
  vpc_config { subnet_ids = ["subnet-1", "subnet-2"] }
}
resource "aws_eks_node_group" "ng" {
  cluster_name = aws_eks_cluster.c.name
  node_group_name = "w"
  node_role_arn = "arn:aws:iam::111122223333:role/n"
  subnet_ids = ["subnet-1"]
  instance_types = ["m5.large"]
  scaling_config {
    min_size = 1
    max_size = 3
    desired_size = 1
  }
}
resource "null_resource" "cni" {
  depends_on = [aws_eks_node_group.ng]
  provisioner "local-exec" {
    command = "kubectl set env daemonset aws-node -n kube-system ENABLE_PREFIX_DELEGATION=true" # expect: PR402
  }
}
