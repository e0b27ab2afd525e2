module "blueprints" {
  source = "github.com/aws-ia/terraform-aws-eks-blueprints?ref=v4.32.1"

  cluster_name       = "room"
  cluster_version    = "1.24"
  vpc_id             = "vpc-1"
  private_subnet_ids = ["subnet-a", "subnet-b"]
  public_subnet_ids  = ["subnet-p"]

  managed_node_groups = {
    plain  = {}
    public = { node_group_name = "public", subnet_type = "public", min_size = 2, max_size = 5, desired_size = 2 }
    typed  = { node_group_name = "typed", instance_types = ["c5.large", "c5a.large"], subnet_ids = ["subnet-c"] }
    imaged = {
      node_group_name        = "imaged"
      create_launch_template = true
      launch_template_os     = "amazonlinux2eks"
      custom_ami_id          = "ami-0123456789abcdef0"
      kubelet_extra_args     = "--max-pods=58"
      bootstrap_extra_args   = "--use-max-pods false"
      pre_userdata           = "echo hello"
    }
    stock_template = {
      node_group_name        = "stock"
      create_launch_template = true
      launch_template_os     = "amazonlinux2eks"
      kubelet_extra_args     = "--max-pods=58"
      pre_userdata           = "export USE_MAX_PODS=false"
    }
  }
  self_managed_node_groups = {
    plain  = { node_group_name = "plain", launch_template_os = "amazonlinux2eks" }
    one    = { node_group_name = "one", launch_template_os = "amazonlinux2eks", instance_types = ["c5.large"], kubelet_extra_args = "--max-pods=20" }
    mixed  = { node_group_name = "mixed", launch_template_os = "amazonlinux2eks", instance_types = ["c5.large", "m5.large"], max_size = 9 }
    rocket = { node_group_name = "rocket", launch_template_os = "bottlerocket", bootstrap_extra_args = "[settings.kubernetes]\nmax-pods = 58" }
  }
  fargate_profiles = {
    one = { fargate_profile_name = "one", fargate_profile_namespaces = [{ namespace = "default" }], subnet_ids = ["subnet-f"] }
  }
}
