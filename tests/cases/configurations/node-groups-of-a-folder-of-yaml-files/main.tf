locals {
  groups = {
    for file in fileset(path.module, "groups/*.yaml") :
    trimsuffix(basename(file), ".yaml") => yamldecode(file("${path.module}/${file}"))
  }
}

resource "aws_subnet" "nodes" {
  vpc_id            = "vpc-0123456789abcdef0"
  availability_zone = "eu-west-1a"
  cidr_block        = "10.0.0.0/24" # expect: PR201
}

resource "aws_eks_node_group" "nodes" {
  for_each       = local.groups
  cluster_name   = "main"
  node_role_arn  = "arn:aws:iam::111122223333:role/node"
  subnet_ids     = [aws_subnet.nodes.id]
  instance_types = each.value.types
  scaling_config {
    min_size     = 0
    desired_size = 0
    max_size     = each.value.max
  }
}
