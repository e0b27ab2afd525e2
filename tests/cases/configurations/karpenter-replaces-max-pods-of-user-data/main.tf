# The family Custom keeps its own user data, and 29 is what Karpenter works out for an m5.large.
resource "aws_eks_cluster" "main" {
  name     = "main"
  role_arn = "arn:aws:iam::111122223333:role/cluster"
  vpc_config {
    subnet_ids = []
  }
}
