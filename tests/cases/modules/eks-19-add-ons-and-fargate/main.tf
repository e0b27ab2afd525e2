module "eks" {
  source  = "terraform-aws-modules/eks/aws"
  version = "19.21.0"

  cluster_name    = "room"
  cluster_version = "1.31"
  subnet_ids      = ["subnet-a", "subnet-b"]

  control_plane_subnet_ids = ["subnet-x", "subnet-y"]
  cluster_ip_family        = "ipv6"
  cluster_addons = {
    coredns = {}
    vpc-cni = {
      before_compute       = true
      addon_version        = "v1.18.0-eksbuild.1"
      configuration_values = jsonencode({ env = { ENABLE_PREFIX_DELEGATION = "true", WARM_PREFIX_TARGET = 1 } })
    }
    proxy = { name = "kube-proxy", addon_version = null }
  }
  fargate_profiles = {
    one = { selectors = [{ namespace = "kube-system" }] }
    two = { subnet_ids = ["subnet-z"], selectors = [{ namespace = "a", labels = { x = "y" } }], create = false }
  }
  fargate_profile_defaults = { subnet_ids = ["subnet-f"] }
}
