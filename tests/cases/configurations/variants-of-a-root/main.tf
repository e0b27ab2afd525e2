# Each environment has a variable file. What is wrong in all of them is said once, the rest names its file.
variable "instance_type" {
  type = string
}

variable "tenants" {
  type    = number
  default = 1
}

variable "max_pods" {
  type = number
}

resource "aws_launch_template" "nodes" {
  image_id      = "ami-0123456789abcdef0"
  instance_type = var.instance_type
  user_data     = base64encode("#!/bin/bash\n/etc/eks/bootstrap.sh main --kubelet-extra-args --max-pods=${var.max_pods}\n")
}

resource "aws_launch_template" "system" {
  image_id      = "ami-0123456789abcdef0"
  instance_type = "m5.large"
  user_data     = base64encode("#!/bin/bash\n/etc/eks/bootstrap.sh main --kubelet-extra-args --max-pods=110\n") # expect: PR101
}

resource "aws_autoscaling_group" "nodes" {
  for_each            = { nodes = aws_launch_template.nodes.id, system = aws_launch_template.system.id }
  min_size            = 1
  max_size            = 3
  vpc_zone_identifier = ["subnet-0aaaaaaaaaaaaaaaa"]
  launch_template {
    id = each.value
  }
}
