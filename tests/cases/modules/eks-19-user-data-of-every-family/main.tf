module "eks" {
  source  = "terraform-aws-modules/eks/aws"
  version = "19.21.0"

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
  }
  self_managed_node_groups = {
    linux            = { platform = "linux", bootstrap_extra_args = "--kubelet-extra-args --max-pods=58" }
    linux_own        = { platform = "linux", ami_id = "ami-0123456789abcdef0", bootstrap_extra_args = "--kubelet-extra-args --max-pods=58" }
    bottlerocket     = { platform = "bottlerocket", bootstrap_extra_args = "[settings.kubernetes]\n\"max-pods\" = 58" }
    bottlerocket_own = { platform = "bottlerocket", ami_id = "ami-0123456789abcdef0", bootstrap_extra_args = "[settings.kubernetes]\n\"max-pods\" = 58" }
    windows          = { platform = "windows", bootstrap_extra_args = "-KubeletExtraArgs '--max-pods=58'" }
    windows_own      = { platform = "windows", ami_id = "ami-0123456789abcdef0", bootstrap_extra_args = "-KubeletExtraArgs '--max-pods=58'" }
  }
}
