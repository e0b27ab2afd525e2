resource "aws_launch_template" "nodes" {
  image_id = "ami-0123456789abcdef0"
  instance_requirements {
    vcpu_count {
      min = 2
    }
    memory_mib {
      min = 4096
    }
    allowed_instance_types = ["t3.medium"]
  }
  user_data = base64encode("#!/bin/bash\n/etc/eks/bootstrap.sh main --kubelet-extra-args --max-pods=35\n") # expect: PR101
}

resource "aws_autoscaling_group" "nodes" {
  min_size = 1
  max_size = 3
  launch_template {
    id = aws_launch_template.nodes.id
  }
}
