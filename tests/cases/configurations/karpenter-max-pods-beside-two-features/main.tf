resource "aws_vpc" "v" { cidr_block = "10.0.0.0/16" }
resource "aws_subnet" "a" {
  vpc_id = aws_vpc.v.id
  cidr_block = "10.0.0.0/19"
  availability_zone = "eu-west-1a"
  tags = { "karpenter.sh/discovery" = "c1" }
}
resource "aws_eks_cluster" "c" {
  name = "c1"
  role_arn = "arn:aws:iam::1:role/x"
  vpc_config { subnet_ids = [aws_subnet.a.id] }
}
resource "aws_eks_addon" "cni" {
  cluster_name = aws_eks_cluster.c.name
  addon_name = "vpc-cni"
  addon_version="v1.20.4-eksbuild.1"
  configuration_values = jsonencode({env={ENABLE_POD_ENI="true",AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG="true",ENI_CONFIG_LABEL_DEF="topology.kubernetes.io/zone"}})
  
}
