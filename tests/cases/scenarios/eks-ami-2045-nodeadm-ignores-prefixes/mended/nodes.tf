resource "aws_launch_template" "nodes" {
  name_prefix   = "nodes-"
  image_id      = "ami-0123456789abcdef0"
  instance_type = "m5.large"

  user_data = base64encode(<<-EOT
    ---
    apiVersion: node.eks.aws/v1alpha1
    kind: NodeConfig
    spec:
      cluster:
        name: main
      kubelet: {config: {maxPods: 110, kubeReserved: {cpu: 70m, memory: 1465Mi, ephemeral-storage: 1Gi}}}
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
