module "masks" {
  source  = "aws-ia/vpc/aws"
  version = "4.7.3"

  name       = "masks"
  cidr_block = "10.0.0.0/16"
  azs        = ["eu-west-1a", "eu-west-1b"]
  subnets = {
    public  = { netmask = 24, nat_gateway_configuration = "none" }
    private = { netmask = 20 }
    data    = { netmask = 22 }
  }
}

module "cidrs" {
  source  = "aws-ia/vpc/aws"
  version = "4.7.3"

  name       = "cidrs"
  cidr_block = "10.1.0.0/16"
  azs        = ["eu-west-1a", "eu-west-1b"]
  subnets = {
    private = { cidrs = ["10.1.0.0/20", "10.1.16.0/20"], tags = { tier = "private" } }
  }
}
