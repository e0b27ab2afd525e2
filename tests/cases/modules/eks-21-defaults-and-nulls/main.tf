module "eks" {
  source  = "terraform-aws-modules/eks/aws"
  version = "21.19.0"

  name               = "room"
  kubernetes_version = "1.33"
  subnet_ids         = ["subnet-a", "subnet-b"]

  eks_managed_node_groups = {
    plain         = {}
    own           = { instance_types = ["c5.large", "c5a.large"], min_size = 0, desired_size = 0, max_size = 9, subnet_ids = ["subnet-c"] }
    explicit_null = { instance_types = null, min_size = null, max_size = null, desired_size = null, subnet_ids = null, ami_type = null }
    absent        = { create = false }
    unknown_keys  = { instance_type = "m5.large", desired = 5 }
    named         = { name = "other", launch_template_name = "template" }
  }
  self_managed_node_groups = {
    plain         = {}
    explicit_null = { instance_type = null, min_size = null, max_size = null, desired_size = null }
    own           = { instance_type = "r5.large", min_size = 2, desired_size = 2, subnet_ids = ["subnet-d"] }
    template_only = { create_autoscaling_group = false }
    absent        = { create = false }
  }
}
