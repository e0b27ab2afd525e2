variable "groups" {
  default = {
    a = { type = "m5.large" }
    b = { type = "c5.xlarge" }
    c = { type = "t3.medium" }
  }
}
resource "aws_launch_template" "lt" {
  for_each = var.groups
  image_id = "ami-0123456789abcdef0"
  instance_type = each.value.type
  user_data = base64encode("#!/bin/bash\n/etc/eks/bootstrap.sh c --use-max-pods false --kubelet-extra-args '--max-pods=110'\n") # expect: PR101
}
resource "aws_autoscaling_group" "g" {
  for_each = var.groups
  max_size = 3
  min_size = 1
  vpc_zone_identifier = ["subnet-1"]
  launch_template { id = aws_launch_template.lt[each.key].id }
}
