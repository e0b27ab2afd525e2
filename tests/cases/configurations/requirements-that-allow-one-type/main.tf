resource "aws_launch_template" "lt" {
  image_id = "ami-0123456789abcdef0"
  instance_type = "m7g.2xlarge"
  user_data = base64encode("#!/bin/bash\n/etc/eks/bootstrap.sh x --use-max-pods false --kubelet-extra-args '--max-pods=58'\n")
}
resource "aws_autoscaling_group" "g" {
  max_size = 3
  min_size = 1
  vpc_zone_identifier = ["subnet-1"]
  mixed_instances_policy {
    launch_template {
      launch_template_specification { launch_template_id = aws_launch_template.lt.id }
      override {
        instance_requirements {
          vcpu_count {
            min = 2
            max = 2
          }
          memory_mib { min = 4096 }
          allowed_instance_types = ["m7g.large"] # expect: PR102
        }
      }
    }
  }
}
