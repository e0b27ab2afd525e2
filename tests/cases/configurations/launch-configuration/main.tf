# Nodes of an Auto Scaling group with a launch configuration; user data is plain text there.
resource "aws_launch_configuration" "nodes" {
  image_id      = "ami-0123456789abcdef0"
  instance_type = "m5.large"
  user_data     = <<-EOT
    #!/bin/bash
    /etc/eks/bootstrap.sh main --kubelet-extra-args "--node-labels=pool=a --max-pods=58" # expect: PR101
  EOT
}

resource "aws_autoscaling_group" "nodes" {
  min_size             = 1
  max_size             = 3
  launch_configuration = aws_launch_configuration.nodes.name
}
