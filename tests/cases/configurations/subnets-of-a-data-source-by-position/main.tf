# Two ids of one list are two subnets.
data "aws_subnets" "private" {
  tags = {
    tier = "private"
  }
}

resource "aws_eks_node_group" "nodes" {
  cluster_name   = "main"
  node_role_arn  = "arn:aws:iam::111122223333:role/node"
  subnet_ids     = slice(data.aws_subnets.private.ids, 0, 2)
  instance_types = ["m5.large"]
  scaling_config {
    min_size     = 1
    desired_size = 1
    max_size     = 300
  }
}

resource "aws_eks_node_group" "others" {
  cluster_name   = "main"
  node_role_arn  = "arn:aws:iam::111122223333:role/node"
  subnet_ids     = [element(data.aws_subnets.private.ids, 2)]
  instance_types = ["m5.large"]
  scaling_config {
    min_size     = 1
    desired_size = 1
    max_size     = 300
  }
}
