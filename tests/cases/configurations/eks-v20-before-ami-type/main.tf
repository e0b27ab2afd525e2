# Up to v20.8 platform decides what the user data is, whatever ami_type says.
module "eks" {
  source  = "terraform-aws-modules/eks/aws"
  version = "20.8.5"

  cluster_name    = "main"
  cluster_version = "1.29"
  subnet_ids      = ["subnet-0123456789abcdef0"]

  self_managed_node_groups = {
    bottlerocket = {
      platform             = "bottlerocket"
      ami_id               = "ami-0123456789abcdef0"
      instance_type        = "m5.large"
      bootstrap_extra_args = "max-pods = 110" # expect: PR101
    }
    linux = {
      ami_type             = "AL2_x86_64" # expect: PR901
      instance_type        = "m5.large"
      bootstrap_extra_args = "--use-max-pods false --kubelet-extra-args '--max-pods=110'" # expect: PR101
    }
  }

  eks_managed_node_groups = {
    nodeadm = {
      ami_id                     = "ami-0123456789abcdef0"
      platform                   = "al2023"
      enable_bootstrap_user_data = true
      instance_types             = ["m5.large"]
      bootstrap_extra_args       = "--use-max-pods false --kubelet-extra-args '--max-pods=110'" # expect: PR901
    }
  }
}
