variable "more" {}

module "eks" {
  source                  = "terraform-aws-modules/eks/aws"
  version                 = "20.37.2"
  cluster_name            = "room"
  subnet_ids              = ["subnet-a"]
  eks_managed_node_groups = merge(var.more, { base = { instance_types = ["t3.micro"] } }) # expect: PR113
}
