locals { extra = var.max_pods > 0 ? "--max-pods=${var.max_pods}" : "" }
variable "max_pods" { default = 0 }
resource "aws_launch_template" "lt" {
  image_id = "ami-0123456789abcdef0"
  instance_type = "c5.2xlarge"
  user_data = base64encode(<<EOF
#!/bin/bash
/etc/eks/bootstrap.sh x --use-max-pods false --kubelet-extra-args '--node-labels=a=b ${local.extra}' # expect: PR103
EOF
)
}
resource "aws_autoscaling_group" "g" {
  max_size = 3
  min_size = 1
  vpc_zone_identifier = ["subnet-1"]
  launch_template { id = aws_launch_template.lt.id }
}
