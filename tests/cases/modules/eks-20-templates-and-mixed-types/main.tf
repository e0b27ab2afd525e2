module "eks" {
  source  = "terraform-aws-modules/eks/aws"
  version = "20.37.2"

  cluster_name    = "room"
  cluster_version = "1.31"
  subnet_ids      = ["subnet-a", "subnet-b"]

  eks_managed_node_groups = {
    without_template = { create_launch_template = false, use_custom_launch_template = false, instance_types = ["t3.large"], disk_size = 50 }
    external         = { create_launch_template = false, launch_template_id = aws_launch_template.own.id, launch_template_name = "" }
    from_template = {
      ami_id                     = "ami-0123456789abcdef0"
      enable_bootstrap_user_data = true
      user_data_template_path    = "${path.module}/user_data.tpl"
      bootstrap_extra_args       = "--kubelet-extra-args --max-pods=42"
    }
    interfaces = { network_interfaces = [{ device_index = 0 }, { device_index = 1 }] }
  }
  self_managed_node_groups = {
    mixed = {
      use_mixed_instances_policy = true
      instance_type              = "m5.large"
      mixed_instances_policy = {
        override = [{ instance_type = "m5.large", weighted_capacity = "1" }, { instance_type = "c5.xlarge" }]
      }
    }
    forgotten = {
      mixed_instances_policy = { override = [{ instance_type = "c5.xlarge" }] }
    }
    without_override = { use_mixed_instances_policy = true, instance_type = "r5.large" }
    from_template    = { user_data_template_path = "${path.module}/user_data.tpl", bootstrap_extra_args = "--kubelet-extra-args --max-pods=42" }
  }
}

resource "aws_launch_template" "own" {
  instance_type = "c5.2xlarge"
  user_data     = base64encode("#!/bin/bash\nexport USE_MAX_PODS=false\n")
}
