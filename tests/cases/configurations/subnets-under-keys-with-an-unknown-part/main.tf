variable "env" {}

resource "aws_vpc" "this" { cidr_block = "10.0.0.0/16" }

resource "aws_subnet" "this" {
  for_each          = { "${var.env}-a" = { at = 0, zone = "a" }, "${var.env}-b" = { at = 1, zone = "b" } }
  vpc_id            = aws_vpc.this.id
  cidr_block        = cidrsubnet(aws_vpc.this.cidr_block, 8, each.value.at) # expect: PR201
  availability_zone = "eu-west-1${each.value.zone}"
}

resource "aws_eks_cluster" "this" {
  name     = "room"
  role_arn = "arn:aws:iam::111122223333:role/cluster"
  vpc_config { subnet_ids = values(aws_subnet.this)[*].id }
}

resource "aws_eks_node_group" "this" {
  cluster_name    = aws_eks_cluster.this.name
  node_group_name = "room"
  node_role_arn   = "arn:aws:iam::111122223333:role/nodes"
  subnet_ids      = [aws_subnet.this["${var.env}-a"].id, aws_subnet.this["${var.env}-b"].id]
  instance_types  = ["m5.large"]
  scaling_config {
    min_size     = 1
    desired_size = 1
    max_size     = 300
  }
}
