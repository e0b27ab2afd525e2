variable "groups" {}
variable "enabled" { default = true }

module "eks" {
  source                  = "terraform-aws-modules/eks/aws"
  version                 = "20.37.2"
  cluster_name            = "room"
  subnet_ids              = ["subnet-a"]
  eks_managed_node_groups = var.enabled ? var.groups : {}
}
