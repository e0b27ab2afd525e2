# MAX_ENI is set to an empty text, which the CNI takes for no limit.
resource "aws_eks_addon" "vpc_cni" {
  cluster_name         = "main"
  addon_name           = "vpc-cni"
  configuration_values = "env:\n  MAX_ENI: \"\"\n  ENABLE_POD_ENI: 'true'\n"
}

resource "aws_launch_template" "nodes" {
  image_id      = "ami-0123456789abcdef0"
  instance_type = "m5.large"
  user_data     = base64encode("#!/bin/bash\n/etc/eks/bootstrap.sh main --kubelet-extra-args --max-pods=29\n") # expect: PR601
}

resource "aws_autoscaling_group" "nodes" {
  min_size            = 1
  max_size            = 3
  vpc_zone_identifier = ["subnet-0aaaaaaaaaaaaaaaa"]
  launch_template {
    id = aws_launch_template.nodes.id
  }
}
