module "eks" {
  source  = "terraform-aws-modules/eks/aws"
  version = "20.37.2"

  cluster_name    = "room"
  cluster_version = "1.31"
  subnet_ids      = ["subnet-a", "subnet-b"]

  cluster_compute_config        = { enabled = true, node_pools = ["general-purpose"] }
  bootstrap_self_managed_addons = false
}
