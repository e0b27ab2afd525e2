# An empty list is as good as none: Amazon EKS takes t3.medium, which has room for 17 pods.
variable "instance_types" {
  type    = list(string)
  default = []
}

resource "aws_vpc" "main" {
  cidr_block = "10.0.0.0/16"
}

resource "aws_subnet" "nodes" {
  vpc_id            = aws_vpc.main.id
  availability_zone = "eu-west-1a"
  cidr_block        = "10.0.0.0/18"
}

resource "aws_eks_cluster" "main" {
  name     = "main"
  role_arn = "arn:aws:iam::111122223333:role/cluster"
  vpc_config {
    subnet_ids = []
  }
}

resource "aws_eks_addon" "vpc_cni" {
  cluster_name = aws_eks_cluster.main.name
  addon_name   = "vpc-cni"
}

resource "aws_launch_template" "nodes" {
  user_data = base64encode(<<-EOT
    [settings.kubernetes]
    max-pods = 29 # expect: PR101
  EOT
  )
}

resource "aws_eks_node_group" "nodes" {
  cluster_name   = aws_eks_cluster.main.name
  node_role_arn  = "arn:aws:iam::111122223333:role/node"
  subnet_ids     = [aws_subnet.nodes.id]
  ami_type       = "BOTTLEROCKET_x86_64"
  instance_types = var.instance_types

  launch_template {
    id      = aws_launch_template.nodes.id
    version = aws_launch_template.nodes.latest_version
  }

  scaling_config {
    min_size     = 1
    desired_size = 1
    max_size     = 3
  }
}
