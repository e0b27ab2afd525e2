# One list holds the subnets of nodes and those of a secondary block for pods; whoever wants nodes takes the first three.
data "aws_availability_zones" "available" {}

locals {
  zones = slice(data.aws_availability_zones.available.names, 0, 3)
}

module "vpc" {
  source  = "terraform-aws-modules/vpc/aws"
  version = "~> 5.0"

  name                  = "custom"
  cidr                  = "10.0.0.0/16"
  secondary_cidr_blocks = ["10.99.0.0/16"]
  azs                   = local.zones
  private_subnets = concat(
    [for index, zone in local.zones : cidrsubnet("10.0.0.0/16", 4, index)],
    [for index, zone in local.zones : cidrsubnet("10.99.0.0/16", 2, index)],
  )
}

module "eks" {
  source  = "terraform-aws-modules/eks/aws"
  version = "~> 20.11"

  cluster_name             = "custom"
  cluster_version          = "1.30"
  vpc_id                   = module.vpc.vpc_id
  subnet_ids               = slice(module.vpc.private_subnets, 0, 3)
  control_plane_subnet_ids = slice(module.vpc.private_subnets, 0, 3)

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
          region = "us-west-2"
          subnets = {
            for zone, id in zipmap(local.zones, slice(module.vpc.private_subnets, 3, 6)) : zone => {
              securityGroups = ["sg-0123456789abcdef0"]
              id             = id
            }
          }
        }
      })
    }
  }

  eks_managed_node_groups = {
    custom_networking = {
      instance_types = ["m5.large"]
      min_size       = 1
      desired_size   = 2
      max_size       = 3
    }
  }
}
