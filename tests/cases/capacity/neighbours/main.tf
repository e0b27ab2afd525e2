resource "aws_vpc" "main" {
  cidr_block = "10.0.0.0/16"
}

variable "unknown" {}

resource "aws_subnet" "a" {
  vpc_id            = aws_vpc.main.id
  availability_zone = "eu-west-1a"
  cidr_block        = "10.0.0.0/24"
  tags              = { "kubernetes.io/role/elb" = var.unknown }
}

resource "aws_subnet" "b" {
  vpc_id            = aws_vpc.main.id
  availability_zone = "eu-west-1b"
  cidr_block        = "10.0.1.0/24"
}

resource "aws_eks_cluster" "main" {
  name     = "main"
  role_arn = "arn:aws:iam::111122223333:role/cluster"
  compute_config {
    enabled = var.unknown
  }
  vpc_config {
    subnet_ids = [aws_subnet.a.id, var.unknown]
  }
}

resource "aws_eks_node_group" "web" {
  cluster_name   = aws_eks_cluster.main.name
  node_role_arn  = "arn:aws:iam::111122223333:role/nodes"
  subnet_ids     = [aws_subnet.a.id, aws_subnet.b.id]
  instance_types = ["m5.large"]
  scaling_config {
    min_size     = 1
    desired_size = 2
    max_size     = 4
  }
}

resource "aws_eks_fargate_profile" "batch" {
  cluster_name           = aws_eks_cluster.main.name
  fargate_profile_name   = "batch"
  pod_execution_role_arn = "arn:aws:iam::111122223333:role/pods"
  subnet_ids             = [aws_subnet.b.id]
  selector {
    namespace = "batch"
  }
}

resource "aws_nat_gateway" "out" {
  subnet_id     = aws_subnet.a.id
  allocation_id = "eipalloc-1"
}

resource "aws_nat_gateway" "maybe" {
  count         = var.unknown
  subnet_id     = aws_subnet.a.id
  allocation_id = "eipalloc-2"
}

resource "aws_vpc_endpoint" "ec2" {
  vpc_id            = aws_vpc.main.id
  service_name      = "com.amazonaws.eu-west-1.ec2"
  vpc_endpoint_type = "Interface"
  subnet_ids        = [aws_subnet.a.id, aws_subnet.b.id]
}

resource "aws_lb" "network" {
  internal           = true
  load_balancer_type = "network"
  subnets            = [aws_subnet.b.id]
}

resource "aws_lb" "application" {
  internal           = true
  load_balancer_type = "application"
  subnets            = [aws_subnet.b.id]
}

resource "aws_lb" "either" {
  internal           = true
  load_balancer_type = var.unknown
  subnets            = [aws_subnet.a.id]
}
