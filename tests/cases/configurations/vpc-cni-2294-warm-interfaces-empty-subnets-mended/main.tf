locals {
  zones = ["eu-west-1a", "eu-west-1b", "eu-west-1c"]
}

module "vpc" {
  source  = "terraform-aws-modules/vpc/aws"
  version = "~> 5.0"

  name            = "batch"
  cidr            = "10.20.0.0/16"
  azs             = local.zones
  private_subnets = [for index, zone in local.zones : cidrsubnet("10.20.0.0/16", 5, index)]
}

module "eks" {
  source  = "terraform-aws-modules/eks/aws"
  version = "~> 20.0"

  cluster_name    = "batch"
  cluster_version = "1.33"
  vpc_id          = module.vpc.vpc_id
  subnet_ids      = module.vpc.private_subnets

  cluster_addons = {
    vpc-cni = {
      before_compute = true
      configuration_values = jsonencode({
        env = {
          WARM_IP_TARGET    = "2"
          MINIMUM_IP_TARGET = "16"
        }
      })
    }
  }

  eks_managed_node_groups = {
    large = {
      instance_types = ["m5.4xlarge"]
      min_size       = 3
      desired_size   = 3
      max_size       = 30
    }
  }
}
