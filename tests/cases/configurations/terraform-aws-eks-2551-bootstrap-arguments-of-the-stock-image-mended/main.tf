# The module starts nodes of an image of one's own, and passes the argument on; 29 is what an m5.large has room for.
module "eks" {
  source  = "terraform-aws-modules/eks/aws"
  version = "19.10.0"

  cluster_name = "shop"
  subnet_ids   = ["subnet-0aaaaaaaaaaaaaaaa", "subnet-0bbbbbbbbbbbbbbbb"]

  eks_managed_node_groups = {
    default = {
      instance_types       = ["m5.large"]
      ami_id                     = "ami-0aaaaaaaaaaaaaaaa"
      enable_bootstrap_user_data = true
      bootstrap_extra_args = "--use-max-pods false --kubelet-extra-args '--max-pods=29'"
    }
  }
}
