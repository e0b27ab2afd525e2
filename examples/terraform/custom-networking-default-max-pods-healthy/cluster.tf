resource "aws_eks_cluster" "this" {
  name     = "platform"
  version  = "1.33"
  role_arn = aws_iam_role.cluster.arn

  vpc_config {
    subnet_ids = [for subnet in aws_subnet.nodes : subnet.id]
  }

  access_config {
    authentication_mode = "API"
  }

  depends_on = [aws_iam_role_policy_attachment.cluster]
}

resource "aws_eks_addon" "vpc_cni" {
  cluster_name  = aws_eks_cluster.this.name
  addon_name    = "vpc-cni"
  addon_version = "v1.20.4-eksbuild.1"

  configuration_values = jsonencode({
    env = {
      AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG = "true"
      ENI_CONFIG_LABEL_DEF               = "topology.kubernetes.io/zone"
    }
    eniConfig = {
      create = true
      region = var.region
      subnets = {
        for subnet in aws_subnet.pods : subnet.availability_zone => {
          id             = subnet.id
          securityGroups = [aws_eks_cluster.this.vpc_config[0].cluster_security_group_id]
        }
      }
    }
  })
}
