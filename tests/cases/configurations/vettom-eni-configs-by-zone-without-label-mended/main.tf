# Nodes live in a /27 of each zone, their pods in a /19 of a secondary block, by the chart of the CNI.
locals {
  zones = ["eu-west-1a", "eu-west-1b", "eu-west-1c"]
}

module "vpc" {
  source  = "terraform-aws-modules/vpc/aws"
  version = "~> 6.0"

  name                  = "demo"
  cidr                  = "10.20.0.0/24"
  secondary_cidr_blocks = ["100.64.0.0/16"]
  azs                   = local.zones
  private_subnets       = [for index, zone in local.zones : cidrsubnet("10.20.0.0/24", 3, index)]
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
}

module "nodes" {
  source  = "terraform-aws-modules/eks/aws//modules/eks-managed-node-group"
  version = "~> 21.0"

  name               = "workers"
  cluster_name       = module.eks.cluster_name
  kubernetes_version = "1.34"
  subnet_ids         = module.vpc.private_subnets
  ami_type           = "BOTTLEROCKET_x86_64"
  instance_types     = ["m6a.large", "m6a.xlarge"]
  min_size           = 1
  desired_size       = 1
  max_size           = 4

  depends_on = [helm_release.vpc_cni]
}

resource "helm_release" "vpc_cni" {
  name       = "aws-vpc-cni"
  namespace  = "kube-system"
  repository = "https://aws.github.io/eks-charts"
  chart      = "aws-vpc-cni"
  version    = "1.19.6"
  values = [yamlencode({
    env = {
      AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG = "true"
      ENI_CONFIG_LABEL_DEF               = "topology.kubernetes.io/zone"
      ENABLE_POD_ENI                     = "true"
      ENABLE_PREFIX_DELEGATION           = "true"
    }
    eniConfig = {
      create = true
      region = "eu-west-1"
      subnets = {
        for zone, subnet in aws_subnet.pods : zone => {
          id             = subnet.id
          securityGroups = [module.eks.node_security_group_id]
        }
      }
    }
  })]
}
