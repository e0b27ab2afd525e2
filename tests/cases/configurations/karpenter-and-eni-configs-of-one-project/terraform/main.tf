locals {
  zones = ["eu-west-1a", "eu-west-1b"]
}

resource "aws_subnet" "nodes" {
  for_each          = { for number, zone in local.zones : zone => number }
  vpc_id            = "vpc-0aaaaaaaaaaaaaaaa"
  availability_zone = each.key
  cidr_block        = cidrsubnet("10.0.0.0/16", 4, each.value)
  tags              = { "karpenter.sh/discovery" = "main" }
}

resource "aws_eks_cluster" "main" {
  name = "main"
  vpc_config {
    subnet_ids = values(aws_subnet.nodes)[*].id
  }
}

resource "aws_eks_addon" "cni" {
  cluster_name = aws_eks_cluster.main.name
  addon_name   = "vpc-cni"
  configuration_values = jsonencode({
    env = {
      AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG = "true"
      ENI_CONFIG_LABEL_DEF               = "topology.kubernetes.io/zone"
    }
  })
}

resource "aws_eks_node_group" "system" {
  cluster_name   = aws_eks_cluster.main.name
  instance_types = ["m5.large"]
  ami_type       = "BOTTLEROCKET_x86_64"
  subnet_ids     = values(aws_subnet.nodes)[*].id
  launch_template {
    id      = aws_launch_template.system.id
    version = "$Latest"
  }
  scaling_config {
    min_size     = 1
    desired_size = 1
    max_size     = 2
  }
}

resource "aws_launch_template" "system" {
  user_data = base64encode("[settings.kubernetes]\nmax-pods = 20\n")
}
