resource "aws_eks_cluster" "main" {
  name     = "main"
  role_arn = "arn:aws:iam::111122223333:role/cluster"
  vpc_config {
    subnet_ids = ["subnet-0aaaaaaaaaaaaaaaa", "subnet-0bbbbbbbbbbbbbbbb"]
  }
}

resource "helm_release" "cni" {
  name       = "aws-vpc-cni"
  namespace  = "kube-system"
  repository = "https://aws.github.io/eks-charts"
  chart      = "aws-vpc-cni"
  version    = "1.20.4"
  set {
    name  = "nodeAgent.enabled"
    value = false # expect: PR310
  }
}

resource "null_resource" "mode" {
  provisioner "local-exec" {
    command = "kubectl set env daemonset aws-node -n kube-system NETWORK_POLICY_ENFORCING_MODE=strict"
  }
}
