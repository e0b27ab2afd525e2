locals {
  subnets = {
    "eu-west-1a" = "10.0.0.0/20"
    "eu-west-1b" = "10.0.16.0/20"
    "eu-west-1c" = "10.0.32.0/20"
  }
}

resource "aws_subnet" "nodes" {
  for_each          = local.subnets
  vpc_id            = "vpc-0aaaaaaaaaaaaaaaa"
  availability_zone = each.key
  cidr_block        = each.value
}

resource "aws_eks_cluster" "main" {
  name     = "main"
  role_arn = "arn:aws:iam::111122223333:role/cluster"
  vpc_config {
    subnet_ids = [aws_subnet.nodes["eu-west-1a"].id, aws_subnet.nodes["eu-west-1b"].id]
  }
}

resource "aws_eks_node_group" "workers" {
  cluster_name   = aws_eks_cluster.main.name
  node_role_arn  = "arn:aws:iam::111122223333:role/nodes"
  subnet_ids     = [for subnet in aws_subnet.nodes : subnet.id]
  instance_types = ["m5.large"]
  scaling_config {
    min_size     = 3
    desired_size = 6
    max_size     = 30
  }
}
