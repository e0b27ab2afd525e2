# A managed group with an image of its own: the module runs bootstrap.sh with the arguments that are given.
module "eks" {
  source          = "terraform-aws-modules/eks/aws"
  version         = "~> 20.0"
  cluster_name    = "shop"
  cluster_version = "1.29"
  subnet_ids      = ["subnet-1", "subnet-2"]

  eks_managed_node_group_defaults = {
    instance_types = ["t3.medium"]
  }

  eks_managed_node_groups = {
    crowded = {
      ami_id                     = "ami-0123456789abcdef0"
      enable_bootstrap_user_data = true
      bootstrap_extra_args       = "--use-max-pods false --kubelet-extra-args '--max-pods=110'" # expect: PR101
    }
    stock = {
      # a stock image ignores the arguments of bootstrap.sh
      ami_type             = "AL2_x86_64"
      bootstrap_extra_args = "--kubelet-extra-args '--max-pods=110'" # expect: PR901
    }
  }
}
