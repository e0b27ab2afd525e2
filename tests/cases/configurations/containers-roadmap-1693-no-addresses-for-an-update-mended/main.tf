resource "aws_vpc" "main" {
  cidr_block = "10.0.0.0/24"
}

resource "aws_subnet" "small" {
  count             = 2
  vpc_id            = aws_vpc.main.id
  availability_zone = element(["eu-west-1a", "eu-west-1b"], count.index)
  cidr_block        = cidrsubnet("10.0.0.0/24", 2, count.index)
}

resource "aws_eks_cluster" "main" {
  name     = "main"
  role_arn = "arn:aws:iam::111122223333:role/cluster"
  vpc_config {
    subnet_ids = aws_subnet.small[*].id
  }
}

resource "aws_eks_node_group" "workers" {
  cluster_name    = aws_eks_cluster.main.name
  node_group_name = "workers"
  node_role_arn   = "arn:aws:iam::111122223333:role/nodes"
  subnet_ids      = aws_subnet.small[*].id
  instance_types  = ["t3.micro"] # expect: PR113
  scaling_config {
    min_size     = 2
    desired_size = 2
    max_size     = 4
  }
}
