variable "types" { default = ["m6i.4xlarge", "m6i.xlarge", "c6i.xlarge"] } # expect: PR102
resource "aws_launch_template" "lt" {
  image_id = "ami-0123456789abcdef0"
  instance_type = "m6i.4xlarge"
  user_data = base64encode(<<EOF
#!/bin/bash
set -ex
B64=abc
KUBELET_EXTRA_ARGS="--max-pods=110 --node-labels=x=y"
/etc/eks/bootstrap.sh x \
  --b64-cluster-ca $B64 \
  --use-max-pods false \
  --kubelet-extra-args "$KUBELET_EXTRA_ARGS"
EOF
)
}
resource "aws_autoscaling_group" "g" {
  max_size = 3
  min_size = 1
  vpc_zone_identifier = ["subnet-1"]
  mixed_instances_policy {
    launch_template {
      launch_template_specification { launch_template_id = aws_launch_template.lt.id }
      dynamic "override" {
        for_each = var.types
        content { instance_type = override.value }
      }
    }
  }
}
