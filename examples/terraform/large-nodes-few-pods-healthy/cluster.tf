resource "aws_eks_cluster" "this" {
  name     = "simulation"
  version  = "1.33"
  role_arn = aws_iam_role.cluster.arn

  vpc_config {
    subnet_ids = [for subnet in aws_subnet.control_plane : subnet.id]
  }

  depends_on = [aws_iam_role_policy_attachment.cluster]
}

resource "aws_eks_addon" "vpc_cni" {
  cluster_name  = aws_eks_cluster.this.name
  addon_name    = "vpc-cni"
  addon_version = "v1.20.4-eksbuild.1"

  configuration_values = jsonencode({
    env = {
      MINIMUM_IP_TARGET = "10"
      WARM_IP_TARGET    = "5"
    }
  })
}
