module "eks" {
  source  = "terraform-aws-modules/eks/aws"
  version = "20.37.2"

  cluster_name    = "room"
  cluster_version = "1.31"
  subnet_ids      = ["subnet-a", "subnet-b"]

  create                   = false
  cluster_addons           = { vpc-cni = {} }
  eks_managed_node_groups  = { none = {} }
  self_managed_node_groups = { none = {} }
  fargate_profiles         = { none = { selectors = [] } }
}
