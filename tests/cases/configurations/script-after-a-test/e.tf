resource "null_resource" "cni" {
  provisioner "local-exec" {
    command = "test -n \"$PREFIXES\" && kubectl set env daemonset aws-node -n kube-system ENABLE_PREFIX_DELEGATION=true WARM_PREFIX_TARGET=1"
  }
}
