resource "aws_vpc" "main" {
  cidr_block = "10.0.0.0/16"
}

resource "aws_subnet" "nodes" {
  for_each          = { a = "10.0.0.0/20", b = "10.0.16.0/20" }
  vpc_id            = aws_vpc.main.id
  availability_zone = "eu-west-1${each.key}"
  cidr_block        = each.value
}

resource "aws_subnet" "more" {
  vpc_id            = aws_vpc.main.id
  availability_zone = "eu-west-1a"
  cidr_block        = "10.0.32.0/20"
  tags              = { "kubernetes.io/role/cni" = "1" }
}

resource "aws_eks_cluster" "main" {
  name     = "main"
  role_arn = "arn:aws:iam::111122223333:role/cluster"
  vpc_config {
    subnet_ids = [for subnet in aws_subnet.nodes : subnet.id]
  }
}

resource "aws_eks_node_group" "workers" {
  cluster_name    = aws_eks_cluster.main.name
  node_group_name = "workers"
  node_role_arn   = "arn:aws:iam::111122223333:role/nodes"
  subnet_ids      = [for subnet in aws_subnet.nodes : subnet.id]
  instance_types  = ["m5.large"]
  scaling_config {
    min_size     = 1
    desired_size = 2
    max_size     = 6
  }
}

resource "aws_eks_fargate_profile" "batch" {
  cluster_name           = aws_eks_cluster.main.name
  fargate_profile_name   = "batch"
  pod_execution_role_arn = "arn:aws:iam::111122223333:role/pods"
  subnet_ids             = [aws_subnet.nodes["b"].id]
  selector {
    namespace = "batch"
  }
}

resource "aws_nat_gateway" "out" {
  subnet_id     = aws_subnet.nodes["a"].id
  allocation_id = "eipalloc-0123456789abcdef0"
}

resource "aws_vpc_endpoint" "ec2" {
  vpc_id            = aws_vpc.main.id
  service_name      = "com.amazonaws.eu-west-1.ec2"
  vpc_endpoint_type = "Interface"
  subnet_ids        = [for subnet in aws_subnet.nodes : subnet.id]
}

resource "aws_lb" "front" {
  internal           = true
  load_balancer_type = "network"
  subnets            = [aws_subnet.nodes["a"].id]
}
