module "label" {
  source    = "cloudposse/label/null"
  version   = "0.25.0"
  namespace = "acme"
  stage     = "prod"
  name      = "shop"
}

module "vpc" {
  source                  = "cloudposse/vpc/aws"
  version                 = "2.2.0"
  ipv4_primary_cidr_block = "10.0.0.0/16"
  context                 = module.label.context
}

module "subnets" {
  source             = "cloudposse/dynamic-subnets/aws"
  version            = "2.4.2"
  vpc_id             = module.vpc.vpc_id
  availability_zones = ["eu-west-1a", "eu-west-1b"]
  max_subnet_count   = 2
  ipv4_cidr_block    = [module.vpc.vpc_cidr_block]
  context            = module.label.context
}

module "cluster" {
  source             = "cloudposse/eks-cluster/aws"
  version            = "4.9.0"
  kubernetes_version = "1.31"
  subnet_ids         = module.subnets.private_subnet_ids
  context            = module.label.context

  addons = [{
    addon_name = "vpc-cni"
    configuration_values = jsonencode({
      env = { MINIMUM_IP_TARGET = "10" } # expect: PR301
    })
  }]
}

module "nodes" {
  source         = "cloudposse/eks-node-group/aws"
  version        = "3.4.0"
  cluster_name   = module.cluster.eks_cluster_id
  subnet_ids     = module.subnets.private_subnet_ids
  instance_types = ["m5.large"]
  min_size       = 1
  max_size       = 3
  desired_size   = 2
  context        = module.label.context

  kubelet_additional_options = ["--max-pods=58"] # expect: PR101
}

module "unused" {
  source       = "cloudposse/eks-node-group/aws"
  version      = "3.4.0"
  enabled      = false
  cluster_name = module.cluster.eks_cluster_id
  subnet_ids   = module.subnets.private_subnet_ids
  min_size     = 1
  max_size     = 3
  desired_size = 2
  context      = module.label.context

  kubelet_additional_options = ["--max-pods=110"]
}
