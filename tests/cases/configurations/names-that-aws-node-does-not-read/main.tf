variable "addresses" {
  default = "5"
}

resource "aws_eks_addon" "vpc_cni" {
  cluster_name = "main"
  addon_name   = "vpc-cni"
  configuration_values = jsonencode({
    env = {
      WARM_IP_TARGETS                    = var.addresses # expect: PR307
      ENABLE_IPV4                        = "true"        # expect: PR307
      ENABLE_IPv6                        = "false"       # expect: PR307
      AWS_VPC_K8S_CNI_CONFIGURE_RPFILTER = "false"       # expect: PR307
      HTTPS_PROXY                        = "http://10.0.0.1:3128" # expect: PR307
      DISABLE_POD_V6                     = "true"
      ENABLE_V6_EGRESS                   = "false"
    }
    init = {
      env = {
        ENABLE_V6_EGRESS         = "false"
        ENABLE_PREFIX_DELEGATION = "true" # expect: PR307
      }
    }
  })
}
