module "eks" {
  source  = "terraform-aws-modules/eks/aws"
  version = "21.19.0"

  name               = "room"
  kubernetes_version = "1.33"
  subnet_ids         = ["subnet-a", "subnet-b"]

  addons = {
    vpc-cni = {
      before_compute = true
      configuration_values = jsonencode({
        env = { AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG = "true", ENI_CONFIG_LABEL_DEF = "topology.kubernetes.io/zone" }
        eniConfig = {
          create  = true
          region  = "eu-west-1"
          subnets = { for zone, subnet in zipmap(module.vpc.azs, module.vpc.intra_subnets) : zone => { id = subnet, securityGroups = ["sg-1"] } }
        }
      })
    }
  }
  eks_managed_node_groups = {
    one_zone = { subnet_ids = [module.vpc.private_subnets[1]] }
    all      = { subnet_ids = module.vpc.private_subnets }
    some     = { subnet_ids = slice(module.vpc.private_subnets, 0, 2) }
  }
}

module "vpc" {
  source  = "terraform-aws-modules/vpc/aws"
  version = "6.6.0"

  name                  = "room"
  cidr                  = "10.0.0.0/16"
  secondary_cidr_blocks = ["100.64.0.0/16"]
  azs                   = ["eu-west-1a", "eu-west-1b", "eu-west-1c"]
  private_subnets       = [for zone in range(3) : cidrsubnet("10.0.0.0/16", 8, zone)]
  intra_subnets         = [for zone in range(3) : cidrsubnet("100.64.0.0/16", 2, zone)]
}
