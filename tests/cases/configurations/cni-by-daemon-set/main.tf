resource "aws_eks_cluster" "main" {
  name = "main"
  vpc_config {
    subnet_ids = []
  }
}

resource "aws_launch_template" "nodes" {
  image_id      = "ami-0123456789abcdef0"
  instance_type = "m5.large"
  user_data     = base64encode("#!/bin/bash\n/etc/eks/bootstrap.sh main --kubelet-extra-args --max-pods=110\n") # expect: PR109
}

resource "aws_subnet" "nodes" {
  vpc_id            = "vpc-0aaaaaaaaaaaaaaaa"
  availability_zone = "eu-west-1a"
  cidr_block        = "10.0.0.0/18"
}

resource "aws_autoscaling_group" "nodes" {
  min_size            = 1
  desired_capacity    = 1
  max_size            = 3
  vpc_zone_identifier = [aws_subnet.nodes.id]
  launch_template {
    id = aws_launch_template.nodes.id
  }
  tag {
    key                 = "kubernetes.io/cluster/main"
    value               = "owned"
    propagate_at_launch = true
  }
}
