resource "aws_launch_template" "nodes" {
  image_id  = "ami-0123456789abcdef0"
  user_data = base64encode("#!/bin/bash\n/etc/eks/bootstrap.sh main\n")
}

resource "aws_autoscaling_group" "nodes" {
  min_size            = 1
  max_size            = 3
  vpc_zone_identifier = ["subnet-0aaaaaaaaaaaaaaaa"]
  mixed_instances_policy {
    launch_template {
      launch_template_specification {
        launch_template_id = aws_launch_template.nodes.id
      }
      override {
        instance_type = "m5.large"
      }
      override {
        instance_type = "t3.micro" # expect: PR113
      }
    }
  }
}
