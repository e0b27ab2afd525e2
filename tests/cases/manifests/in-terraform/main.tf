resource "aws_eks_cluster" "main" {
  name = "main"
  vpc_config {
    subnet_ids = []
  }
}

variable "pools" {
  default = { small = ["m5.large"], large = ["m5.4xlarge"] }
}

resource "kubectl_manifest" "pool" {
  for_each = var.pools
  yaml_body = yamlencode({
    apiVersion = "karpenter.sh/v1"
    kind       = "NodePool"
    metadata   = { name = each.key }
    spec = {
      template = {
        spec = {
          nodeClassRef = { group = "karpenter.k8s.aws", kind = "EC2NodeClass", name = "default" }
          requirements = [{ key = "node.kubernetes.io/instance-type", operator = "In", values = each.value }]
        }
      }
    }
  })
}

resource "kubernetes_manifest" "class" {
  manifest = {
    apiVersion = "karpenter.k8s.aws/v1"
    kind       = "EC2NodeClass"
    metadata   = { name = "default" }
    spec = {
      amiFamily        = "AL2023"
      amiSelectorTerms = [{ alias = "al2023@latest" }]
      kubelet          = { maxPods = 29 }
      subnetSelectorTerms = [{ tags = { "karpenter.sh/discovery" = aws_eks_cluster.main.name } }]
    }
  }
}

resource "kubernetes_env" "cni" {
  container   = "aws-node"
  api_version = "apps/v1"
  kind        = "DaemonSet"
  metadata {
    name      = "aws-node"
    namespace = "kube-system"
  }
  env {
    name  = "WARM_IP_TARGET"
    value = "2"
  }
  env {
    name = "MINIMUM_IP_TARGET"
    value_from {
      config_map_key_ref {
        name = "limits"
        key  = "minimum"
      }
    }
  }
}

resource "kubernetes_config_map_v1_data" "cni" {
  metadata {
    name      = "amazon-vpc-cni"
    namespace = "kube-system"
  }
  data = { enable-windows-ipam = "true" }
}

resource "helm_release" "karpenter" {
  name  = "karpenter"
  chart = "oci://public.ecr.aws/karpenter/karpenter"
  values = [
    "settings: {clusterName: main, reservedENIs: 0}",
  ]
  set {
    name  = "settings.reservedENIs"
    value = 1
  }
}

resource "null_resource" "cni" {
  provisioner "local-exec" {
    command = <<-EOT
      kubectl set env daemonset aws-node -n kube-system ENABLE_POD_ENI=true
    EOT
  }
}

resource "kubectl_manifest" "unrelated" {
  yaml_body = "kind: Namespace\nmetadata: {name: web}\n"
}
