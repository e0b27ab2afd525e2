resource "aws_eks_cluster" "c" {
  name = "c"
  version = "1.33"
  role_arn = "arn:aws:iam::111122223333:role/c"
  vpc_config { subnet_ids = ["subnet-1","subnet-2"] }
}
resource "aws_eks_node_group" "ng" {
  cluster_name = aws_eks_cluster.c.name
  node_group_name = "w"
  node_role_arn = "arn:aws:iam::111122223333:role/n"
  subnet_ids = ["subnet-1"]
  instance_types = ["m5.large"]
  scaling_config {
    min_size = 1
    max_size = 4
    desired_size = 1
  }
}
resource "helm_release" "cni" {
  name = "aws-vpc-cni"
  repository = "https://aws.github.io/eks-charts"
  chart = "aws-vpc-cni"
  version = "1.20.4"
  namespace = "kube-system"
  set {
    name = "env.ENABLE_PREFIX_DELEGATION"
    value = "true" # expect: PR402
    type = "string"
  }
  depends_on = [aws_eks_node_group.ng]
}
