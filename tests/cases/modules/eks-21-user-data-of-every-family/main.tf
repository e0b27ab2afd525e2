module "eks" {
  source  = "terraform-aws-modules/eks/aws"
  version = "21.19.0"

  name               = "room"
  kubernetes_version = "1.33"
  subnet_ids         = ["subnet-a", "subnet-b"]

  eks_managed_node_groups = {
    linux_stock        = { ami_type = "AL2_x86_64", bootstrap_extra_args = "--kubelet-extra-args --max-pods=58", pre_bootstrap_user_data = "export USE_MAX_PODS=false" }
    linux_own          = { ami_type = "AL2_x86_64", ami_id = "ami-0123456789abcdef0", enable_bootstrap_user_data = true, bootstrap_extra_args = "--kubelet-extra-args --max-pods=58" }
    bottlerocket_stock = { ami_type = "BOTTLEROCKET_x86_64", bootstrap_extra_args = "[settings.kubernetes]\n\"max-pods\" = 58", pre_bootstrap_user_data = "export USE_MAX_PODS=false" }
    bottlerocket_own   = { ami_type = "BOTTLEROCKET_x86_64", ami_id = "ami-0123456789abcdef0", enable_bootstrap_user_data = true, bootstrap_extra_args = "[settings.kubernetes]\n\"max-pods\" = 58" }
    windows_stock      = { ami_type = "WINDOWS_CORE_2022_x86_64", bootstrap_extra_args = "-KubeletExtraArgs '--max-pods=58'", pre_bootstrap_user_data = "export USE_MAX_PODS=false" }
    windows_own        = { ami_type = "WINDOWS_CORE_2022_x86_64", ami_id = "ami-0123456789abcdef0", enable_bootstrap_user_data = true, bootstrap_extra_args = "-KubeletExtraArgs '--max-pods=58'" }
    al2023 = { bootstrap_extra_args = "--use-max-pods false", cloudinit_pre_nodeadm = [{
      content_type = "application/node.eks.aws"
      content      = <<-NODE
            apiVersion: node.eks.aws/v1alpha1
            kind: NodeConfig
            spec:
              kubelet:
                config:
                  maxPods: 58
          NODE
    }] }
    al2023_own = {
      ami_id                     = "ami-0123456789abcdef0"
      enable_bootstrap_user_data = true
      cloudinit_post_nodeadm = [{
        content_type = "application/node.eks.aws"
        content      = <<-NODE
            apiVersion: node.eks.aws/v1alpha1
            kind: NodeConfig
            spec:
              kubelet:
                config:
                  maxPods: 58
          NODE
      }]
    }
    custom = {
      ami_type                   = "CUSTOM"
      ami_id                     = "ami-0123456789abcdef0"
      enable_bootstrap_user_data = true
      user_data_template_path    = "${path.module}/user_data.tpl"
      bootstrap_extra_args       = "--kubelet-extra-args --max-pods=42"
    }
  }
  self_managed_node_groups = {
    linux        = { ami_type = "AL2_x86_64", bootstrap_extra_args = "--kubelet-extra-args --max-pods=58" }
    bottlerocket = { ami_type = "BOTTLEROCKET_x86_64", bootstrap_extra_args = "[settings.kubernetes]\n\"max-pods\" = 58" }
    windows      = { ami_type = "WINDOWS_CORE_2022_x86_64", bootstrap_extra_args = "-KubeletExtraArgs '--max-pods=58'" }
    al2023 = { cloudinit_pre_nodeadm = [{
      content_type = "application/node.eks.aws"
      content      = <<-NODE
            apiVersion: node.eks.aws/v1alpha1
            kind: NodeConfig
            spec:
              kubelet:
                config:
                  maxPods: 58
          NODE
    }] }
  }
}
