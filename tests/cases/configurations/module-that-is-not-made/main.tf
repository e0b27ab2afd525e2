locals {
  pipelines = false
  role      = null
}

# Neither is made, so nothing is left open by it, and Terraform does not evaluate what it would be given.
module "runners" {
  for_each = local.pipelines ? toset(["runners"]) : []
  source   = "example/runners-on-eks/aws"
  role_arn = local.role.arn
}

module "pipeline" {
  count     = local.pipelines ? 1 : 0
  source    = "example/pipeline/aws"
  role_arns = [local.role.arn]
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
