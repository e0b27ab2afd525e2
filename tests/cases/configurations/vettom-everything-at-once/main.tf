# Custom networking and the trunk leave an m5.large one interface: 9 x 16 = 144 addresses for 110 pods.
locals {
  zones = ["eu-west-1a", "eu-west-1b"]
}

module "vpc" {
  source  = "terraform-aws-modules/vpc/aws"
  version = "~> 6.0"

  name                  = "demo"
  cidr                  = "10.20.0.0/20"
  secondary_cidr_blocks = ["100.64.0.0/16"]
  azs                   = local.zones
  private_subnets       = [for index, zone in local.zones : cidrsubnet("10.20.0.0/20", 4, index)]
}

resource "aws_subnet" "pods" {
  for_each = { for index, zone in local.zones : zone => cidrsubnet("100.64.0.0/16", 3, index) }

  vpc_id            = module.vpc.vpc_id
  availability_zone = each.key
  cidr_block        = each.value
}

module "eks" {
  source  = "terraform-aws-modules/eks/aws"
  version = "~> 21.0"

  name               = "demo"
  kubernetes_version = "1.34"
  vpc_id             = module.vpc.vpc_id
  subnet_ids         = module.vpc.private_subnets

  addons = {
    vpc-cni = {
      before_compute = true
      configuration_values = jsonencode({
        env = {
          AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG = "true"
          ENI_CONFIG_LABEL_DEF               = "topology.kubernetes.io/zone"
          ENABLE_PREFIX_DELEGATION           = "true"
          ENABLE_POD_ENI                     = "true"
          POD_SECURITY_GROUP_ENFORCING_MODE  = "standard"
        }
        eniConfig = {
          create = true
          region = "eu-west-1"
          subnets = {
            for zone, subnet in aws_subnet.pods : zone => { id = subnet.id, securityGroups = ["sg-0123456789abcdef0"] }
          }
        }
      })
    }
  }

  eks_managed_node_groups = {
    workers = {
      instance_types = ["m5.large"]
      min_size       = 1
      desired_size   = 1
      max_size       = 4
    }
  }
}
