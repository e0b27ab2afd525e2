terraform {
  required_providers { 
    aws = { source = "hashicorp/aws" } 
  }
}
provider "aws" { region = local.region }

data "aws_availability_zones" "available" {
  filter {
    name   = "opt-in-status"
    values = ["opt-in-not-required"]
  }
}
variable "name" { default = "ex" }
locals {
  region = "eu-west-1"
  vpc_cidr = "10.0.0.0/16"
  azs      = slice(data.aws_availability_zones.available.names, 0, 3)
}
module "vpc" {
  source  = "terraform-aws-modules/vpc/aws"
  version = "~> 6.0"
  name = var.name
  cidr = local.vpc_cidr
  azs             = local.azs
  private_subnets = [for k, v in local.azs : cidrsubnet(local.vpc_cidr, 4, k)]
  public_subnets  = [for k, v in local.azs : cidrsubnet(local.vpc_cidr, 8, k + 48)]
  intra_subnets   = [for k, v in local.azs : cidrsubnet(local.vpc_cidr, 8, k + 52)]
  enable_nat_gateway = true
  single_nat_gateway = true
}
module "eks" {
  source  = "terraform-aws-modules/eks/aws"
  version = "~> 21.0"
  name               = var.name
  kubernetes_version = "1.33"
  vpc_id     = module.vpc.vpc_id
  subnet_ids = module.vpc.private_subnets
  control_plane_subnet_ids = module.vpc.intra_subnets
  create_kms_key = false
  encryption_config = null
  addons = {
    coredns = {}
    vpc-cni = {
      before_compute = true
      most_recent = true
      configuration_values = jsonencode({ env = { ENABLE_PREFIX_DELEGATION = "true", WARM_PREFIX_TARGET = "1" } })
    }
  }
  eks_managed_node_groups = {
    default = {}
    al2023 = {
      ami_type       = "AL2023_x86_64_STANDARD"
      instance_types = ["m6i.large", "m5.large"]
      min_size = 2
      max_size = 10
      desired_size = 2
      cloudinit_pre_nodeadm = [{
        content_type = "application/node.eks.aws"
        content = <<-EOT
          ---
          apiVersion: node.eks.aws/v1alpha1
          kind: NodeConfig
          spec:
            kubelet:
              config:
                maxPods: 110
        EOT
      }]
    }
    onesubnet = { 
      subnet_ids = [module.vpc.private_subnets[0]] 
      use_custom_launch_template = false
      instance_types = ["t3.large"]
    }
  }
  self_managed_node_groups = {
    mixed = {
      ami_type = "AL2023_x86_64_STANDARD"
      instance_type = "m5.large"
      max_size = 6
      use_mixed_instances_policy = true
      mixed_instances_policy = {
        instances_distribution = { on_demand_base_capacity = 0 }
        launch_template = { override = [ { instance_type = "m5.xlarge", weighted_capacity = "1" }, { instance_type = "m6i.xlarge" } ] }
      }
    }
    plain = { bootstrap_extra_args = "--use-max-pods false" }
  }
  fargate_profiles = {
    kube = { selectors = [{ namespace = "kube-system" }] }
  }
}
