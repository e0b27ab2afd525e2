locals {
  environment = terraform.workspace

  sizes = {
    dev  = { types = ["t3.small"], max = 2 }
    prod = { types = ["m5.large"], max = 10 }
  }
  here = local.sizes[local.environment]
}

module "vpc" {
  source          = "terraform-aws-modules/vpc/aws"
  version         = "5.8.1"
  cidr            = "10.0.0.0/16"
  azs             = ["eu-west-1a", "eu-west-1b"]
  private_subnets = ["10.0.1.0/26", "10.0.2.0/26"] # expect: PR201
}

module "eks" {
  source          = "terraform-aws-modules/eks/aws"
  version         = "20.37.2"
  cluster_name    = "shop-${terraform.workspace}"
  cluster_version = "1.33"
  vpc_id          = module.vpc.vpc_id
  subnet_ids      = module.vpc.private_subnets

  eks_managed_node_groups = {
    apps = {
      ami_type       = "AL2023_x86_64_STANDARD"
      instance_types = local.here.types
      min_size       = 1
      max_size       = local.here.max
      desired_size   = 1
    }
  }
}
