locals {
  zones = ["eu-west-1a", "eu-west-1b"]
}

# Nodes live in a /27 of each zone, their pods in a /20 of a secondary block; one list holds all four subnets.
module "vpc" {
  source  = "terraform-aws-modules/vpc/aws"
  version = "~> 5.0"

  name                  = "shop"
  cidr                  = "10.20.0.0/24"
  secondary_cidr_blocks = ["100.64.0.0/16"]
  azs                   = local.zones
  private_subnets = concat(
    [for index, zone in local.zones : cidrsubnet("10.20.0.0/24", 3, index)],
    [for index, zone in local.zones : cidrsubnet("100.64.0.0/16", 4, index)],
  )
}

module "eks" {
  source  = "terraform-aws-modules/eks/aws"
  version = "~> 20.0"

  cluster_name    = "shop"
  cluster_version = "1.33"
  vpc_id          = module.vpc.vpc_id
  subnet_ids      = slice(module.vpc.private_subnets, 0, 2)

  cluster_addons = {
    vpc-cni = {
      before_compute = true
      configuration_values = jsonencode({
        env = {
          AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG = "true"
          ENI_CONFIG_LABEL_DEF               = "topology.kubernetes.io/zone"
          ENABLE_PREFIX_DELEGATION           = "true"
          WARM_PREFIX_TARGET                 = "1"
        }
        eniConfig = {
          create = true
          region = "eu-west-1"
          subnets = {
            for index, zone in local.zones : zone => {
              id             = module.vpc.private_subnets[2 + index]
              securityGroups = ["sg-0123456789abcdef0"]
            }
          }
        }
      })
    }
  }

  eks_managed_node_groups = {
    workers = {
      instance_types = ["m5.large"]
      min_size       = 2
      desired_size   = 2
      max_size       = 20
    }
  }
}
