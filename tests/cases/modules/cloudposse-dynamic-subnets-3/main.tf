module "plain" {
  source  = "cloudposse/dynamic-subnets/aws"
  version = "3.1.0"

  namespace          = "acme"
  name               = "plain"
  vpc_id             = "vpc-1"
  igw_id             = ["igw-1"]
  ipv4_cidr_block    = ["10.0.0.0/16"]
  availability_zones = ["eu-west-1a", "eu-west-1b"]
}

module "several" {
  source  = "cloudposse/dynamic-subnets/aws"
  version = "3.1.0"

  name                   = "several"
  vpc_id                 = "vpc-1"
  igw_id                 = ["igw-1"]
  ipv4_cidr_block        = ["10.1.0.0/16"]
  availability_zones     = ["eu-west-1a", "eu-west-1b", "eu-west-1c"]
  max_subnet_count       = 3
  subnets_per_az_count   = 2
  subnets_per_az_names   = ["one", "two"]
  public_subnets_enabled = false
}

module "listed" {
  source  = "cloudposse/dynamic-subnets/aws"
  version = "3.1.0"

  name               = "listed"
  vpc_id             = "vpc-1"
  igw_id             = ["igw-1"]
  availability_zones = ["eu-west-1a", "eu-west-1b"]
  ipv4_cidrs = [{
    private = ["10.2.0.0/20", "10.2.16.0/20"]
    public  = ["10.2.32.0/24", "10.2.33.0/24"]
  }]
}
