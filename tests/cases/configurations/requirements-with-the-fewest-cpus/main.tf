resource "aws_launch_template" "lt" {
  image_id = "ami-0123456789abcdef0"
  instance_type = "m6i.4xlarge"
  user_data = base64encode(join("\n", ["#!/bin/bash", "set -o xtrace", "/etc/eks/bootstrap.sh x --use-max-pods false --kubelet-extra-args \"--max-pods=234\""]))
}
resource "aws_autoscaling_group" "g" {
  max_size = 3
  min_size = 1
  vpc_zone_identifier = ["subnet-1"]
  mixed_instances_policy {
    launch_template {
      launch_template_specification { launch_template_id = aws_launch_template.lt.id }
      override {
        instance_requirements { # expect: PR102
          vcpu_count {
            min = 8
            max = 16
          }
          memory_mib { min = 16384 }
          instance_generations = ["current"]
        }
      }
    }
  }
}
