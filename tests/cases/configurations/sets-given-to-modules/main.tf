# yama6a/terraform-aws-eks-cluster: subnets pass through a variable of the type set(string) on their way to the EKS module.
module "vpc" {
  source  = "terraform-aws-modules/vpc/aws"
  version = "5.21.0"

  cidr            = "10.0.0.0/16"
  azs             = toset(["eu-west-1a", "eu-west-1b"])
  private_subnets = ["10.0.0.0/26", "10.0.0.64/26"] # expect: PR201
}

module "cluster" {
  source     = "./cluster"
  subnet_ids = module.vpc.private_subnets
}
