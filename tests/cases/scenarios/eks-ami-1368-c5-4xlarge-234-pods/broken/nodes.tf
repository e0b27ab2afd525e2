resource "aws_launch_template" "nodes" {
  name_prefix   = "nodes-"
  image_id      = "ami-0123456789abcdef0"
  instance_type = "c5.4xlarge"

  user_data = base64encode(<<-EOT
    #!/bin/bash
    /etc/eks/bootstrap.sh main --use-max-pods false --kubelet-extra-args '--max-pods=234' # expect: PR104
  EOT
  )
}

resource "aws_autoscaling_group" "nodes" {
  name_prefix         = "nodes-"
  min_size            = 3
  max_size            = 6
  vpc_zone_identifier = values(aws_subnet.nodes)[*].id

  launch_template {
    id      = aws_launch_template.nodes.id
    version = aws_launch_template.nodes.latest_version
  }

  tag {
    key                 = "kubernetes.io/cluster/${aws_eks_cluster.main.name}"
    value               = "owned"
    propagate_at_launch = true
  }
}
