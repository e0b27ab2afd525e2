# What the log collector reads says nothing of how aws-node is set.
resource "kubernetes_config_map_v1_data" "logs" {
  metadata {
    name      = "aws-for-fluent-bit"
    namespace = "logs"
  }
  data = {
    "dataplane.conf" = "[INPUT]\n  Path /var/log/containers/aws-node*, /var/log/containers/kube-proxy*\n"
  }
}

resource "aws_launch_template" "nodes" {
  image_id      = "ami-0123456789abcdef0"
  instance_type = "t3.medium"
  user_data     = base64encode("#!/bin/bash\n/etc/eks/bootstrap.sh main --kubelet-extra-args --max-pods=110\n") # expect: PR101
}

resource "aws_autoscaling_group" "nodes" {
  min_size            = 1
  max_size            = 3
  vpc_zone_identifier = ["subnet-0aaaaaaaaaaaaaaaa"]
  launch_template {
    id = aws_launch_template.nodes.id
  }
}
