module "vpc" {
  source  = "clouddrove/vpc/aws"
  version = "2.0.5"

  name                  = "shop"
  environment           = "prod"
  cidr_block            = "10.10.0.0/16"
  additional_cidr_block = ["100.64.0.0/16"]
}

module "pooled" {
  source  = "clouddrove/vpc/aws"
  version = "2.0.5"

  name              = "pooled"
  ipam_pool_enable  = true
  ipv4_ipam_pool_id = "ipam-pool-1"
}

module "no_vpc" {
  source  = "clouddrove/vpc/aws"
  version = "2.0.5"

  enable = false
}

module "both" {
  source  = "clouddrove/subnet/aws"
  version = "2.0.3"

  name        = "shop"
  environment = "prod"

  nat_gateway_enabled = true
  type                = "public-private"
  availability_zones  = ["eu-west-1a", "eu-west-1b", "eu-west-1c"]
  vpc_id              = module.vpc.vpc_id
  cidr_block          = module.vpc.vpc_cidr_block

  extra_public_tags  = { "kubernetes.io/role/elb" = "1" }
  extra_private_tags = { "kubernetes.io/role/internal-elb" = "1" }
}

module "private" {
  source  = "clouddrove/subnet/aws"
  version = "2.0.3"

  name               = "private"
  delimiter          = "."
  single_nat_gateway = true
  public_subnet_ids  = ["subnet-1"]
  type               = "private"
  availability_zones = ["eu-west-1a", "eu-west-1b"]
  vpc_id             = module.vpc.vpc_id
  cidr_block         = "100.64.0.0/16"
}

module "written" {
  source  = "clouddrove/subnet/aws"
  version = "2.0.3"

  name               = "written"
  type               = "public-private"
  availability_zones = ["eu-west-1a", "eu-west-1b"]
  vpc_id             = module.vpc.vpc_id
  ipv4_public_cidrs  = ["10.10.0.0/24", "10.10.1.0/24"]
  ipv4_private_cidrs = ["10.10.16.0/20", "10.10.32.0/20"]

  enable_ipv6                = true
  ipv6_cidr_block            = "2001:db8::/56"
  private_subnet_ipv6_native = true
}

module "none" {
  source  = "clouddrove/subnet/aws"
  version = "2.0.3"

  enable             = false
  type               = "public-private"
  availability_zones = ["eu-west-1a"]
  vpc_id             = module.vpc.vpc_id
  cidr_block         = "10.10.0.0/16"
}
