resource "aws_eks_addon" "vpc_cni" {
  cluster_name  = "main"
  addon_name    = "vpc-cni"
  addon_version = "v1.19.2-eksbuild.1"
  configuration_values = jsonencode({
    env = {
      ENABLE_POD_ENI                    = "true"
      POD_SECURITY_GROUP_ENFORCING_MODE = "Standard" # expect: PR306
      NETWORK_POLICY_ENFORCING_MODE     = "STRICT"                                  # expect: PR306
      AWS_VPC_K8S_CNI_VETHPREFIX        = "vlan"                                    # expect: PR306
      AWS_VPC_K8S_PLUGIN_LOG_FILE       = "stdout"                                  # expect: PR306
      AWS_VPC_K8S_CNI_LOG_FILE          = "stdout"
      ADDITIONAL_ENI_TAGS               = "{\"node.k8s.amazonaws.com/name\": \"a\"}" # expect: PR306
      AWS_VPC_ENI_MTU                   = "575"                                     # expect: PR306
      POD_MTU                           = "1279"
      WARM_IP_TARGET                    = "5.0" # expect: PR306
      MINIMUM_IP_TARGET                 = "+20" # expect: PR301
      MAX_ENI                           = ""
      AWS_VPC_K8S_CNI_EXTERNALSNAT      = "no" # expect: PR306
      IP_COOLDOWN_PERIOD                = ""   # expect: PR306
      DISABLE_METRICS                   = "T"
    }
    init = {
      env = {
        DISABLE_TCP_EARLY_DEMUX = "enabled" # expect: PR306
      }
    }
  })
}
