module "plain" {
  source  = "cloudposse/eks-cluster/aws"
  version = "3.0.0"

  namespace  = "acme"
  name       = "plain"
  region     = "eu-west-1"
  vpc_id     = "vpc-1"
  subnet_ids = ["subnet-a", "subnet-b"]
}

module "full" {
  source  = "cloudposse/eks-cluster/aws"
  version = "3.0.0"

  namespace                       = "acme"
  name                            = "full"
  region                          = "eu-west-1"
  vpc_id                          = "vpc-1"
  subnet_ids                      = ["subnet-a", "subnet-b"]
  kubernetes_version              = "1.30"
  kubernetes_network_ipv6_enabled = true
  addons                          = [{ addon_name = "vpc-cni", addon_version = "v1.18.0-eksbuild.1", configuration_values = jsonencode({ env = { WARM_IP_TARGET = "5" } }) }]
}

module "absent" {
  source  = "cloudposse/eks-cluster/aws"
  version = "3.0.0"

  enabled    = false
  region     = "eu-west-1"
  vpc_id     = "vpc-1"
  subnet_ids = ["subnet-a"]
}
