# https://github.com/terraform-aws-modules/terraform-aws-eks/issues/2551: the argument never reaches a node.
module "eks" {
  source  = "terraform-aws-modules/eks/aws"
  version = "19.10.0"

  cluster_name = "shop"
  subnet_ids   = ["subnet-0aaaaaaaaaaaaaaaa", "subnet-0bbbbbbbbbbbbbbbb"]

  eks_managed_node_groups = {
    default = {
      instance_types       = ["m5.large"]
      bootstrap_extra_args = "--use-max-pods false --kubelet-extra-args '--max-pods=110'" # expect: PR901
    }
  }
}
