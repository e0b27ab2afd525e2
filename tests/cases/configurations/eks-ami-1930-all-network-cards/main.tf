# https://github.com/awslabs/amazon-eks-ami/pull/1930: only the interfaces of network card 0 count.

resource "aws_vpc" "main" {
  cidr_block = "10.0.0.0/16"
}

resource "aws_subnet" "nodes" {
  vpc_id            = aws_vpc.main.id
  availability_zone = "eu-west-1a"
  cidr_block        = "10.0.0.0/17"
}

variable "instance_type" {
  default = "c6in.32xlarge"
}

data "aws_ec2_instance_type" "this" {
  instance_type = var.instance_type
}

resource "aws_launch_template" "nodes" {
  image_id      = "ami-0123456789abcdef0"
  instance_type = var.instance_type
  user_data = base64encode(<<-EOT
    #!/bin/bash
    /etc/eks/bootstrap.sh main --use-max-pods false \
      --kubelet-extra-args '--max-pods=${data.aws_ec2_instance_type.this.maximum_network_interfaces * (data.aws_ec2_instance_type.this.maximum_ipv4_addresses_per_interface - 1) + 2}' # expect: PR107
  EOT
  )
}

resource "aws_autoscaling_group" "nodes" {
  min_size            = 1
  max_size            = 3
  vpc_zone_identifier = [aws_subnet.nodes.id]
  launch_template {
    id = aws_launch_template.nodes.id
  }
}

resource "aws_launch_template" "mended" {
  image_id      = "ami-0123456789abcdef0"
  instance_type = var.instance_type
  user_data = base64encode(<<-EOT
    #!/bin/bash
    /etc/eks/bootstrap.sh main --use-max-pods false --kubelet-extra-args '--max-pods=${
  min(data.aws_ec2_instance_type.this.default_vcpus > 30 ? 250 : 110, 8 * (data.aws_ec2_instance_type.this.maximum_ipv4_addresses_per_interface - 1) + 2)}'
  EOT
  )
}

resource "aws_autoscaling_group" "mended" {
  min_size            = 1
  max_size            = 3
  vpc_zone_identifier = [aws_subnet.nodes.id]
  launch_template {
    id = aws_launch_template.mended.id
  }
}
