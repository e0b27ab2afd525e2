variable "groups" {
  type = any
}

resource "aws_launch_template" "this" {
  for_each = var.groups

  image_id      = "ami-0123456789abcdef0"
  instance_type = try(each.value.instance_type, "t3.medium")
  user_data = base64encode(templatefile("${path.module}/bootstrap.sh.tpl", {
    arguments = try(each.value.bootstrap_extra_args, "")
  }))
}

resource "aws_autoscaling_group" "this" {
  for_each = var.groups

  min_size            = 1
  max_size            = 3
  vpc_zone_identifier = ["subnet-0aaaaaaaaaaaaaaaa"]
  launch_template {
    id = aws_launch_template.this[each.key].id
  }
}
