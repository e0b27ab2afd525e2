data "aws_ami" "eks" {
  most_recent = true
  owners      = ["amazon"]

  filter {
    name   = "name"
    values = ["amazon-eks-node-${aws_eks_cluster.this.version}-v*"]
  }
}

locals {
  kubelet_arguments = join(" ", [
    "--node-labels=pool=intranet",
    "--register-with-taints=dedicated=intranet:NoSchedule",
  ])

  user_data = <<-SH
    #!/bin/bash -xe
    /etc/eks/bootstrap.sh intranet --use-max-pods false --kubelet-extra-args '${local.kubelet_arguments}' # expect: PR103
  SH
}

resource "aws_launch_configuration" "worker" {
  name_prefix          = "intranet-"
  image_id             = data.aws_ami.eks.id
  instance_type        = "t3.large"
  iam_instance_profile = aws_iam_instance_profile.node.name
  security_groups      = [aws_eks_cluster.this.vpc_config[0].cluster_security_group_id]
  user_data            = local.user_data

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_autoscaling_group" "worker" {
  name_prefix          = "intranet-"
  launch_configuration = aws_launch_configuration.worker.name
  vpc_zone_identifier  = aws_subnet.worker[*].id
  min_size             = 1
  desired_capacity     = 2
  max_size             = 6

  tag {
    key                 = "kubernetes.io/cluster/intranet"
    value               = "owned"
    propagate_at_launch = true
  }

  depends_on = [aws_eks_access_entry.node]
}
