resource "aws_iam_role" "cluster" {
  name               = "inline"
  assume_role_policy = "{}"
}

resource "aws_eks_cluster" "main" {
  name     = "inline"
  role_arn = aws_iam_role.cluster.arn
  vpc_config {
    subnet_ids = ["subnet-0aaaaaaaaaaaaaaaa", "subnet-0bbbbbbbbbbbbbbbb"]
  }
}

resource "aws_eks_addon" "vpc_cni" {
  cluster_name         = aws_eks_cluster.main.name
  addon_name           = "vpc-cni"
  configuration_values = jsonencode({ env = { ENABLE_POD_ENI = "true" } })
}

resource "aws_iam_role_policy" "interfaces" {
  role   = aws_iam_role.cluster.id
  policy = "{}"
}
