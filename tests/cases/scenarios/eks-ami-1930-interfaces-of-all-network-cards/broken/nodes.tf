resource "aws_launch_template" "nodes" {
  name_prefix   = "nodes-"
  image_id      = "ami-0123456789abcdef0"
  instance_type = "p4d.24xlarge"

  # the room of the card, says the guide
  user_data = base64encode(<<-EOT
    #!/bin/bash
    /etc/eks/bootstrap.sh main --use-max-pods false --kubelet-extra-args '--max-pods=${data.aws_ec2_instance_type.nodes.maximum_network_interfaces * (data.aws_ec2_instance_type.nodes.maximum_ipv4_addresses_per_interface - 1) + 2}' # expect: PR107
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
