resource "aws_eks_cluster" "this" {
  name     = "gateway"
  version  = "1.33"
  role_arn = aws_iam_role.cluster.arn

  vpc_config {
    subnet_ids = [for key in sort(keys(aws_subnet.private)) : aws_subnet.private[key].id]
  }

  depends_on = [aws_iam_role_policy_attachment.cluster]
}
