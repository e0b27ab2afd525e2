resource "aws_eks_cluster" "main" {
  name = "blue"
  vpc_config {
    subnet_ids = []
  }
}
