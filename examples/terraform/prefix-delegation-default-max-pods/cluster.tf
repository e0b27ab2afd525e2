resource "aws_eks_cluster" "this" {
  name     = "search"
  version  = "1.33"
  role_arn = aws_iam_role.cluster.arn

  vpc_config {
    subnet_ids = [aws_subnet.north_1a.id, aws_subnet.north_1b.id]
  }

  depends_on = [aws_iam_role_policy_attachment.cluster]
}

resource "aws_eks_addon" "vpc_cni" {
  cluster_name  = aws_eks_cluster.this.name
  addon_name    = "vpc-cni"
  addon_version = "v1.20.4-eksbuild.1"

  configuration_values = <<-YAML
    env:
      ENABLE_PREFIX_DELEGATION: "true" # expect: PR401
      WARM_PREFIX_TARGET: "1"
  YAML
}
