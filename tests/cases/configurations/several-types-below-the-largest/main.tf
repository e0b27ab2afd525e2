module "eks" {
  source = "terraform-aws-modules/eks/aws"
  version = "~> 20.0"
  cluster_name = "x"
  cluster_version = "1.31"
  subnet_ids = ["subnet-1"]
  cluster_addons = { vpc-cni = { before_compute = true, configuration_values = jsonencode({ env = { ENABLE_PREFIX_DELEGATION = "true", WARM_PREFIX_TARGET = "1" } }) } }
  eks_managed_node_groups = {
    a = { instance_types = ["m5.large", "m4.large", "t2.large"] } # expect: PR106
    b = { instance_types = ["t3.micro"] }
  }
}
