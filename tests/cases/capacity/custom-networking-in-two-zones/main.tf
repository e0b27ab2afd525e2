resource "aws_vpc" "main" {
  cidr_block = "10.0.0.0/16"
}

resource "aws_subnet" "a" {
  vpc_id            = aws_vpc.main.id
  availability_zone = "eu-west-1a"
  cidr_block        = "10.0.0.0/24"
}

resource "aws_subnet" "a2" {
  vpc_id            = aws_vpc.main.id
  availability_zone = "eu-west-1a"
  cidr_block        = "10.0.1.0/24"
}

resource "aws_subnet" "b" {
  vpc_id            = aws_vpc.main.id
  availability_zone = "eu-west-1b"
  cidr_block        = "10.0.2.0/24"
}

resource "aws_subnet" "pods_a" {
  vpc_id            = aws_vpc.main.id
  availability_zone = "eu-west-1a"
  cidr_block        = "100.64.0.0/23"
}

resource "aws_subnet" "pods_b" {
  vpc_id            = aws_vpc.main.id
  availability_zone = "eu-west-1b"
  cidr_block        = "100.64.2.0/23"
}

resource "aws_eks_cluster" "main" {
  name     = "main"
  role_arn = "arn:aws:iam::111122223333:role/cluster"
  vpc_config {
    subnet_ids = [aws_subnet.a.id, aws_subnet.b.id]
  }
}

resource "aws_eks_addon" "vpc_cni" {
  cluster_name = aws_eks_cluster.main.name
  addon_name   = "vpc-cni"
  configuration_values = jsonencode({
    env = {
      AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG = "true"
      ENI_CONFIG_LABEL_DEF               = "topology.kubernetes.io/zone"
    }
    eniConfig = {
      create = true
      region = "eu-west-1"
      subnets = {
        "eu-west-1a" = { id = aws_subnet.pods_a.id }
        "eu-west-1b" = { id = aws_subnet.pods_b.id }
      }
    }
  })
}

resource "aws_eks_node_group" "web" {
  cluster_name   = aws_eks_cluster.main.name
  node_role_arn  = "arn:aws:iam::111122223333:role/nodes"
  subnet_ids     = [aws_subnet.a.id, aws_subnet.a2.id, aws_subnet.b.id]
  instance_types = ["m5.xlarge", "m5.2xlarge"]
  scaling_config {
    min_size     = 1
    desired_size = 3
    max_size     = 9
  }
}

resource "aws_eks_node_group" "jobs" {
  cluster_name   = aws_eks_cluster.main.name
  node_role_arn  = "arn:aws:iam::111122223333:role/nodes"
  subnet_ids     = [aws_subnet.b.id]
  instance_types = ["m5.large"]
  scaling_config {
    min_size     = 0
    desired_size = 0
    max_size     = 4
  }
  update_config {
    max_unavailable = 3
  }
}
