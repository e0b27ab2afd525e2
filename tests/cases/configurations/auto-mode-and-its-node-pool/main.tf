# EKS Auto Mode: the pool is not for aws-node, whatever it may launch.
module "eks" {
  source  = "terraform-aws-modules/eks/aws"
  version = "~> 20.31"

  cluster_name    = "auto"
  cluster_version = "1.33"
  vpc_id          = "vpc-0123456789abcdef0"
  subnet_ids      = ["subnet-0aaaaaaaaaaaaaaaa", "subnet-0bbbbbbbbbbbbbbbb"]

  cluster_compute_config = {
    enabled    = true
    node_pools = ["general-purpose", "system"]
  }
}
