resource "aws_eks_cluster" "main" {
  name     = "main"
  role_arn = "arn:aws:iam::111122223333:role/cluster"
  vpc_config {
    subnet_ids = []
  }
}

resource "aws_eks_addon" "vpc_cni" {
  cluster_name                = aws_eks_cluster.main.name
  addon_name                  = "vpc-cni"
  resolve_conflicts_on_update = "PRESERVE"
  configuration_values        = jsonencode({ env = { MINIMUM_IP_TARGET = "5", WARM_IP_TARGET = "2" } })
}

resource "kubernetes_env" "warm" {
  container   = "aws-node"
  api_version = "apps/v1"
  kind        = "DaemonSet"
  metadata {
    name      = "aws-node"
    namespace = "kube-system"
  }
  env {
    name  = "WARM_IP_TARGET"
    value = "0" # expect: PR311
  }
  env {
    name  = "MINIMUM_IP_TARGET"
    value = "10" # expect: PR301, PR311
  }
  depends_on = [aws_eks_addon.vpc_cni]
}
