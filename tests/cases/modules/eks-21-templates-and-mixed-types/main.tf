module "eks" {
  source  = "terraform-aws-modules/eks/aws"
  version = "21.19.0"

  name               = "room"
  kubernetes_version = "1.33"
  subnet_ids         = ["subnet-a", "subnet-b"]

  eks_managed_node_groups = {
    without_template = { use_custom_launch_template = false, instance_types = ["t3.large"], disk_size = 50 }
    external         = { create_launch_template = false, launch_template_id = aws_launch_template.own.id }
    efa              = { instance_types = ["p5.48xlarge"], enable_efa_support = true }
    block            = { instance_types = ["p5.48xlarge"], capacity_type = "CAPACITY_BLOCK" }
    interfaces       = { network_interfaces = [{ device_index = 0 }, { device_index = 1 }] }
  }
  self_managed_node_groups = {
    mixed = {
      use_mixed_instances_policy = true
      mixed_instances_policy = {
        launch_template = { override = [{ instance_type = "m5.large", weighted_capacity = "1" }, { instance_type = "c5.xlarge" }] }
      }
    }
    forgotten = {
      mixed_instances_policy = { launch_template = { override = [{ instance_type = "c5.xlarge" }] } }
    }
    requirements = {
      instance_type         = null
      instance_requirements = { memory_mib = { min = 4096 }, vcpu_count = { min = 2 } }
    }
  }
}

resource "aws_launch_template" "own" {
  instance_type = "c5.2xlarge"
  user_data     = base64encode("#!/bin/bash\nexport USE_MAX_PODS=false\n")
}
