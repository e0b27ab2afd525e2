resource "aws_vpc" "v" { cidr_block = "10.0.0.0/16" }
resource "aws_subnet" "a" {
  vpc_id = aws_vpc.v.id
  cidr_block = "10.0.0.0/20"
  availability_zone = "eu-west-1a"
  tags = { "karpenter.sh/discovery" = "c1" }
}
resource "aws_subnet" "b" {
  vpc_id = aws_vpc.v.id
  cidr_block = "10.0.16.0/20"
  availability_zone = "eu-west-1b"
  tags = { "karpenter.sh/discovery" = "c1" }
}
resource "aws_eks_cluster" "c" {
  name = "c1"
  role_arn = "arn:aws:iam::1:role/x"
  vpc_config { subnet_ids = [aws_subnet.a.id, aws_subnet.b.id] }
}
resource "aws_eks_addon" "cni" {
  cluster_name = aws_eks_cluster.c.name
  addon_name = "vpc-cni"
  addon_version = "v1.20.4-eksbuild.1"
  configuration_values = jsonencode({ env = { AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG = "true", ENI_CONFIG_LABEL_DEF = "topology.kubernetes.io/zone" } }) # expect: PR502
}
resource "aws_eks_node_group" "n" {
  cluster_name = aws_eks_cluster.c.name
  node_role_arn = "x"
  subnet_ids = [aws_subnet.a.id, aws_subnet.b.id]
  instance_types = ["m5.large"]
  scaling_config {
   min_size = 1
   desired_size = 1
   max_size = 2
  }
}
resource "aws_subnet" "pa" {
  vpc_id = aws_vpc.v.id
  cidr_block = "100.64.0.0/20"
  availability_zone = "eu-west-1a"
}
resource "aws_subnet" "pb" {
  vpc_id = aws_vpc.v.id
  cidr_block = "100.64.16.0/20"
  availability_zone = "eu-west-1b"
}
resource "kubectl_manifest" "eni" {
  for_each = { eu-west-1a = aws_subnet.pb.id, eu-west-1b = aws_subnet.pa.id }  # expect: PR501, PR501
  yaml_body = yamlencode({
    apiVersion = "crd.k8s.amazonaws.com/v1alpha1"
    kind = "ENIConfig"
    metadata = { name = each.key }
    spec = { subnet = each.value, securityGroups = ["sg-1"] }
  })
}
