# Its name begins with that of the CNI's DaemonSet, and it has nothing to do with it.
resource "helm_release" "aws_node_termination_handler" {
  name      = "aws-node-termination-handler"
  chart     = "aws-node-termination-handler"
  namespace = "kube-system"
}

resource "aws_eks_node_group" "workers" {
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
