resource "aws_eks_cluster" "main" {
  name     = "main"
  role_arn = "arn:aws:iam::111122223333:role/cluster"
  vpc_config {
    subnet_ids = ["subnet-0aaaaaaaaaaaaaaaa", "subnet-0bbbbbbbbbbbbbbbb"]
  }
}

resource "helm_release" "cni" {
  name      = "aws-vpc-cni"
  chart     = "aws-vpc-cni"
  namespace = "kube-system"
  version   = "1.19.6"
  set {
    name  = "env.ENABLE_PREFIX_DELEGATION"
    value = "true" # expect: PR402
  }

  depends_on = [aws_eks_node_group.early]
}

resource "aws_eks_node_group" "early" {
  cluster_name    = aws_eks_cluster.main.name
  node_group_name = "early"
  node_role_arn   = "arn:aws:iam::111122223333:role/nodes"
  subnet_ids      = ["subnet-0aaaaaaaaaaaaaaaa"]
  instance_types  = ["m5.large"]
  scaling_config {
    min_size     = 1
    desired_size = 1
    max_size     = 3
  }
}
