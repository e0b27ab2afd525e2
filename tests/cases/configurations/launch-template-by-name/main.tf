resource "aws_launch_template" "nodes" {
  name          = "nodes"
  image_id      = "ami-0123456789abcdef0"
  instance_type = "c5.large"
  user_data = base64encode(join("\n", [
    "#!/bin/bash",
    "/etc/eks/bootstrap.sh main --kubelet-extra-args '--max-pods=58'", # expect: PR101
  ]))
}

resource "aws_autoscaling_group" "nodes" {
  min_size = 1
  max_size = 3
  launch_template {
    name    = "nodes"
    version = "$Latest"
  }
}
