# Karpenter leaves the interface out.
resource "aws_eks_cluster" "main" {
  name     = "main"
  role_arn = "arn:aws:iam::111122223333:role/cluster"
  vpc_config {
    subnet_ids = []
  }
}

resource "aws_iam_role_policy_attachment" "interfaces" {
  role       = "cluster"
  policy_arn = "arn:aws:iam::aws:policy/AmazonEKSVPCResourceController"
}

resource "aws_eks_addon" "vpc_cni" {
  cluster_name = aws_eks_cluster.main.name
  addon_name   = "vpc-cni"
  configuration_values = jsonencode({
    env = {
      AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG = "true"
      ENI_CONFIG_LABEL_DEF               = "topology.kubernetes.io/zone"
    }
    eniConfig = {
      create = true
      region = "eu-west-1"
      subnets = {
        eu-west-1a = { id = "subnet-0aaaaaaaaaaaaaaaa", securityGroups = ["sg-0aaaaaaaaaaaaaaaa"] }
      }
    }
  })
}

resource "helm_release" "karpenter" {
  name       = "karpenter"
  repository = "oci://public.ecr.aws/karpenter"
  chart      = "karpenter"
  values = [yamlencode({
    settings = {
      clusterName  = aws_eks_cluster.main.name
      reservedENIs = "1"
    }
  })]
}
