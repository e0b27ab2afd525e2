resource "aws_launch_template" "nodes" {
  image_id      = "ami-0123456789abcdef0"
  instance_type = "t3.medium"
  user_data = base64encode(<<-EOT
    [settings.bootstrap-containers.disks]
    source = "example.com/disks:1"
    user-data = "${base64encode(jsonencode(["swap", "--bottlerocket"]))}"

    [settings.kubernetes]
    cluster-name = "main"
    max-pods = 110 # expect: PR101
  EOT
  )
}

resource "aws_autoscaling_group" "nodes" {
  min_size            = 1
  max_size            = 3
  vpc_zone_identifier = ["subnet-0aaaaaaaaaaaaaaaa"]
  launch_template {
    id = aws_launch_template.nodes.id
  }
}
