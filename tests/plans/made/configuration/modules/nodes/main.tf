variable "cluster" {
  type = string
}

variable "group" {
  type = any
}

variable "subnets" {
  type = list(string)
}

locals {
  sizes = { least = 1, most = var.group.most }
}

resource "aws_launch_template" "this" {
  count = var.group.pods == null ? 0 : 1
  user_data = base64encode(<<-EOT
    apiVersion: node.eks.aws/v1alpha1
    kind: NodeConfig
    spec:
      kubelet:
        config:
          maxPods: ${var.group.pods}
  EOT
  )
}

resource "aws_eks_node_group" "this" {
  cluster_name    = var.cluster
  node_group_name = var.group.name
  ami_type        = "AL2023_x86_64_STANDARD"
  instance_types  = var.group.types
  subnet_ids      = var.subnets

  scaling_config {
    min_size     = local.sizes.least
    desired_size = local.sizes.least
    max_size     = local.sizes.most
  }

  dynamic "launch_template" {
    for_each = aws_launch_template.this[*].id
    content {
      id      = launch_template.value
      version = "1"
    }
  }

  dynamic "taint" {
    for_each = var.group.taints
    content {
      key    = taint.value.key
      effect = taint.value.effect
    }
  }

  lifecycle {
    create_before_destroy = true
  }
}
