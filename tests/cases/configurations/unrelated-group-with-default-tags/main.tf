# Tags that the provider puts on everything do not make nodes of these instances.
data "aws_default_tags" "current" {}

resource "aws_launch_template" "batch" {
  instance_type = "m5.large"
}

resource "aws_autoscaling_group" "batch" {
  min_size            = 1
  max_size            = 3
  vpc_zone_identifier = ["subnet-0aaaaaaaaaaaaaaaa"]
  launch_template {
    id = aws_launch_template.batch.id
  }
  dynamic "tag" {
    for_each = merge(data.aws_default_tags.current.tags, { team = "data" })
    content {
      key                 = tag.key
      value               = tag.value
      propagate_at_launch = true
    }
  }
}
