resource "aws_vpc" "this" { cidr_block = "10.0.0.0/16" }

resource "aws_subnet" "this" {
  vpc_id            = aws_vpc.this.id
  cidr_block        = "10.0.0.0/20"
  availability_zone = "eu-west-1a"
}

resource "aws_eks_cluster" "this" {
  name     = "room"
  role_arn = "arn:aws:iam::111122223333:role/cluster"
  vpc_config { subnet_ids = [aws_subnet.this.id] }
}

module "by_value" {
  source = "acme/platform/aws"
  target = aws_eks_cluster.this.name
}

module "nested" {
  source = "acme/fleet/aws"
  config = { network = [aws_subnet.this.id] }
}

module "by_name" {
  source = "acme/node-group/aws"
  name   = "room"
}

module "wrapper" {
  source = "./wrapper"
  where  = [aws_subnet.this.id]
}

module "bucket" {
  source = "acme/bucket/aws"
  name   = "room"
  vpc    = aws_vpc.this.id
}

module "endpoints" {
  source    = "terraform-aws-modules/vpc/aws//modules/vpc-endpoints"
  endpoints = { s3 = { service = "s3", subnet_ids = [aws_subnet.this.id] } }
}

module "access" {
  source = "cloudposse/security-group/aws"
  rules  = [{ cluster = aws_eks_cluster.this.id }]
}
