resource "aws_eks_cluster" "main" {
  name = "green"
  vpc_config {
    subnet_ids = []
  }
}
