resource "aws_vpc" "main" {
  cidr_block = "10.0.0.0/16"
}

variable "unknown" {}

resource "aws_subnet" "a" {
  vpc_id            = aws_vpc.main.id
  availability_zone = "eu-west-1a"
  cidr_block        = "10.0.0.0/22"
}

resource "aws_subnet" "somewhere" {
  vpc_id     = aws_vpc.main.id
  cidr_block = "10.0.4.0/22"
}

resource "aws_subnet" "block" {
  vpc_id            = aws_vpc.main.id
  availability_zone = "eu-west-1b"
  cidr_block        = var.unknown
}

resource "aws_eks_cluster" "main" {
  name     = "main"
  role_arn = "arn:aws:iam::111122223333:role/cluster"
  vpc_config {
    subnet_ids = [aws_subnet.a.id, aws_subnet.somewhere.id, aws_subnet.block.id]
  }
}

resource "aws_eks_node_group" "everywhere" {
  cluster_name   = aws_eks_cluster.main.name
  node_role_arn  = "arn:aws:iam::111122223333:role/nodes"
  subnet_ids     = [aws_subnet.a.id, aws_subnet.somewhere.id, aws_subnet.block.id]
  instance_types = ["m5.large"]
  scaling_config {
    min_size     = 1
    desired_size = 5
    max_size     = 12
  }
}

resource "aws_eks_node_group" "unsized" {
  cluster_name   = aws_eks_cluster.main.name
  node_role_arn  = "arn:aws:iam::111122223333:role/nodes"
  subnet_ids     = [aws_subnet.a.id]
  instance_types = ["c5.large"]
  scaling_config {
    min_size     = 1
    desired_size = var.unknown
    max_size     = var.unknown == "large" ? 20 : 6
  }
  update_config {
    max_unavailable_percentage = var.unknown
  }
}
