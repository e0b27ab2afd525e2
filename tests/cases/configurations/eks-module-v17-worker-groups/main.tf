module "eks" {
  source          = "terraform-aws-modules/eks/aws"
  version         = "17.24.0"
  cluster_name    = "shop"
  cluster_version = "1.20"
  subnets         = ["subnet-1", "subnet-2"]

  worker_groups = [
    {
      name               = "small"
      instance_type      = "t3.small"
      kubelet_extra_args = "--max-pods=20" # expect: PR101
    },
    { name = "plain", instance_type = "t3.small" },
  ]
}
