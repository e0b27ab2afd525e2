variable "subnet_ids" {
  type = set(string)
}

module "eks" {
  source  = "terraform-aws-modules/eks/aws"
  version = "19.21.0"

  cluster_name = "shop"
  subnet_ids   = var.subnet_ids

  eks_managed_node_groups = {
    workers = {
      instance_types = toset(["m5.large"])
      subnet_ids     = var.subnet_ids
      max_size       = 10
    }
  }
}
