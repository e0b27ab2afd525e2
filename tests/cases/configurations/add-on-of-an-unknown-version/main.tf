# Which version runs decides what PR701 and PR702 say, and nothing else here.
variable "cni_version" {}

module "eks" {
  source  = "terraform-aws-modules/eks/aws"
  version = "20.37.2"

  cluster_name   = "main"
  subnet_ids     = ["subnet-0123456789abcdef0"]
  cluster_addons = { vpc-cni = { addon_version = var.cni_version } }

  eks_managed_node_groups = {
    small = { instance_types = ["t3.micro"] } # expect: PR113
  }
}
