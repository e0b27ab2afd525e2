module "eks" {
  source  = "terraform-aws-modules/eks/aws"
  version = "14.0.0"

  cluster_name    = "room"
  cluster_version = "1.20"
  vpc_id          = "vpc-1"
  subnets         = ["subnet-a", "subnet-b"]

  workers_group_defaults = { instance_type = "t3.large", kubelet_extra_args = "--node-labels=a=b" }
  node_groups_defaults   = { ami_type = "AL2_x86_64", max_capacity = 7 }
  node_groups = {
    plain = {}
    own   = { desired_capacity = 2, max_capacity = 9, min_capacity = 1, subnets = ["subnet-c"], instance_types = ["c5.large", "c5a.large"] }
  }
  worker_groups = [
    {},
    { name = "numbered", instance_type = "t3.small", asg_max_size = 5, kubelet_extra_args = "--max-pods=20", subnets = ["subnet-d"] },
    { name = "imaged", ami_id = "ami-0123456789abcdef0", bootstrap_extra_args = "--use-max-pods false" },
  ]
  worker_groups_launch_template = [
    { name = "plain", instance_type = "m5.large" },
    { name = "mixed", override_instance_types = ["m5.large", "c5.large"], kubelet_extra_args = "--max-pods=30" },
    { name = "spot", on_demand_allocation_strategy = "prioritized" },
    { name = "full", bootstrap_extra_args = "--use-max-pods false", asg_desired_capacity = 3, asg_min_size = 2 },
  ]
  fargate_profiles = { one = { namespace = "default" } }
}

module "absent" {
  source  = "terraform-aws-modules/eks/aws"
  version = "14.0.0"

  create_eks      = false
  cluster_name    = "absent"
  cluster_version = "1.20"
  vpc_id          = "vpc-1"
  subnets         = ["subnet-a"]
  node_groups     = { none = {} }
  worker_groups   = [{}]
}
