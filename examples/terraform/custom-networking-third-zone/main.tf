locals {
  zones     = ["us-west-2a", "us-west-2b", "us-west-2c"]
  pod_zones = ["us-west-2a", "us-west-2b"]
}

resource "aws_vpc" "this" {
  cidr_block           = "10.120.0.0/20"
  enable_dns_hostnames = true
}

resource "aws_vpc_ipv4_cidr_block_association" "pods" {
  vpc_id     = aws_vpc.this.id
  cidr_block = "100.64.0.0/16"
}

resource "aws_subnet" "nodes" {
  count = length(local.zones)

  vpc_id            = aws_vpc.this.id
  availability_zone = local.zones[count.index]
  cidr_block        = cidrsubnet(aws_vpc.this.cidr_block, 4, count.index)
}

resource "aws_subnet" "pods" {
  for_each = { for number, zone in local.pod_zones : zone => cidrsubnet("100.64.0.0/16", 2, number) }

  vpc_id            = aws_vpc_ipv4_cidr_block_association.pods.vpc_id
  availability_zone = each.key
  cidr_block        = each.value
}

resource "aws_eks_cluster" "this" {
  name     = "orders"
  version  = "1.33"
  role_arn = "arn:aws:iam::111122223333:role/orders-cluster"

  vpc_config {
    subnet_ids = aws_subnet.nodes[*].id
  }
}

resource "aws_eks_addon" "vpc_cni" {
  cluster_name  = aws_eks_cluster.this.name
  addon_name    = "vpc-cni"
  addon_version = "v1.20.4-eksbuild.1"

  configuration_values = jsonencode({
    env = {
      AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG = "true"
      ENI_CONFIG_LABEL_DEF               = "topology.kubernetes.io/zone"
      ENABLE_PREFIX_DELEGATION           = "true"
    }
  })
}

resource "kubernetes_manifest" "eni_config" {
  for_each = aws_subnet.pods

  manifest = {
    apiVersion = "crd.k8s.amazonaws.com/v1alpha1"
    kind       = "ENIConfig"
    metadata   = { name = each.key } # expect: PR501
    spec = {
      subnet         = each.value.id
      securityGroups = [aws_eks_cluster.this.vpc_config[0].cluster_security_group_id]
    }
  }
}

resource "aws_eks_node_group" "orders" {
  cluster_name    = aws_eks_cluster.this.name
  node_group_name = "orders"
  node_role_arn   = "arn:aws:iam::111122223333:role/orders-node"
  subnet_ids      = aws_subnet.nodes[*].id
  instance_types  = ["m6i.large"]

  scaling_config {
    min_size     = 3
    desired_size = 3
    max_size     = 9
  }

  depends_on = [aws_eks_addon.vpc_cni, kubernetes_manifest.eni_config]
}
