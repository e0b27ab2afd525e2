module "eks" {
  source  = "terraform-aws-modules/eks/aws"
  version = "21.19.0"

  name               = "room"
  kubernetes_version = "1.33"
  subnet_ids         = ["subnet-a", "subnet-b"]

  compute_config = { enabled = true, node_pools = ["general-purpose"] }
}
