variable "zones" {
  type    = list(string)
  default = ["eu-west-1a", "eu-west-1b"]
}

resource "aws_vpc" "main" {
  cidr_block = "10.0.0.0/16"
}

resource "aws_subnet" "nodes" {
  count             = 2
  vpc_id            = aws_vpc.main.id
  availability_zone = var.zones[count.index]
  cidr_block        = cidrsubnet("10.0.0.0/16", 11, count.index) # expect: PR201
}

# What the provider will find are the subnets above, with the zones and the blocks that are written there.
data "aws_subnet" "nodes" {
  for_each = { for at, id in aws_subnet.nodes[*].id : at => id }
  id       = each.value
}

locals {
  by_zone = { for found in data.aws_subnet.nodes : found.availability_zone => found.id }
}

resource "aws_eks_cluster" "main" {
  name     = "main"
  role_arn = "arn:aws:iam::123456789012:role/main"
  vpc_config {
    subnet_ids = aws_subnet.nodes[*].id
  }
}

resource "aws_eks_node_group" "nodes" {
  cluster_name   = aws_eks_cluster.main.name
  node_role_arn  = "arn:aws:iam::123456789012:role/nodes"
  instance_types = ["m5.xlarge"]
  subnet_ids     = [local.by_zone["eu-west-1b"]]
  scaling_config {
    min_size     = 1
    desired_size = 4
    max_size     = 10
  }
}
