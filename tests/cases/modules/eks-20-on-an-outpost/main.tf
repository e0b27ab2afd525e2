module "eks" {
  source  = "terraform-aws-modules/eks/aws"
  version = "20.37.2"

  cluster_name    = "room"
  cluster_version = "1.31"
  subnet_ids      = ["subnet-a", "subnet-b"]

  outpost_config           = { outpost_arns = ["arn:aws:outposts:eu-west-1:1:outpost/op-1"], control_plane_instance_type = "m5.xlarge" }
  cluster_addons           = { vpc-cni = {} }
  eks_managed_node_groups  = { none = {} }
  fargate_profiles         = { none = { selectors = [] } }
  self_managed_node_groups = { some = { instance_type = "m5.xlarge" } }
}
