# Faults in what is not deployed, or is commented out; the add-on only turns on network policies.
module "vpc" {
  source  = "terraform-aws-modules/vpc/aws"
  version = "~> 5.0"

  name            = "shop"
  cidr            = "10.20.0.0/16"
  azs             = ["eu-west-1a", "eu-west-1b"]
  private_subnets = ["10.20.0.0/20", "10.20.16.0/20"]
}

module "eks" {
  source  = "terraform-aws-modules/eks/aws"
  version = "~> 20.0"

  cluster_name    = "shop"
  cluster_version = "1.33"
  vpc_id          = module.vpc.vpc_id
  subnet_ids      = module.vpc.private_subnets

  cluster_addons = {
    vpc-cni = {
      configuration_values = jsonencode({ enableNetworkPolicy = "true" })
    }
  }

  eks_managed_node_groups = {
    workers = {
      instance_types = ["m5.large"]
    }
    retired = {
      create         = false
      instance_types = ["t3.nano"]
    }
    # tiny = {
    #   instance_types = ["t3.nano"]
    # }
  }

  self_managed_node_groups = {
    retired = {
      create               = false
      ami_type             = "AL2_x86_64"
      instance_type        = "t3.medium"
      bootstrap_extra_args = "--kubelet-extra-args '--max-pods=110'"
    }
  }
}

module "old" {
  source  = "terraform-aws-modules/eks/aws"
  version = "~> 20.0"
  create  = false

  cluster_name    = "old"
  cluster_version = "1.33"
  vpc_id          = module.vpc.vpc_id
  subnet_ids      = module.vpc.private_subnets

  self_managed_node_groups = {
    retired = {
      ami_type             = "AL2_x86_64"
      instance_type        = "t3.medium"
      bootstrap_extra_args = "--kubelet-extra-args '--max-pods=110'"
    }
  }
}

resource "aws_eks_node_group" "retired" {
  count = 0

  cluster_name    = module.eks.cluster_name
  node_group_name = "retired"
  node_role_arn   = "arn:aws:iam::111122223333:role/nodes"
  subnet_ids      = module.vpc.private_subnets
  instance_types  = ["t3.nano"]
  scaling_config {
    min_size     = 1
    desired_size = 1
    max_size     = 3
  }
}
