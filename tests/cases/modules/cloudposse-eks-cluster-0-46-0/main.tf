module "plain" {
  source  = "cloudposse/eks-cluster/aws"
  version = "0.46.0"

  namespace  = "acme"
  name       = "plain"
  region     = "eu-west-1"
  vpc_id     = "vpc-1"
  subnet_ids = ["subnet-a", "subnet-b"]
}

module "full" {
  source  = "cloudposse/eks-cluster/aws"
  version = "0.46.0"

  namespace          = "acme"
  name               = "full"
  region             = "eu-west-1"
  vpc_id             = "vpc-1"
  subnet_ids         = ["subnet-a", "subnet-b"]
  kubernetes_version = "1.30"

  addons = [{ addon_name = "vpc-cni", addon_version = "v1.18.0-eksbuild.1", resolve_conflicts = "NONE", service_account_role_arn = null }]
}

module "absent" {
  source  = "cloudposse/eks-cluster/aws"
  version = "0.46.0"

  enabled    = false
  region     = "eu-west-1"
  vpc_id     = "vpc-1"
  subnet_ids = ["subnet-a"]
}
