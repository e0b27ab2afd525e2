# Windows nodes have one interface and rules of their own.
resource "aws_launch_template" "nodes" {
  image_id      = "ami-0123456789abcdef0"
  instance_type = "m5.large"
  user_data = base64encode(<<-EOT
    <powershell>
    & "C:\Program Files\Amazon\EKS\Start-EKSBootstrap.ps1" -EKSClusterName main -KubeletExtraArgs "--max-pods=110"
    </powershell>
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
