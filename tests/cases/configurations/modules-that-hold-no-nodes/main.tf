# They take subnets or the cluster, and make endpoints, security groups, and what runs in pods.
resource "aws_vpc" "main" {
  cidr_block = "10.0.0.0/16"
}

resource "aws_subnet" "main" {
  vpc_id            = aws_vpc.main.id
  cidr_block        = "10.0.0.0/20"
  availability_zone = "eu-west-1a"
}

resource "aws_eks_cluster" "main" {
  name     = "main"
  role_arn = "arn:aws:iam::111122223333:role/cluster"
  vpc_config {
    subnet_ids = [aws_subnet.main.id]
  }
}

module "endpoints" {
  source     = "terraform-aws-modules/vpc/aws//modules/vpc-endpoints"
  vpc_id     = aws_vpc.main.id
  subnet_ids = [aws_subnet.main.id]
}

module "ssh_access" {
  source             = "cloudposse/security-group/aws"
  cluster_attributes = [aws_eks_cluster.main.name]
}

module "argocd" {
  source  = "github.com/gitops-bridge-dev/gitops-bridge-argocd-bootstrap-terraform?ref=v2.0.0"
  cluster = { cluster_name = aws_eks_cluster.main.name }
}

module "snapshot" {
  source    = "clowdhaus/ebs-snapshot-builder/aws"
  subnet_id = aws_subnet.main.id
}

module "something_else" {
  source     = "example.com/shop/runners/aws"
  subnet_ids = [aws_subnet.main.id]
}
