module "vpc" {
  source = "github.com/anyscale/terraform-aws-anyscale-cloudfoundation-modules//modules/aws-anyscale-vpc?ref=v0.40.1"

  anyscale_vpc_name     = "rays"
  cidr_block            = "172.24.0.0/16"
  secondary_cidr_blocks = ["100.64.0.0/16"]
  create_ngw            = false

  public_subnets       = ["172.24.101.0/24", "172.24.102.0/24"]
  private_subnets      = ["172.24.20.0/24", "172.24.21.0/24"]
  private_subnet_names = ["one", "two"]
  private_subnet_tags  = { "kubernetes.io/role/internal-elb" = "1" }
  tags                 = { team = "ml" }
}

module "zoned" {
  source = "github.com/anyscale/terraform-aws-anyscale-cloudfoundation-modules//modules/aws-anyscale-vpc?ref=v0.40.1"

  existing_vpc_id      = "vpc-1"
  availability_zones   = ["eu-west-1a", "eu-west-1b"]
  public_subnets       = ["10.0.32.0/24", "10.0.33.0/24"]
  public_subnet_names  = ["three", "four"]
  private_subnets      = ["10.0.0.0/20", "10.0.16.0/20"]
  private_subnet_names = ["one", "two"]
}

module "existing" {
  source = "github.com/anyscale/terraform-aws-anyscale-cloudfoundation-modules//modules/aws-anyscale-vpc?ref=v0.40.1"

  existing_vpc_id             = "vpc-1"
  existing_private_subnet_ids = ["subnet-1"]
  private_subnets             = ["10.0.0.0/20"]
}

module "none" {
  source = "github.com/anyscale/terraform-aws-anyscale-cloudfoundation-modules//modules/aws-anyscale-vpc?ref=v0.40.1"

  module_enabled = false
  public_subnets = ["10.0.0.0/20"]
}
