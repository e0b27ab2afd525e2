# Whether the expression may stand there hangs on which of the two releases is installed.
resource "aws_eks_cluster" "main" {
  name     = "main"
  role_arn = "arn:aws:iam::111122223333:role/cluster"
  vpc_config {
    subnet_ids = []
  }
}

resource "helm_release" "karpenter" {
  for_each   = { blue = true, green = false }
  name       = "karpenter-${each.key}"
  repository = "oci://public.ecr.aws/karpenter"
  chart      = "karpenter"
  values = [yamlencode({
    settings = {
      clusterName     = aws_eks_cluster.main.name
      awsFeatureGates = { nodeClassCEL = each.value }
    }
  })]
}
