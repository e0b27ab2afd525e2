variable "instance_type" {
  type = string
}

resource "aws_launch_template" "this" {
  image_id      = "ami-0123456789abcdef0"
  instance_type = var.instance_type
  user_data     = base64encode("#!/bin/bash\n/etc/eks/bootstrap.sh main --kubelet-extra-args --max-pods=58\n") # expect: PR101
}

resource "aws_autoscaling_group" "this" {
  min_size = 1
  max_size = 3
  launch_template {
    id = aws_launch_template.this.id
  }
}
