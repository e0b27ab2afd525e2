module "eks" {
  source  = "terraform-aws-modules/eks/aws"
  version = "18.31.2"

  cluster_name    = "room"
  cluster_version = "1.31"
  subnet_ids      = ["subnet-a", "subnet-b"]

  eks_managed_node_group_defaults = {
    instance_types          = ["m5.xlarge"]
    min_size                = 2
    subnet_ids              = ["subnet-c"]
    pre_bootstrap_user_data = "export USE_MAX_PODS=false"
  }
  eks_managed_node_groups = {
    plain         = {}
    own           = { instance_types = ["c5.large", "c5a.large"], min_size = 0, desired_size = 0, max_size = 9 }
    explicit_null = { instance_types = null, min_size = null, max_size = null, desired_size = null, subnet_ids = null }
    absent        = { create = false }
    named         = { name = "other", use_name_prefix = false, launch_template_name = "template" }
    spot          = { capacity_type = "SPOT", pre_bootstrap_user_data = "" }
  }
  self_managed_node_group_defaults = { instance_type = "m5.large", max_size = 7 }
  self_managed_node_groups = {
    plain         = {}
    explicit_null = { instance_type = null, min_size = null, max_size = null, desired_size = null }
    own           = { instance_type = "r5.large", min_size = 1, desired_size = 2, subnet_ids = ["subnet-d"] }
    template_only = { create_autoscaling_group = false }
    absent        = { create = false }
  }
}
