# A placement group lies in one zone: the module asks AWS in which, unless there is but one subnet.
locals {
  zones = ["us-west-2a", "us-west-2b"]
}

module "vpc" {
  source  = "terraform-aws-modules/vpc/aws"
  version = "~> 5.0"

  name            = "training"
  cidr            = "10.0.0.0/16"
  azs             = local.zones
  private_subnets = ["10.0.0.0/24", "10.0.16.0/20"] # expect: PR201
}

module "eks" {
  source  = "terraform-aws-modules/eks/aws"
  version = "~> 20.34"

  cluster_name       = "training"
  cluster_version    = "1.32"
  vpc_id             = module.vpc.vpc_id
  subnet_ids         = module.vpc.private_subnets
  enable_efa_support = true

  cluster_addons = {
    vpc-cni = {
      before_compute = true
    }
  }

  eks_managed_node_groups = {
    reserved = {
      ami_type           = "AL2023_x86_64_NVIDIA"
      instance_types     = ["p5e.48xlarge"]
      min_size           = 8
      desired_size       = 8
      max_size           = 8
      enable_efa_support = true
      subnet_ids         = [element(module.vpc.private_subnets, 0)]
    }
  }
}
