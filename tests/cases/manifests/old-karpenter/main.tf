resource "aws_subnet" "nodes" {
  count             = 2
  vpc_id            = "vpc-0aaaaaaaaaaaaaaaa"
  cidr_block        = cidrsubnet("10.0.0.0/16", 4, count.index)
  availability_zone = "eu-west-1a"
  tags              = { "karpenter.sh/discovery" = count.index == 0 ? "main" : "other" }
}

resource "aws_eks_cluster" "main" {
  name = "main"
  vpc_config {
    subnet_ids = aws_subnet.nodes[*].id
  }
}
