resource "aws_launch_template" "workers" {
  name_prefix = "simulation-workers-"

  # Amazon EKS adds the cluster's name, endpoint and certificate to these settings.
  user_data = base64encode(<<-TOML
    [settings.kubernetes]
    max-pods = 20
  TOML
  )
}

resource "aws_eks_node_group" "workers" {
  cluster_name    = aws_eks_cluster.this.name
  node_group_name = "workers"
  node_role_arn   = aws_iam_role.node.arn
  subnet_ids      = [for subnet in aws_subnet.nodes : subnet.id]
  ami_type        = "BOTTLEROCKET_x86_64"
  instance_types  = [var.workers.instance_type]

  launch_template {
    id      = aws_launch_template.workers.id
    version = aws_launch_template.workers.latest_version
  }

  scaling_config {
    min_size     = var.workers.min_size
    desired_size = var.workers.min_size
    max_size     = var.workers.max_size
  }

  depends_on = [
    aws_eks_addon.vpc_cni,
    aws_iam_role_policy_attachment.node,
  ]
}
