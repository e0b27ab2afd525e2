resource "null_resource" "cni" {
  provisioner "local-exec" {
    command = "kubectl set env daemonset aws-node -n kube-system WARM_ENI_TARGET=2" # expect: PR311
  }
}
