resource "aws_vpc" "main" {
  cidr_block = "10.0.0.0/16"
}

resource "aws_subnet" "a" {
  vpc_id            = aws_vpc.main.id
  availability_zone = "eu-west-1a"
  cidr_block        = "10.0.0.0/24"
  tags              = { "kubernetes.io/role/internal-elb" = "1" }
}

resource "aws_eks_cluster" "main" {
  name     = "main"
  role_arn = "arn:aws:iam::111122223333:role/cluster"
  vpc_config {
    subnet_ids = [aws_subnet.a.id]
  }
}

resource "aws_eks_addon" "vpc_cni" {
  cluster_name = aws_eks_cluster.main.name
  addon_name   = "vpc-cni"
  configuration_values = jsonencode({
    env = {
      ENABLE_POD_ENI    = "true"
      WARM_IP_TARGET    = "2"
      MINIMUM_IP_TARGET = "10"
    }
  })
}

resource "aws_eks_node_group" "web" {
  cluster_name   = aws_eks_cluster.main.name
  node_role_arn  = "arn:aws:iam::111122223333:role/nodes"
  subnet_ids     = [aws_subnet.a.id]
  instance_types = ["m5.large", "t3.large"]
  scaling_config {
    min_size     = 1
    desired_size = 2
    max_size     = 5
  }
}
