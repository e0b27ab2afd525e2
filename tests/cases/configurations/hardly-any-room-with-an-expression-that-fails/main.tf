resource "aws_launch_template" "nodes" {
  image_id = "ami-0123456789abcdef0"
  user_data = base64encode(<<-EOT
    apiVersion: node.eks.aws/v1alpha1
    kind: NodeConfig
    spec:
      cluster:
        name: main
      kubelet:
        maxPodsExpression: "max_pods / (default_enis - 2)" # expect: PR108
  EOT
  )
}

resource "aws_autoscaling_group" "nodes" {
  min_size            = 1
  max_size            = 3
  vpc_zone_identifier = ["subnet-0aaaaaaaaaaaaaaaa"]
  mixed_instances_policy {
    launch_template {
      launch_template_specification {
        launch_template_id = aws_launch_template.nodes.id
      }
      override {
        instance_type = "t3.micro"
      }
    }
  }
}
