module "eks" {
  source  = "terraform-aws-modules/eks/aws"
  version = "20.37.2"

  cluster_name    = "room"
  cluster_version = "1.31"
  subnet_ids      = ["subnet-a", "subnet-b"]

  eks_managed_node_groups = {
    efa   = { instance_types = ["p5.48xlarge"], enable_efa_support = true, ami_type = "AL2023_x86_64_NVIDIA" }
    block = { instance_types = ["p5.48xlarge"], capacity_type = "CAPACITY_BLOCK" }
    few   = { instance_types = ["p5.48xlarge"], enable_efa_support = true, enable_efa_only = true, efa_indices = [0] }
  }
  self_managed_node_groups = {
    efa = { instance_type = "p5.48xlarge", enable_efa_support = true }
  }
}
