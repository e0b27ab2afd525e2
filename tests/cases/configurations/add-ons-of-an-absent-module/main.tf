# The module of a platform team turns prefix delegation on by a command: 110 pods may well be right.
module "eks" {
  source          = "terraform-aws-modules/eks/aws"
  version         = "17.24.0"
  cluster_name    = "live"
  cluster_version = "1.21"
  vpc_id          = "vpc-1"
  subnets         = ["subnet-1"]

  node_groups = {
    default = {
      instance_types         = ["m5.large"]
      create_launch_template = true
      bootstrap_extra_args   = "--use-max-pods false"
      kubelet_extra_args     = "--max-pods=110"
    }
  }
}

module "add_ons" {
  source         = "github.com/example/platform-terraform-eks-add-ons?ref=1.17.0"
  cluster_name   = "live"
  eks_cluster_id = module.eks.cluster_id
}

module "not_made" {
  source = "github.com/example/vpc-cni"
  count  = 0
}
