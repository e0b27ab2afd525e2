variable "groups" {
  default = {
    a = { types = ["m5.large"], max = 4 }
    b = { types = ["m5.large"], max = 4 }
    c = { types = ["c5.xlarge"], max = 4 }
  }
}
module "eks" {
  source = "terraform-aws-modules/eks/aws"
  version = "~> 20.0"
  cluster_name = "x"
  cluster_version = "1.31"
  subnet_ids = ["subnet-1"]
  cluster_addons = { vpc-cni = { configuration_values = jsonencode({ env = { ENABLE_PREFIX_DELEGATION = "true" } }) } } # expect: PR402
  eks_managed_node_groups = { for k, g in var.groups : k => { instance_types = g.types, min_size = 1, max_size = g.max } }
}
