resource "aws_launch_configuration" "lc" {
  image_id = "ami-0123456789abcdef0"
  instance_type = "m4.large"
  user_data_base64 = filebase64("${path.module}/ud.sh")
}
resource "aws_autoscaling_group" "g" {
  max_size = 3
  min_size = 1
  vpc_zone_identifier = ["subnet-1"]
  launch_configuration = aws_launch_configuration.lc.name
}
