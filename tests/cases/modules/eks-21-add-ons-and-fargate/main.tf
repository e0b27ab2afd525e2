module "eks" {
  source  = "terraform-aws-modules/eks/aws"
  version = "21.19.0"

  name               = "room"
  kubernetes_version = "1.33"
  subnet_ids         = ["subnet-a", "subnet-b"]

  control_plane_subnet_ids = ["subnet-x", "subnet-y"]
  ip_family                = "ipv6"
  addons = {
    coredns = {}
    vpc-cni = {
      before_compute       = true
      addon_version        = "v1.20.0-eksbuild.1"
      configuration_values = jsonencode({ env = { ENABLE_PREFIX_DELEGATION = "true", WARM_PREFIX_TARGET = 1 } })
    }
    proxy = { name = "kube-proxy", addon_version = null }
  }
  fargate_profiles = {
    one = { selectors = [{ namespace = "kube-system" }] }
    two = { subnet_ids = ["subnet-z"], selectors = [{ namespace = "a" }], create = false }
  }
}
