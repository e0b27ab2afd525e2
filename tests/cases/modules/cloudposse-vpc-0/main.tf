module "vpc" {
  source  = "cloudposse/vpc/aws"
  version = "0.28.1"

  namespace              = "acme"
  name                   = "room"
  cidr_block             = "10.0.0.0/16"
  additional_cidr_blocks = ["100.64.0.0/16"]
}
