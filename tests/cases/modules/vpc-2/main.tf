locals {
  azs = ["eu-west-1a", "eu-west-1b", "eu-west-1c"]
}

module "wrapping" {
  source  = "terraform-aws-modules/vpc/aws"
  version = "2.78.0"

  name                   = "wrapping"
  cidr                   = "10.0.0.0/16"
  secondary_cidr_blocks  = ["100.64.0.0/16", "100.65.0.0/16"]
  azs                    = local.azs
  private_subnets        = [for at in range(5) : cidrsubnet("10.0.0.0/16", 8, at)]
  public_subnets         = ["10.0.100.0/24"]
  intra_subnets          = ["100.64.0.0/17", "100.65.0.0/17"]
  database_subnets       = ["10.0.110.0/24"]
  elasticache_subnets    = ["10.0.120.0/24"]
  redshift_subnets       = ["10.0.130.0/24"]
  private_subnet_tags    = { "karpenter.sh/discovery" = "room" }
  tags                   = { team = "one" }
  one_nat_gateway_per_az = true
  enable_nat_gateway     = true
}

module "defaults" {
  source  = "terraform-aws-modules/vpc/aws"
  version = "2.78.0"

  azs             = ["euw1-az1", "euw1-az2"]
  private_subnets = ["10.0.0.0/24", "10.0.1.0/24"]
}

module "absent" {
  source  = "terraform-aws-modules/vpc/aws"
  version = "2.78.0"

  create_vpc      = false
  azs             = local.azs
  private_subnets = ["10.0.0.0/24"]
}
