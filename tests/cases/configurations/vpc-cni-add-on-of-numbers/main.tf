# terraform-aws-eks pull request 2349: the API refuses what jsonencode makes of variables that are no strings.
variable "warm_ip_target" {
  type    = number
  default = 5 # expect: PR305
}

variable "minimum_ip_target" {
  type    = number
  default = 20
}

variable "extra" {
  type    = map(string)
  default = { ENABLE_POD_ENI = false }
}

resource "aws_eks_addon" "vpc_cni" {
  cluster_name = "main"
  addon_name   = "vpc-cni"
  configuration_values = jsonencode({
    env = merge(var.extra, {
      WARM_IP_TARGET      = var.warm_ip_target
      MINIMUM_IP_TARGET   = tostring(var.minimum_ip_target)
      MAX_ENI             = null # expect: PR305
    })
    init = {
      env = {
        DISABLE_TCP_EARLY_DEMUX = true # expect: PR305
      }
    }
  })
}
