resource "aws_vpc" "main" {
  cidr_block = "10.0.0.0/16"
}

resource "aws_subnet" "a" {
  vpc_id            = aws_vpc.main.id
  availability_zone = "eu-west-1a"
  cidr_block        = "10.0.0.0/24"
}

resource "aws_subnet" "b" {
  vpc_id            = aws_vpc.main.id
  availability_zone = "eu-west-1b"
  cidr_block        = "10.0.1.0/24"
}

resource "aws_eks_cluster" "few" {
  name     = "few"
  role_arn = "arn:aws:iam::111122223333:role/cluster"
  vpc_config {
    subnet_ids = [aws_subnet.a.id]
  }
}

resource "aws_eks_addon" "few" {
  cluster_name         = aws_eks_cluster.few.name
  addon_name           = "vpc-cni"
  configuration_values = jsonencode({ env = { MINIMUM_IP_TARGET = "5" } })
}

resource "aws_eks_node_group" "few" {
  cluster_name   = aws_eks_cluster.few.name
  node_role_arn  = "arn:aws:iam::111122223333:role/nodes"
  subnet_ids     = [aws_subnet.a.id]
  instance_types = ["m5.large", "t3.small"]
  scaling_config {
    min_size     = 1
    desired_size = 2
    max_size     = 4
  }
}

resource "aws_eks_cluster" "none" {
  name     = "none"
  role_arn = "arn:aws:iam::111122223333:role/cluster"
  vpc_config {
    subnet_ids = [aws_subnet.b.id]
  }
}

resource "aws_eks_addon" "none" {
  cluster_name = aws_eks_cluster.none.name
  addon_name   = "vpc-cni"
  configuration_values = jsonencode({
    env = { ENABLE_PREFIX_DELEGATION = "true", WARM_PREFIX_TARGET = "0" }
  })
}

resource "aws_eks_node_group" "none" {
  cluster_name   = aws_eks_cluster.none.name
  node_role_arn  = "arn:aws:iam::111122223333:role/nodes"
  subnet_ids     = [aws_subnet.b.id]
  instance_types = ["m5.large"]
  scaling_config {
    min_size     = 1
    desired_size = 2
    max_size     = 4
  }
}

resource "aws_eks_cluster" "six" {
  name     = "six"
  role_arn = "arn:aws:iam::111122223333:role/cluster"
  kubernetes_network_config {
    ip_family = "ipv6"
  }
  vpc_config {
    subnet_ids = [aws_subnet.b.id]
  }
}

resource "aws_eks_node_group" "six" {
  cluster_name   = aws_eks_cluster.six.name
  node_role_arn  = "arn:aws:iam::111122223333:role/nodes"
  subnet_ids     = [aws_subnet.b.id]
  instance_types = ["m5.large"]
  scaling_config {
    min_size     = 1
    desired_size = 2
    max_size     = 4
  }
}
