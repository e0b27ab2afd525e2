module "eks" {
  source          = "terraform-aws-modules/eks/aws"
  version         = "18.31.2"
  cluster_name    = "shop"
  cluster_version = "1.23"
  subnet_ids      = ["subnet-1"]

  self_managed_node_groups = {
    mixed = {
      use_mixed_instances_policy = true
      mixed_instances_policy = {
        override = [
          { instance_type = "m5.xlarge" },
          { instance_type = "m5.large" },
        ]
      }
      bootstrap_extra_args = "--use-max-pods false --kubelet-extra-args '--max-pods=58'" # expect: PR101
    }
  }
}
