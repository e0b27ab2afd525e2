resource "aws_eks_cluster" "main" {
  name = "main"
  vpc_config {
    subnet_ids = []
  }
}

resource "aws_eks_addon" "cni" {
  cluster_name = aws_eks_cluster.main.name
  addon_name   = "vpc-cni"
}

resource "kubectl_manifest" "node_class" {
  yaml_body = <<-YAML
    apiVersion: karpenter.k8s.aws/v1
    kind: EC2NodeClass
    metadata:
      name: default
    spec:
      amiSelectorTerms:
        - alias: bottlerocket@latest
      subnetSelectorTerms:
        - tags:
            karpenter.sh/discovery: ${aws_eks_cluster.main.name}
      kubelet:
        maxPods: 110 # expect: PR802
  YAML
}

variable "sizes" {
  default = ["2xlarge"]
}

resource "kubectl_manifest" "node_pool" {
  yaml_body = yamlencode({
    apiVersion = "karpenter.sh/v1"
    kind       = "NodePool"
    metadata   = { name = "default" }
    spec = {
      template = {
        spec = {
          nodeClassRef = { group = "karpenter.k8s.aws", kind = "EC2NodeClass", name = "default" }
          requirements = [
            { key = "karpenter.k8s.aws/instance-family", operator = "In", values = ["m6i"] },
            { key = "karpenter.k8s.aws/instance-size", operator = "In", values = var.sizes },
          ]
        }
      }
    }
  })
}
