locals {
  types = { big = "m5.2xlarge", same = "m6i.2xlarge", small = "m5.xlarge", tiny = "t3.medium" } # expect: PR102
}

resource "aws_launch_template" "nodes" {
  image_id      = "ami-0123456789abcdef0"
  instance_type = local.types.big
  user_data     = base64encode("#!/bin/bash\n/etc/eks/bootstrap.sh main --kubelet-extra-args --max-pods=58\n")
}

resource "aws_autoscaling_group" "nodes" {
  min_size = 1
  max_size = 3
  mixed_instances_policy {
    launch_template {
      launch_template_specification {
        launch_template_id = aws_launch_template.nodes.id
      }
      dynamic "override" {
        for_each = local.types
        content {
          instance_type = override.value
        }
      }
    }
  }
}
