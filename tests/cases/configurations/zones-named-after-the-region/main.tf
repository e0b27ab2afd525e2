variable "region" {
  default = "eu-west-1"
}

provider "aws" {
  region = var.region
}

provider "aws" {
  alias  = "other"
  region = "us-east-1"
}

data "aws_region" "current" {}

resource "aws_subnet" "nodes" {
  for_each          = { for at, letter in ["a", "b"] : "${data.aws_region.current.name}${letter}" => at }
  vpc_id            = "vpc-0123456789abcdef0"
  availability_zone = each.key
  cidr_block        = cidrsubnet("10.0.0.0/16", 10, each.value) # expect: PR201
}

resource "aws_eks_node_group" "nodes" {
  cluster_name   = "main"
  node_role_arn  = "arn:aws:iam::111122223333:role/node"
  subnet_ids     = [for subnet in aws_subnet.nodes : subnet.id]
  instance_types = ["m5.large"]
  scaling_config {
    min_size     = 1
    desired_size = 1
    max_size     = 300
  }
}
