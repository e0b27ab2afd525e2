# https://github.com/awslabs/amazon-eks-ami/issues/1368: the table of max pods has 234 for c5.4xlarge, the calculator
# says 110, because the type has 16 vCPUs.

resource "aws_vpc" "main" {
  cidr_block = "10.0.0.0/16"
}

resource "aws_subnet" "nodes" {
  vpc_id            = aws_vpc.main.id
  availability_zone = "eu-west-1a"
  cidr_block        = "10.0.0.0/18"
}

resource "aws_launch_template" "nodes" {
  image_id      = "ami-0123456789abcdef0"
  instance_type = "c5.4xlarge" # expect: PR104
  user_data     = base64encode("#!/bin/bash\n/etc/eks/bootstrap.sh main\n")
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
  instance_type = "c5.4xlarge"
  user_data = base64encode(<<-EOT
    #!/bin/bash
    /etc/eks/bootstrap.sh main --use-max-pods false --kubelet-extra-args '--max-pods=110'
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
