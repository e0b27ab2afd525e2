variable "env" {}

resource "aws_vpc" "this" { cidr_block = "10.0.0.0/16" }

resource "aws_subnet" "this" {
  count             = 2
  vpc_id            = aws_vpc.this.id
  cidr_block        = cidrsubnet(aws_vpc.this.cidr_block, 8, count.index) # expect: PR201
  availability_zone = "eu-west-1${["a", "b"][count.index]}"
}

resource "aws_eks_cluster" "this" {
  name     = "room"
  role_arn = "arn:aws:iam::111122223333:role/cluster"
  vpc_config { subnet_ids = aws_subnet.this[*].id }
}

resource "aws_eks_node_group" "known" {
  cluster_name    = aws_eks_cluster.this.name
  node_group_name = "known"
  node_role_arn   = "arn:aws:iam::111122223333:role/nodes"
  subnet_ids      = aws_subnet.this[*].id
  instance_types  = ["m5.large"]
  scaling_config {
    min_size     = 1
    desired_size = 1
    max_size     = 100
  }
}

resource "aws_eks_node_group" "unknown" {
  cluster_name    = aws_eks_cluster.this.name
  node_group_name = "unknown"
  node_role_arn   = "arn:aws:iam::111122223333:role/nodes"
  subnet_ids      = aws_subnet.this[*].id
  instance_types  = [{ dev = "t3.large", prod = "m5.large" }[var.env]]
  scaling_config {
    min_size     = 1
    desired_size = 1
    max_size     = 100
  }
}
