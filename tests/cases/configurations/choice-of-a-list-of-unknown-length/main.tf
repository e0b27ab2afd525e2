variable "cidrs" { type = list(string) }
variable "zones" { type = number }
variable "private" { default = true }
variable "blocks" {}

resource "aws_vpc" "this" { cidr_block = "10.0.0.0/16" }

resource "aws_subnet" "private" {
  count             = length(var.cidrs)
  vpc_id            = aws_vpc.this.id
  cidr_block        = "10.0.0.0/24"
  availability_zone = "eu-west-1a"
}

resource "aws_subnet" "more" {
  count             = var.zones
  vpc_id            = aws_vpc.this.id
  cidr_block        = cidrsubnet(aws_vpc.this.cidr_block, 8, 50 + count.index)
  availability_zone = "eu-west-1a"
}

resource "aws_subnet" "public" {
  count             = 2
  vpc_id            = aws_vpc.this.id
  cidr_block        = cidrsubnet(aws_vpc.this.cidr_block, 8, 100 + count.index)
  availability_zone = "eu-west-1${["a", "b"][count.index]}"
}

resource "aws_eks_cluster" "this" {
  name     = "room"
  role_arn = "arn:aws:iam::111122223333:role/cluster"
  vpc_config { subnet_ids = aws_subnet.public[*].id }
}

resource "aws_eks_node_group" "tuple" {
  cluster_name    = aws_eks_cluster.this.name
  node_group_name = "tuple"
  node_role_arn   = "arn:aws:iam::111122223333:role/nodes"
  subnet_ids      = var.private ? aws_subnet.private[*].id : aws_subnet.public[*].id
  instance_types  = ["m5.large"]
  scaling_config {
    min_size     = 1
    desired_size = 1
    max_size     = 30
  }
}

resource "aws_eks_node_group" "empty" {
  cluster_name    = aws_eks_cluster.this.name
  node_group_name = "empty"
  node_role_arn   = "arn:aws:iam::111122223333:role/nodes"
  subnet_ids      = var.private ? [for subnet in aws_subnet.more : subnet.id] : []
  instance_types  = ["m5.large"]
  scaling_config {
    min_size     = 1
    desired_size = 1
    max_size     = 300
  }
}

module "vpc" {
  source          = "terraform-aws-modules/vpc/aws"
  version         = "5.21.0"
  cidr            = "10.1.0.0/16"
  azs             = ["eu-west-1a", "eu-west-1b"]
  private_subnets = var.blocks
}

module "eks" {
  source                  = "terraform-aws-modules/eks/aws"
  version                 = "20.37.2"
  cluster_name            = "room"
  subnet_ids              = var.private ? module.vpc.private_subnets : module.vpc.public_subnets
  eks_managed_node_groups = { a = { instance_types = ["m5.large"], max_size = 300 } }
}
