resource "aws_eks_cluster" "main" {
  name     = "other"
  role_arn = "arn:aws:iam::111122223333:role/cluster"
  vpc_config {
    subnet_ids = ["subnet-0aaaaaaaaaaaaaaaa", "subnet-0bbbbbbbbbbbbbbbb"]
  }
  kubernetes_network_config {
    ip_family = "ipv6"
  }
}

resource "helm_release" "cni" {
  name       = "aws-vpc-cni"
  namespace  = "kube-system"
  repository = "https://aws.github.io/eks-charts"
  chart      = "aws-vpc-cni"
  version    = "1.20.4" # expect: PR308
  values = [yamlencode({
    env = {
      WARM_ENI_TARGET = "1"
    }
    
  })]
}
