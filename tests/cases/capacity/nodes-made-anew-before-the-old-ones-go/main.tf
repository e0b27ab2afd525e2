resource "aws_vpc" "main" {
  cidr_block = "10.0.0.0/16"
}

resource "aws_subnet" "nodes" {
  vpc_id            = aws_vpc.main.id
  availability_zone = "eu-west-1a"
  cidr_block        = "10.0.0.0/24"
}

resource "aws_eks_cluster" "main" {
  name     = "main"
  version  = "1.33"
  role_arn = "arn:aws:iam::111122223333:role/cluster"
  vpc_config {
    subnet_ids = [aws_subnet.nodes.id, "subnet-0bbbbbbbbbbbbbbbb"]
  }
}

resource "aws_eks_node_group" "workers" {
  cluster_name           = aws_eks_cluster.main.name
  node_group_name_prefix = "workers-"
  node_role_arn          = "arn:aws:iam::111122223333:role/nodes"
  subnet_ids             = [aws_subnet.nodes.id]
  instance_types         = ["m6i.large"]
  scaling_config {
    min_size     = 1
    desired_size = 3
    max_size     = 5
  }
  lifecycle {
    create_before_destroy = true
    ignore_changes        = [scaling_config[0].desired_size]
  }
}

resource "aws_eks_node_group" "batch" {
  cluster_name    = aws_eks_cluster.main.name
  node_group_name = "batch"
  node_role_arn   = "arn:aws:iam::111122223333:role/nodes"
  subnet_ids      = [aws_subnet.nodes.id]
  instance_types  = ["c5.xlarge"]
  scaling_config {
    min_size     = 0
    desired_size = 0
    max_size     = 1
  }
}
