resource "aws_launch_template" "lt" {
  instance_type = "m5.large"
  user_data = base64encode(<<-EOT
    MIME-Version: 1.0
    Content-Type: multipart/mixed; boundary="B"

    --B
    Content-Type: application/node.eks.aws

    apiVersion: node.eks.aws/v1alpha1
    kind: NodeConfig # expect: PR111
    spec:
      kubelet:
        config:
          maxPods: 20
    --B--
  EOT
  )
}
resource "aws_eks_node_group" "ng" {
  cluster_name = "c"
  node_group_name = "w"
  version = "1.28"
  node_role_arn = "arn:aws:iam::111122223333:role/n"
  subnet_ids = ["subnet-1"]
  launch_template {
    id = aws_launch_template.lt.id
    version = 1
  }
  scaling_config {
    min_size = 1
    max_size = 4
    desired_size = 1
  }
}
