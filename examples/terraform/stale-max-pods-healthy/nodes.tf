resource "aws_launch_template" "gateway" {
  name_prefix            = "gateway-"
  image_id               = "ami-08d7e6f5a4b3c2d10"
  instance_type          = "t3.medium"
  vpc_security_group_ids = [aws_eks_cluster.this.vpc_config[0].cluster_security_group_id]

  user_data = base64encode(templatefile("${path.module}/user-data.tftpl", {
    cluster = aws_eks_cluster.this
    labels  = { pool = "gateway" }
  }))
}

resource "aws_eks_node_group" "gateway" {
  cluster_name    = aws_eks_cluster.this.name
  node_group_name = "gateway"
  node_role_arn   = aws_iam_role.node.arn
  subnet_ids      = [for key in sort(keys(aws_subnet.private)) : aws_subnet.private[key].id]

  launch_template {
    id      = aws_launch_template.gateway.id
    version = aws_launch_template.gateway.latest_version
  }

  scaling_config {
    min_size     = 3
    desired_size = 3
    max_size     = 6
  }

  depends_on = [aws_iam_role_policy_attachment.node]
}
