# Exactly one member of `instance_types` of a self-managed group is ignored: its nodes are m4.large, by default.
module "eks_blueprints" {
  source             = "github.com/aws-ia/terraform-aws-eks-blueprints?ref=v4.32.1"
  cluster_name       = "shop"
  private_subnet_ids = ["subnet-1", "subnet-2"]

  managed_node_groups = {
    stock = {
      node_group_name    = "stock"
      kubelet_extra_args = "--max-pods=110" # expect: PR901
    }
    own = {
      node_group_name        = "own"
      create_launch_template = true
      custom_ami_id          = "ami-0aaaaaaaaaaaaaaaa"
      pre_userdata           = "export LABELS=own"
      kubelet_extra_args     = "--max-pods=20"
      bootstrap_extra_args   = "--use-max-pods false"
    }
    bare = {
      node_group_name = "bare"
      pre_userdata    = "echo never run" # expect: PR901
    }
  }

  self_managed_node_groups = {
    one = {
      node_group_name    = "one"
      instance_types     = ["m5.xlarge"] # expect: PR903
      kubelet_extra_args = "--max-pods=50"
    }
  }
}

module "kubernetes_addons" {
  source         = "github.com/aws-ia/terraform-aws-eks-blueprints//modules/kubernetes-addons?ref=v4.32.1"
  eks_cluster_id = module.eks_blueprints.eks_cluster_id

  enable_amazon_eks_vpc_cni = true
  amazon_eks_vpc_cni_config = {
    configuration_values = jsonencode({
      env = { MINIMUM_IP_TARGET = "10" } # expect: PR301
    })
  }
}
