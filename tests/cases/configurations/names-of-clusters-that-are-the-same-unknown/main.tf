# Nobody knows the names yet, but which cluster each group joins stands there all the same.
variable "name" {}
variable "other" {}

resource "aws_eks_cluster" "blue" {
  name     = "${var.name}-eks"
  role_arn = "arn:aws:iam::111122223333:role/cluster"
  vpc_config {
    subnet_ids = []
  }
}

resource "aws_eks_cluster" "green" {
  name     = var.other
  role_arn = "arn:aws:iam::111122223333:role/cluster"
  vpc_config {
    subnet_ids = []
  }
}

resource "aws_eks_addon" "prefixes" {
  cluster_name         = var.other
  addon_name           = "vpc-cni"
  configuration_values = jsonencode({ env = { ENABLE_PREFIX_DELEGATION = "true" } })
}

resource "aws_eks_addon" "plain" {
  cluster_name = "${var.name}-eks"
  addon_name   = "vpc-cni"
}

resource "aws_launch_template" "nodes" {
  image_id      = "ami-0123456789abcdef0"
  instance_type = "m5.large"
  user_data     = base64encode("#!/bin/bash\n/etc/eks/bootstrap.sh ${var.name}-eks --use-max-pods false --kubelet-extra-args --max-pods=110\n") # expect: PR101
}

resource "aws_autoscaling_group" "blue" {
  min_size            = 1
  max_size            = 3
  vpc_zone_identifier = ["subnet-0123456789abcdef0"]
  launch_template {
    id      = aws_launch_template.nodes.id
    version = "$Latest"
  }
  tag {
    key                 = "kubernetes.io/cluster/${var.name}-eks"
    value               = "owned"
    propagate_at_launch = true
  }
}

resource "aws_launch_template" "prefixes" {
  image_id      = "ami-0123456789abcdef0"
  instance_type = "m5.large"
  user_data     = base64encode("#!/bin/bash\n/etc/eks/bootstrap.sh ${var.other} --use-max-pods false --kubelet-extra-args --max-pods=110\n") # expect: PR109
}

resource "aws_eks_node_group" "green" {
  cluster_name  = var.other
  node_role_arn = "arn:aws:iam::111122223333:role/node"
  subnet_ids    = ["subnet-0123456789abcdef0"]
  depends_on    = [aws_eks_addon.prefixes]
  launch_template {
    id      = aws_launch_template.prefixes.id
    version = aws_launch_template.prefixes.latest_version
  }
  scaling_config {
    min_size     = 1
    desired_size = 1
    max_size     = 3
  }
}

resource "aws_autoscaling_group" "green" {
  min_size            = 1
  max_size            = 3
  vpc_zone_identifier = ["subnet-0123456789abcdef0"]
  launch_template {
    id      = aws_launch_template.prefixes.id
    version = "$Latest"
  }
  tag {
    key                 = "kubernetes.io/cluster/${var.other}"
    value               = "owned"
    propagate_at_launch = true
  }
}
