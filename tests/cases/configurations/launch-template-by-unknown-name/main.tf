module "labels" {
  source = "example/labels/aws"
  name   = "nodes"
}

resource "aws_launch_template" "nodes" {
  count         = 1
  name          = module.labels.id
  image_id      = "ami-0123456789abcdef0"
  instance_type = "t3.medium"
  user_data     = base64encode("#!/bin/bash\n/etc/eks/bootstrap.sh main --kubelet-extra-args --max-pods=110\n") # expect: PR101
}

resource "aws_autoscaling_group" "nodes" {
  min_size            = 1
  max_size            = 3
  vpc_zone_identifier = ["subnet-0aaaaaaaaaaaaaaaa"]
  launch_template {
    name = aws_launch_template.nodes[0].name
  }
}
