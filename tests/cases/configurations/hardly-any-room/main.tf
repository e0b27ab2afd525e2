resource "aws_eks_node_group" "mixed" {
  cluster_name    = "main"
  node_group_name = "mixed"
  node_role_arn   = "arn:aws:iam::111122223333:role/nodes"
  subnet_ids      = ["subnet-0aaaaaaaaaaaaaaaa"]
  # t3.micro lowers the whole group: one finding is enough
  instance_types = ["t3.micro", "t3.large"] # expect: PR106
  scaling_config {
    min_size     = 1
    desired_size = 1
    max_size     = 3
  }
}

resource "aws_eks_node_group" "small" {
  cluster_name    = "main"
  node_group_name = "small"
  node_role_arn   = "arn:aws:iam::111122223333:role/nodes"
  subnet_ids      = ["subnet-0aaaaaaaaaaaaaaaa"]
  instance_types  = ["t3.nano", "t3a.nano"] # expect: PR113
  scaling_config {
    min_size     = 1
    desired_size = 1
    max_size     = 3
  }
}

resource "aws_launch_template" "deliberate" {
  image_id      = "ami-0123456789abcdef0"
  instance_type = "t3.micro"
  user_data     = base64encode("#!/bin/bash\n/etc/eks/bootstrap.sh main --use-max-pods false --kubelet-extra-args --max-pods=4\n")
}

resource "aws_autoscaling_group" "deliberate" {
  min_size            = 1
  max_size            = 3
  vpc_zone_identifier = ["subnet-0aaaaaaaaaaaaaaaa"]
  launch_template {
    id = aws_launch_template.deliberate.id
  }
}
