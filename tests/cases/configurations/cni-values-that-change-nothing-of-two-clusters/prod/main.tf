resource "aws_eks_cluster" "main" {
  name = "prod"
  vpc_config {
    subnet_ids = []
  }
}

resource "aws_eks_addon" "cni" {
  cluster_name         = aws_eks_cluster.main.name
  addon_name           = "vpc-cni"
  configuration_values = jsonencode({ env = { ENABLE_PREFIX_DELEGATION = "false" } })
}

resource "aws_subnet" "nodes" {
  vpc_id            = "vpc-0aaaaaaaaaaaaaaaa"
  availability_zone = "eu-west-1a"
  cidr_block        = "10.0.0.0/18"
}

resource "aws_launch_template" "nodes" {
  image_id      = "ami-0123456789abcdef0"
  instance_type = "m5.large"
  user_data     = base64encode("#!/bin/bash\n/etc/eks/bootstrap.sh prod --kubelet-extra-args --max-pods=110\n") # expect: PR101
}

resource "aws_eks_node_group" "nodes" {
  cluster_name = aws_eks_cluster.main.name
  subnet_ids   = [aws_subnet.nodes.id]
  launch_template {
    id      = aws_launch_template.nodes.id
    version = "1"
  }
  scaling_config {
    min_size     = 1
    desired_size = 1
    max_size     = 2
  }
}
