# The add-ons module refers to the finished cluster, and does not read before_compute.
module "eks" {
  source  = "terraform-aws-modules/eks/aws"
  version = "~> 19.15"

  cluster_name    = "blue"
  cluster_version = "1.30"
  vpc_id          = "vpc-0123456789abcdef0"
  subnet_ids      = ["subnet-0aaaaaaaaaaaaaaaa"]

  eks_managed_node_groups = {
    initial = { instance_types = ["m5.large"] }
  }
}

module "eks_blueprints_addons" {
  source  = "aws-ia/eks-blueprints-addons/aws"
  version = "~> 1.16"

  cluster_name = module.eks.cluster_name

  eks_addons = {
    vpc-cni = {
      before_compute = true
      configuration_values = jsonencode({
        env = {
          ENABLE_PREFIX_DELEGATION = "true" # expect: PR402
          WARM_PREFIX_TARGET       = "1"
        }
      })
    }
  }
}
