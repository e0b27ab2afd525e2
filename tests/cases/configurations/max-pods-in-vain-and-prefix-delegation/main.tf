# Nodes stay at 29 pods because the 110 never reach them: one cause, one finding.
module "eks" {
  source  = "terraform-aws-modules/eks/aws"
  version = "~> 21.0"

  name       = "shop"
  subnet_ids = ["subnet-0aaaaaaaaaaaaaaaa", "subnet-0bbbbbbbbbbbbbbbb"]

  addons = {
    vpc-cni = {
      before_compute       = true
      configuration_values = jsonencode({ env = { ENABLE_PREFIX_DELEGATION = "true" } })
    }
  }

  self_managed_node_groups = {
    default = {
      instance_type        = "m5.large"
      bootstrap_extra_args = "--kubelet-extra-args '--max-pods=110'" # expect: PR901
    }
  }
}
