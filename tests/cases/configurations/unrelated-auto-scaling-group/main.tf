# A web server behind a load balancer: none of it is about EKS.
resource "aws_launch_template" "web" {
  image_id      = "ami-0123456789abcdef0"
  instance_type = "t3.micro"
  user_data     = base64encode("#!/bin/bash\nyum install -y httpd\n")
}

resource "aws_autoscaling_group" "web" {
  min_size = 1
  max_size = 3
  launch_template {
    id = aws_launch_template.web.id
  }
}
