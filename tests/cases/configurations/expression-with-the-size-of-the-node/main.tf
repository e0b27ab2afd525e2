resource "aws_launch_template" "nodes" {
  image_id      = "ami-0123456789abcdef0"
  instance_type = "m5.large"
  user_data = base64encode(<<-EOT
    apiVersion: node.eks.aws/v1alpha1
    kind: NodeConfig
    spec:
      cluster:
        name: main
      kubelet:
        maxPodsExpression: "vcpus * 5"
  EOT
  )
}

resource "aws_autoscaling_group" "nodes" {
  min_size = 1
  max_size = 3
  launch_template {
    id = aws_launch_template.nodes.id
  }
}
