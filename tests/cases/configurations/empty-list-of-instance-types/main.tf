locals {
  template = true
}

resource "aws_subnet" "nodes" {
  vpc_id            = "vpc-0123456789abcdef0"
  availability_zone = "eu-west-1a"
  cidr_block        = "10.0.0.0/24" # expect: PR201
}

resource "aws_launch_template" "nodes" {
  instance_type = "m5.large"
}

# As version 13 of terraform-aws-modules/eks writes it.
resource "aws_eks_node_group" "workers" {
  cluster_name    = "main"
  node_group_name = "workers"
  node_role_arn   = "arn:aws:iam::111122223333:role/nodes"
  subnet_ids      = [aws_subnet.nodes.id]
  instance_types  = local.template ? [] : ["t3.large"]
  launch_template {
    id      = aws_launch_template.nodes.id
    version = aws_launch_template.nodes.latest_version
  }
  scaling_config {
    min_size     = 1
    desired_size = 1
    max_size     = 20
  }
}
