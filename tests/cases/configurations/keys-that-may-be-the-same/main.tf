variable "name" {}

# Where var.name is "base", the group of t3.micro is not there: the last entry of a key counts.
module "eks" {
  source       = "terraform-aws-modules/eks/aws"
  version      = "20.37.2"
  cluster_name = "room"
  subnet_ids   = ["subnet-a"]
  eks_managed_node_groups = {
    (var.name)         = { instance_types = ["t3.micro"] }
    "${var.name}-more" = { instance_types = ["t3.nano"] } # expect: PR113
    base               = { instance_types = ["m5.large"] }
  }
}
