resource "aws_eks_cluster" "main" {
  name     = "main"
  role_arn = "arn:aws:iam::111122223333:role/cluster"
  vpc_config {
    subnet_ids = ["subnet-0aaaaaaaaaaaaaaaa", "subnet-0bbbbbbbbbbbbbbbb"]
  }
}

resource "aws_eks_addon" "vpc_cni" {
  cluster_name  = aws_eks_cluster.main.name
  addon_name    = "vpc-cni"
  addon_version = "v1.10.4-eksbuild.1"
  configuration_values = jsonencode({
    env = {
      ENABLE_POD_ENI                    = "true"     # expect: PR603
      POD_SECURITY_GROUP_ENFORCING_MODE = "standard" # expect: PR307
    }
  })
}

resource "kubernetes_manifest" "payments" {
  manifest = {
    apiVersion = "vpcresources.k8s.aws/v1beta1"
    kind       = "SecurityGroupPolicy"
    metadata = {
      name      = "payments"
      namespace = "payments"
    }
    spec = {
      podSelector    = { matchLabels = { app = "payments" } }
      securityGroups = { groupIds = ["sg-0aaaaaaaaaaaaaaaa"] }
    }
  }
}
