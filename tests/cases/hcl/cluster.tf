# A cluster as people write it: blocks in blocks, references, a heredoc with user data.
terraform {
  required_version = ">= 1.5"
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "~> 5.0"
    }
  }
}

locals {
  name    = "orders-${var.environment}"
  zones   = slice(data.aws_availability_zones.available.names, 0, 3)
  newbits = var.large ? 4 : 8 // a /20 or a /24 for a /16
  subnets = [for index, zone in local.zones : cidrsubnet(var.cidr, local.newbits, index)]
  by_zone = { for index, zone in local.zones : zone => local.subnets[index] if zone != var.avoided }
  density = {
    small = 29, medium = 58
    "large" : 234
    (var.custom) = var.custom_density
  }
}

resource "aws_eks_cluster" "this" {
  name     = local.name
  role_arn = aws_iam_role.cluster.arn

  vpc_config {
    subnet_ids = concat(aws_subnet.private[*].id, module.vpc.intra_subnets...)
  }

  depends_on = [
    aws_iam_role_policy_attachment.cluster, # the policies first
    aws_cloudwatch_log_group.cluster,
  ]
}

resource "aws_launch_template" "nodes" {
  for_each = toset(["blue", "green"])

  name_prefix = "${local.name}-${each.key}-"
  user_data = base64encode(<<-EOT
    #!/bin/bash
    set -euo pipefail
    export CLUSTER="${aws_eks_cluster.this.name}"
    %{ for option in var.options ~}
    echo ${option}
    %{ endfor ~}
    /etc/eks/bootstrap.sh $${CLUSTER} --use-max-pods false \
      --kubelet-extra-args '--max-pods=${lookup(local.density, each.key, 17)}%{ if var.quiet } -v=0%{ else } -v=2%{ endif }'
  EOT
  )

  dynamic "network_interfaces" {
    for_each = var.interfaces
    iterator = interface
    content {
      device_index       = interface.key
      security_groups    = interface.value["groups"]
      ipv4_prefix_count  = try(interface.value.prefixes, null)
      delete_on_termination = !var.keep && interface.key > 0
    }
  }

  tags = merge(var.tags, { Name = "${local.name}-node" })
}

output "zone_names" { value = aws_subnet.private.*.availability_zone }
