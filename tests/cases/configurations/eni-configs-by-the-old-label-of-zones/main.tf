resource "aws_eks_cluster" "c" {
  name = "c"
  version = "1.31"
  role_arn = "arn:aws:iam::111122223333:role/c"
  vpc_config { subnet_ids = ["subnet-1"] }
}
resource "aws_eks_addon" "cni" {
  cluster_name = aws_eks_cluster.c.name
  addon_name = "vpc-cni"
  configuration_values = jsonencode({ env = { AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG = "true", ENABLE_PREFIX_DELEGATION = "true", ENI_CONFIG_LABEL_DEF = "failure-domain.beta.kubernetes.io/zone" } # expect: PR501
    eniConfig = { create = true, region = "eu-west-1", subnets = { "eu-west-1a" = { id = "subnet-5", securityGroups = ["sg-1"] } } } })
}
