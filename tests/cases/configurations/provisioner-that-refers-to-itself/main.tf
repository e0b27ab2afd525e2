# With prefix delegation, which the command turns on, 110 pods have room.
resource "terraform_data" "cni" {
  input = {
    daemon_set = "aws-node"
    delegation = "true"
  }
  provisioner "local-exec" {
    command = "kubectl -n kube-system set env daemonset ${self.input.daemon_set} ENABLE_PREFIX_DELEGATION=${self.input.delegation}"
  }
}

resource "aws_launch_template" "nodes" {
  image_id      = "ami-0123456789abcdef0"
  instance_type = "m5.large"
  user_data     = base64encode("#!/bin/bash\n/etc/eks/bootstrap.sh main --kubelet-extra-args --max-pods=110\n") # expect: PR109
}

resource "aws_autoscaling_group" "nodes" {
  min_size            = 1
  max_size            = 3
  vpc_zone_identifier = ["subnet-0aaaaaaaaaaaaaaaa"]
  launch_template {
    id = aws_launch_template.nodes.id
  }
}
