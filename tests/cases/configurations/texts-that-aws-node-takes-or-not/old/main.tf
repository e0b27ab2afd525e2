# Before 1.15 nobody reads IP_COOLDOWN_PERIOD, so nobody exits because of it; the schema does not have it yet.
resource "aws_eks_addon" "vpc_cni" {
  cluster_name         = "old"
  addon_name           = "vpc-cni"
  addon_version        = "v1.14.1-eksbuild.1"
  configuration_values = jsonencode({ env = { IP_COOLDOWN_PERIOD = "soon" } }) # expect: PR307
}

resource "terraform_data" "reset" {
  provisioner "local-exec" {
    command = "kubectl set env daemonset aws-node -n kube-system POD_MTU-"
  }
}
