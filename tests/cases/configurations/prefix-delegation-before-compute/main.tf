module "eks" {
  source          = "terraform-aws-modules/eks/aws"
  version         = "~> 20.0"
  cluster_name    = "shop"
  cluster_version = "1.31"
  subnet_ids      = ["subnet-1", "subnet-2"]

  cluster_addons = {
    vpc-cni = {
      before_compute = true
      configuration_values = jsonencode({
        env = { ENABLE_PREFIX_DELEGATION = "true", WARM_PREFIX_TARGET = "1" }
      })
    }
  }

  eks_managed_node_groups = {
    general = { instance_types = ["m5.large"] }
    dense   = { instance_types = ["m5.xlarge"] }
    # prefixes do not change its number
    old = { instance_types = ["m4.large"] } # expect: PR403
  }
}
