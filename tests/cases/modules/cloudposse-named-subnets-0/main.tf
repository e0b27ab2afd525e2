module "private" {
  source  = "cloudposse/named-subnets/aws"
  version = "0.12.0"

  namespace         = "acme"
  name              = "private"
  vpc_id            = "vpc-1"
  type              = "private"
  subnet_names      = ["one", "two", "three"]
  cidr_block        = "10.0.0.0/20"
  availability_zone = "eu-west-1a"
}

module "public" {
  source  = "cloudposse/named-subnets/aws"
  version = "0.12.0"

  name              = "public"
  vpc_id            = "vpc-1"
  type              = "public"
  igw_id            = "igw-1"
  max_subnets       = 4
  subnet_names      = ["one"]
  cidr_block        = "10.1.0.0/20"
  availability_zone = "eu-west-1a"
}
