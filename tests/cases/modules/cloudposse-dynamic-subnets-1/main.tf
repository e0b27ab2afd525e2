module "plain" {
  source  = "cloudposse/dynamic-subnets/aws"
  version = "1.0.0"

  namespace          = "acme"
  name               = "plain"
  vpc_id             = "vpc-1"
  igw_id             = "igw-1"
  cidr_block         = "10.0.0.0/16"
  availability_zones = ["eu-west-1a", "eu-west-1b", "eu-west-1c"]
}

module "many" {
  source  = "cloudposse/dynamic-subnets/aws"
  version = "1.0.0"

  name                            = "many"
  vpc_id                          = "vpc-1"
  igw_id                          = "igw-1"
  cidr_block                      = "10.1.0.0/16"
  max_subnet_count                = 8
  availability_zones              = ["eu-west-1a", "eu-west-1b"]
  private_subnets_additional_tags = { tier = "private" }
}
