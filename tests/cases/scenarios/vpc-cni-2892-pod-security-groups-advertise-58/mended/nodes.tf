resource "aws_launch_template" "nodes" {
  name_prefix = "nodes-"

  user_data = base64encode(<<-EOT
    [settings.kubernetes]
    max-pods = 44
  EOT
  )
}

resource "aws_eks_node_group" "nodes" {
  cluster_name   = aws_eks_cluster.main.name
  node_role_arn  = "arn:aws:iam::111122223333:role/node"
  subnet_ids     = values(aws_subnet.nodes)[*].id
  ami_type       = "BOTTLEROCKET_x86_64"
  instance_types = ["m6a.2xlarge"]

  launch_template {
    id      = aws_launch_template.nodes.id
    version = aws_launch_template.nodes.latest_version
  }

  scaling_config {
    min_size     = 3
    desired_size = 3
    max_size     = 6
  }

  depends_on = [aws_eks_addon.vpc_cni]
}
