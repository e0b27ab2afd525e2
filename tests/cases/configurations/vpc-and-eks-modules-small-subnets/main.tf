locals {
  groups = {
    busy = {
      instance_types = ["m5.large"]
      min_size       = 50
      max_size       = 50
      desired_size   = 50
    }
  }
}

module "vpc" {
  source  = "terraform-aws-modules/vpc/aws"
  version = "5.21.0"

  cidr            = "10.0.0.0/16"
  azs             = ["eu-west-1a", "eu-west-1b"]
  private_subnets = [
    "10.0.1.0/24", # expect: PR201
    "10.0.2.0/24", # expect: PR201
  ]
}

module "eks" {
  source          = "terraform-aws-modules/eks/aws"
  version         = "~> 20.0"
  cluster_name    = "shop"
  cluster_version = "1.31"
  subnet_ids      = module.vpc.private_subnets

  eks_managed_node_groups = local.groups
}
