locals {
  zones = ["eu-west-1a", "eu-west-1b"]
  # blue runs without prefixes, green is to take its place
  env = { blue = {}, green = { ENABLE_PREFIX_DELEGATION = "true" } }
}

resource "aws_vpc" "main" {
  cidr_block = "10.0.0.0/16"
}

resource "aws_subnet" "shared" {
  for_each          = toset(local.zones)
  vpc_id            = aws_vpc.main.id
  availability_zone = each.key
  cidr_block        = cidrsubnet("10.0.0.0/16", 5, index(local.zones, each.key)) # expect: PR405
}

resource "aws_eks_cluster" "this" {
  for_each = local.env
  name     = each.key
  role_arn = "arn:aws:iam::111122223333:role/cluster"
  vpc_config {
    subnet_ids = values(aws_subnet.shared)[*].id
  }
}

resource "aws_eks_addon" "vpc_cni" {
  for_each             = local.env
  cluster_name         = aws_eks_cluster.this[each.key].name
  addon_name           = "vpc-cni"
  configuration_values = jsonencode({ env = each.value })
}

resource "aws_eks_node_group" "workers" {
  for_each        = local.env
  depends_on      = [aws_eks_addon.vpc_cni]
  cluster_name    = aws_eks_cluster.this[each.key].name
  node_group_name = "workers"
  node_role_arn   = "arn:aws:iam::111122223333:role/nodes"
  subnet_ids      = values(aws_subnet.shared)[*].id
  instance_types  = ["m5.large"]
  scaling_config {
    min_size     = 2
    desired_size = 2
    max_size     = 20
  }
}
