resource "aws_vpc" "main" {
  cidr_block = "10.0.0.0/16"
}

variable "unknown" {}

resource "aws_subnet" "a" {
  vpc_id            = aws_vpc.main.id
  availability_zone = "eu-west-1a"
  cidr_block        = "10.0.0.0/22"
}

resource "aws_subnet" "b" {
  vpc_id            = aws_vpc.main.id
  availability_zone = "eu-west-1b"
  cidr_block        = "10.0.4.0/22"
}

resource "aws_eks_cluster" "main" {
  name     = "main"
  role_arn = "arn:aws:iam::111122223333:role/cluster"
  vpc_config {
    subnet_ids = [aws_subnet.a.id, aws_subnet.b.id]
  }
}

resource "aws_launch_template" "nodes" {
  image_id      = "ami-0123456789abcdef0"
  instance_type = "m5.large"
  user_data     = var.unknown
}

resource "aws_autoscaling_group" "own" {
  min_size            = 1
  desired_capacity    = 2
  max_size            = 5
  vpc_zone_identifier = [aws_subnet.a.id]
  launch_template {
    id      = aws_launch_template.nodes.id
    version = aws_launch_template.nodes.latest_version
  }
  tag {
    key                 = "kubernetes.io/cluster/${aws_eks_cluster.main.name}"
    value               = "owned"
    propagate_at_launch = true
  }
}

resource "aws_eks_node_group" "either" {
  cluster_name   = aws_eks_cluster.main.name
  node_role_arn  = "arn:aws:iam::111122223333:role/nodes"
  subnet_ids     = [aws_subnet.a.id]
  instance_types = [var.unknown == "large" ? "m5.4xlarge" : "m5.large"]
  scaling_config {
    min_size     = 1
    desired_size = 1
    max_size     = 3
  }
}

resource "aws_eks_node_group" "maybe" {
  count          = var.unknown
  cluster_name   = aws_eks_cluster.main.name
  node_role_arn  = "arn:aws:iam::111122223333:role/nodes"
  subnet_ids     = [aws_subnet.b.id]
  instance_types = ["c5.large"]
  scaling_config {
    min_size     = 1
    desired_size = 2
    max_size     = 3
  }
}

resource "aws_eks_node_group" "anywhere" {
  cluster_name   = aws_eks_cluster.main.name
  node_role_arn  = "arn:aws:iam::111122223333:role/nodes"
  subnet_ids     = [aws_subnet.b.id, var.unknown]
  instance_types = ["c5.large", var.unknown]
  scaling_config {
    min_size     = 1
    desired_size = 2
    max_size     = 3
  }
}

resource "aws_eks_node_group" "stray" {
  cluster_name   = var.unknown
  node_role_arn  = "arn:aws:iam::111122223333:role/nodes"
  subnet_ids     = [aws_subnet.b.id]
  instance_types = ["c5.large"]
  scaling_config {
    min_size     = 1
    desired_size = 2
    max_size     = 3
  }
}

resource "aws_eks_node_group" "windows" {
  cluster_name   = aws_eks_cluster.main.name
  node_role_arn  = "arn:aws:iam::111122223333:role/nodes"
  subnet_ids     = [aws_subnet.b.id]
  ami_type       = "WINDOWS_CORE_2022_x86_64"
  instance_types = ["m5.large"]
  scaling_config {
    min_size     = 1
    desired_size = 2
    max_size     = 3
  }
}
