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
  addon_version = "v1.20.4-eksbuild.1"
  configuration_values = jsonencode({
    env = {
      DISABLE_NETWORK_RESOURCE_PROVISIONING = "true"
      ENABLE_IMDS_ONLY_MODE                 = "true" # expect: PR309
      WARM_IP_TARGET                        = "4"
      MINIMUM_IP_TARGET                     = "16"
    }
  })
}

resource "aws_eks_node_group" "workers" {
  depends_on      = [aws_eks_addon.vpc_cni]
  cluster_name    = aws_eks_cluster.main.name
  node_group_name = "workers"
  node_role_arn   = "arn:aws:iam::111122223333:role/nodes"
  subnet_ids      = ["subnet-0aaaaaaaaaaaaaaaa"]
  instance_types  = ["m5.large"]
  scaling_config {
    min_size     = 1
    desired_size = 1
    max_size     = 3
  }
}
