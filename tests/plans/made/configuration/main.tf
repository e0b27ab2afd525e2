# What the plans beside this folder are made of, by tools/make_plans.py.

variable "zones" {
  type = list(string)
}

variable "types" {
  type    = list(string)
  default = ["m5.large", "m5a.large"]
}

variable "pods" {
  type    = number
  default = 29
}

locals {
  name = "payments"
  groups = {
    general = { types = ["m5.large"], most = 6, pods = null, taints = [] }
    batch   = { types = ["c5.xlarge"], most = 4, pods = var.pods, taints = [{ key = "batch", effect = "NO_SCHEDULE" }] }
  }
  first = slice(module.network.private, 0, min(2, length(var.zones)))
}

module "network" {
  source = "./modules/network"
  zones  = var.zones
}

module "nodes" {
  source   = "./modules/nodes"
  for_each = local.groups
  cluster  = aws_eks_cluster.this.name
  group    = merge(each.value, { name = each.key })
  subnets  = each.key == "batch" ? local.first : module.network.private
}

resource "aws_eks_cluster" "this" {
  name    = local.name
  version = "1.33"

  vpc_config {
    subnet_ids = module.network.private
  }
}

resource "aws_eks_addon" "vpc_cni" {
  cluster_name = aws_eks_cluster.this.name
  addon_name   = "vpc-cni"
  configuration_values = jsonencode({
    env = {
      WARM_IP_TARGET    = "2"
      MINIMUM_IP_TARGET = tostring(var.pods - 9)
    }
  })
}

resource "aws_launch_template" "workers" {
  name_prefix   = "${local.name}-"
  image_id      = "ami-0123456789abcdef0"
  instance_type = var.types[0]
  user_data = base64encode(<<-EOT
    #!/bin/bash
    /etc/eks/bootstrap.sh ${local.name} --use-max-pods false --kubelet-extra-args '--max-pods=${var.pods}'
  EOT
  )
}

resource "aws_autoscaling_group" "workers" {
  count               = length(var.zones) > 1 ? 1 : 0
  min_size            = 1
  max_size            = 3 * length(var.zones)
  vpc_zone_identifier = module.network.private

  mixed_instances_policy {
    launch_template {
      launch_template_specification {
        launch_template_id = aws_launch_template.workers.id
      }

      dynamic "override" {
        for_each = var.types
        content {
          instance_type = override.value
        }
      }
    }
  }

  tag {
    key                 = "kubernetes.io/cluster/${aws_eks_cluster.this.name}"
    value               = "owned"
    propagate_at_launch = true
  }
}
