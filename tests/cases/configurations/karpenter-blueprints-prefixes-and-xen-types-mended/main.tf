module "eks" {
  source          = "terraform-aws-modules/eks/aws"
  version         = "~> 20.0"
  cluster_name    = "blueprints"
  cluster_version = "1.33"
  vpc_id          = "vpc-0123456789abcdef0"
  subnet_ids      = ["subnet-0aaaaaaaaaaaaaaaa", "subnet-0bbbbbbbbbbbbbbbb"]

  cluster_addons = {
    vpc-cni = {
      before_compute = true
      configuration_values = jsonencode({
        env = {
          ENABLE_PREFIX_DELEGATION = "true"
          WARM_PREFIX_TARGET       = "1"
        }
      })
    }
  }

  eks_managed_node_groups = {
    initial = {
      ami_type = "AL2023_x86_64_STANDARD"
      instance_types = [
        "m5.large",
        "m5a.large",
        "t3.large",
      ]
      min_size     = 2
      desired_size = 2
      max_size     = 10
    }
  }
}
