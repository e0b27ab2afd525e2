module "vpc" {
  source  = "terraform-aws-modules/vpc/aws"
  version = "~> 5.0"

  name            = "demo"
  cidr            = "10.0.0.0/16"
  azs             = ["eu-west-1a", "eu-west-1b"]
  private_subnets = ["10.0.16.0/20", "10.0.32.0/20"]
}

module "eks" {
  source  = "terraform-aws-modules/eks/aws"
  version = "~> 20.31"

  cluster_name    = "demo"
  cluster_version = "1.31"
  vpc_id          = module.vpc.vpc_id
  subnet_ids      = module.vpc.private_subnets

  eks_managed_node_groups = {
    workers = {
      ami_type       = "BOTTLEROCKET_x86_64"
      instance_types = ["m7i.large", "m6i.large", "m5.large"]
      min_size       = 1
      desired_size   = 1
      max_size       = 2
    }
  }
}

resource "aws_eks_addon" "vpc_cni" {
  cluster_name  = module.eks.cluster_name
  addon_name    = "vpc-cni"
  addon_version = "v1.19.0-eksbuild.1"
  configuration_values = jsonencode({
    env = {
      ENABLE_PREFIX_DELEGATION          = "true" # expect: PR402
      WARM_ENI_TARGET                   = "1"
      WARM_PREFIX_TARGET                = "1"
      POD_SECURITY_GROUP_ENFORCING_MODE = "standard"
      ENABLE_POD_ENI                    = "true"
    }
    enableNetworkPolicy = "true"
  })
}
