module "eks" {
  source  = "terraform-aws-modules/eks/aws"
  version = "20.0.0"

  cluster_name    = "room"
  cluster_version = "1.31"
  subnet_ids      = ["subnet-a", "subnet-b"]

  eks_managed_node_groups = {
    linux_stock            = { ami_type = "AL2_x86_64", platform = "linux", bootstrap_extra_args = "--kubelet-extra-args --max-pods=58" }
    linux_own              = { platform = "linux", ami_id = "ami-0123456789abcdef0", enable_bootstrap_user_data = true, bootstrap_extra_args = "--kubelet-extra-args --max-pods=58" }
    linux_own_alone        = { platform = "linux", ami_id = "ami-0123456789abcdef0", bootstrap_extra_args = "--kubelet-extra-args --max-pods=58" }
    bottlerocket_stock     = { ami_type = "BOTTLEROCKET_x86_64", platform = "bottlerocket", bootstrap_extra_args = "[settings.kubernetes]\n\"max-pods\" = 58" }
    bottlerocket_own       = { platform = "bottlerocket", ami_id = "ami-0123456789abcdef0", enable_bootstrap_user_data = true, bootstrap_extra_args = "[settings.kubernetes]\n\"max-pods\" = 58" }
    bottlerocket_own_alone = { platform = "bottlerocket", ami_id = "ami-0123456789abcdef0", bootstrap_extra_args = "[settings.kubernetes]\n\"max-pods\" = 58" }
    windows_stock          = { ami_type = "WINDOWS_CORE_2022_x86_64", platform = "windows", bootstrap_extra_args = "-KubeletExtraArgs '--max-pods=58'" }
    windows_own            = { platform = "windows", ami_id = "ami-0123456789abcdef0", enable_bootstrap_user_data = true, bootstrap_extra_args = "-KubeletExtraArgs '--max-pods=58'" }
    windows_own_alone      = { platform = "windows", ami_id = "ami-0123456789abcdef0", bootstrap_extra_args = "-KubeletExtraArgs '--max-pods=58'" }
    al2023_stock = {
      ami_type             = "AL2023_x86_64_STANDARD"
      bootstrap_extra_args = "--use-max-pods false"
      cloudinit_pre_nodeadm = [{
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
    al2023_own = {
      ami_type                   = "AL2023_ARM_64_STANDARD"
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
    al2023_platform = { platform = "al2023", cloudinit_pre_nodeadm = [{
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
  self_managed_node_groups = {
    linux            = { ami_type = "AL2_x86_64", platform = "linux", bootstrap_extra_args = "--kubelet-extra-args --max-pods=58" }
    linux_own        = { ami_type = "AL2_x86_64", platform = "linux", ami_id = "ami-0123456789abcdef0", bootstrap_extra_args = "--kubelet-extra-args --max-pods=58" }
    bottlerocket     = { ami_type = "BOTTLEROCKET_x86_64", platform = "bottlerocket", bootstrap_extra_args = "[settings.kubernetes]\n\"max-pods\" = 58" }
    bottlerocket_own = { ami_type = "BOTTLEROCKET_x86_64", platform = "bottlerocket", ami_id = "ami-0123456789abcdef0", bootstrap_extra_args = "[settings.kubernetes]\n\"max-pods\" = 58" }
    windows          = { ami_type = "WINDOWS_CORE_2022_x86_64", platform = "windows", bootstrap_extra_args = "-KubeletExtraArgs '--max-pods=58'" }
    windows_own      = { ami_type = "WINDOWS_CORE_2022_x86_64", platform = "windows", ami_id = "ami-0123456789abcdef0", bootstrap_extra_args = "-KubeletExtraArgs '--max-pods=58'" }
    al2023 = {
      ami_type             = "AL2023_x86_64_STANDARD"
      bootstrap_extra_args = "--use-max-pods false"
      cloudinit_pre_nodeadm = [{
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
  }
}
