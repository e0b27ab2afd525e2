resource "aws_eks_cluster" "main" {
  name     = "main"
  role_arn = "arn:aws:iam::111122223333:role/cluster"
  vpc_config {
    subnet_ids = ["subnet-0aaaaaaaaaaaaaaaa", "subnet-0bbbbbbbbbbbbbbbb"]
  }
}

resource "aws_eks_addon" "vpc_cni" {
  cluster_name         = aws_eks_cluster.main.name
  addon_name           = "vpc-cni"
  configuration_values = jsonencode({ env = { ENABLE_POD_ENI = "false", WARM_ENI_TARGET = "1" } })
}

resource "helm_release" "cni" {
  name       = "aws-vpc-cni"
  namespace  = "kube-system"
  repository = "https://aws.github.io/eks-charts"
  chart      = "aws-vpc-cni"
  values = [yamlencode({
    env = {
      ENABLE_POD_ENI  = "true" # expect: PR311
      WARM_ENI_TARGET = "1"
      AWS_VPC_ENI_MTU = "8500" # expect: PR311
    }
    extraEnv = [{ name = "AWS_VPC_ENI_MTU", value = "1500" }]
  })]
}
