locals {
  text   = file("${path.module}/groups.yaml")
  groups = merge(yamldecode(local.text), jsondecode(file("${path.module}/more.json")))
}

resource "aws_launch_template" "nodes" {
  for_each      = local.groups
  image_id      = "ami-0123456789abcdef0"
  instance_type = each.value.type
  user_data     = base64encode(each.value.user_data)
}

resource "aws_eks_node_group" "nodes" {
  for_each      = aws_launch_template.nodes
  cluster_name  = "main"
  node_role_arn = "arn:aws:iam::111122223333:role/node"
  subnet_ids    = ["subnet-0123456789abcdef0"]
  launch_template {
    id      = each.value.id
    version = each.value.latest_version
  }
  scaling_config {
    min_size     = 1
    desired_size = 1
    max_size     = 3
  }
}
