variable "ami_type" {
  type = string
}

module "eks" {
  source  = "terraform-aws-modules/eks/aws"
  version = "~> 21.0"

  name       = "shop"
  subnet_ids = ["subnet-0aaaaaaaaaaaaaaaa", "subnet-0bbbbbbbbbbbbbbbb"]

  addons = {
    vpc-cni = {
      before_compute       = true
    }
  }

  self_managed_node_groups = {
    default = {
      instance_type        = "m5.large"
      ami_type             = var.ami_type
      bootstrap_extra_args = "--kubelet-extra-args '--max-pods=110'"
    }
  }
}
