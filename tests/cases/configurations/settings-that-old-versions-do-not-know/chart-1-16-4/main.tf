resource "aws_eks_cluster" "main" {
  name     = "chart-1-16-4"
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
  version    = "1.16.4"
  values = [yamlencode({
    nodeAgent = { enabled = false }
  })]
}
