resource "aws_subnet" "n" {
  for_each = { "eu-west-1a" = "10.0.0.0/22", "eu-west-1b" = "10.0.4.0/22" }
  vpc_id = "vpc-1"
  cidr_block = each.value
  availability_zone = each.key
}
resource "aws_eks_cluster" "c" {
  name = "c"
  version = "1.31"
  role_arn = "arn:aws:iam::111122223333:role/c"
  vpc_config { subnet_ids = [for s in aws_subnet.n : s.id] }
}
resource "aws_eks_addon" "cni" {
  cluster_name = aws_eks_cluster.c.name
  addon_name = "vpc-cni"
  addon_version = "v1.20.4-eksbuild.1"
  configuration_values = jsonencode({ env = { AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG = "true", ENI_CONFIG_LABEL_DEF = "team/eniconfig", ENABLE_PREFIX_DELEGATION = "true" } })
}
resource "kubectl_manifest" "e" {
  for_each = toset(["blue", "green"])
  yaml_body = "apiVersion: crd.k8s.amazonaws.com/v1alpha1\nkind: ENIConfig\nmetadata: {name: ${each.key}}\nspec: {subnet: subnet-9}\n"
}
resource "aws_eks_node_group" "ng" {
  cluster_name = aws_eks_cluster.c.name
  node_group_name = "w"
  node_role_arn = "arn:aws:iam::111122223333:role/n"
  subnet_ids = [for s in aws_subnet.n : s.id]
  instance_types = ["m5.large"]
  labels = { "team/eniconfig" = "blue" }
  depends_on = [aws_eks_addon.cni]
  scaling_config {
    min_size = 1
    max_size = 4
    desired_size = 1
  }
}
resource "aws_eks_node_group" "ng2" {
  cluster_name = aws_eks_cluster.c.name
  node_group_name = "w2"
  node_role_arn = "arn:aws:iam::111122223333:role/n"
  subnet_ids = [for s in aws_subnet.n : s.id]
  instance_types = ["m5.large"]
  labels = { "team/eniconfig" = "red" } # expect: PR501
  depends_on = [aws_eks_addon.cni]
  scaling_config {
    min_size = 1
    max_size = 4
    desired_size = 1
  }
}
