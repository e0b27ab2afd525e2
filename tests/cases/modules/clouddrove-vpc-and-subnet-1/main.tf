module "vpc" {
  source  = "clouddrove/vpc/aws"
  version = "1.3.1"

  name                  = "shop"
  environment           = "prod"
  cidr_block            = "10.10.0.0/16"
  additional_cidr_block = ["100.64.0.0/16"]
}

module "no_vpc" {
  source  = "clouddrove/vpc/aws"
  version = "1.3.1"

  vpc_enabled = false
}

module "both" {
  source  = "clouddrove/subnet/aws"
  version = "1.3.0"

  name        = "shop"
  environment = "prod"

  nat_gateway_enabled = true
  type                = "public-private"
  availability_zones  = ["eu-west-1a", "eu-west-1b", "eu-west-1c"]
  vpc_id              = module.vpc.vpc_id
  cidr_block          = module.vpc.vpc_cidr_block
  tags                = { "kubernetes.io/cluster/shop" = "shared" }
}

module "private" {
  source  = "clouddrove/subnet/aws"
  version = "1.3.0"

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
  version = "1.3.0"

  name               = "written"
  type               = "public-private"
  availability_zones = ["eu-west-1a", "eu-west-1b"]
  vpc_id             = module.vpc.vpc_id
  ipv4_public_cidrs  = ["10.10.0.0/24", "10.10.1.0/24"]
  ipv4_private_cidrs = ["10.10.16.0/20", "10.10.32.0/20"]

}

module "none" {
  source  = "clouddrove/subnet/aws"
  version = "1.3.0"

  enabled            = false
  type               = "public-private"
  availability_zones = ["eu-west-1a"]
  vpc_id             = module.vpc.vpc_id
  cidr_block         = "10.10.0.0/16"
}
