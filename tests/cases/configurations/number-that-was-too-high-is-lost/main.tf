resource "aws_launch_template" "lt" {
  name = "lt"
  instance_type = "m5.large"
  user_data = base64encode(<<-EOT
    MIME-Version: 1.0
    Content-Type: multipart/mixed; boundary="//"

    --//
    Content-Type: text/x-shellscript; charset="us-ascii"

    #!/bin/bash
    sed -i '/^set -o errexit/a\\nsource /etc/profile.d/bootstrap.sh' /etc/eks/bootstrap.sh
    cat <<-EOF > /etc/profile.d/bootstrap.sh
    export USE_MAX_PODS=false
    export KUBELET_EXTRA_ARGS="--max-pods=110" # expect: PR105
    EOF
    --//--
  EOT
  )
}
resource "aws_eks_node_group" "ng" {
  cluster_name = "x"
  node_group_name = "w"
  version = "1.28"
  ami_type = "AL2_x86_64"
  node_role_arn = "arn:aws:iam::111122223333:role/n"
  subnet_ids = ["subnet-1"]
  launch_template {
    name = aws_launch_template.lt.name
    version = "$Latest"
  }
  scaling_config {
    min_size = 1
    max_size = 3
    desired_size = 1
  }
}
