module "managed" {
  source  = "terraform-aws-modules/eks/aws//modules/eks-managed-node-group"
  version = "21.19.0"

  name               = "managed"
  cluster_name       = "room"
  kubernetes_version = "1.33"
  subnet_ids         = ["subnet-a"]
}

module "self_managed" {
  source  = "terraform-aws-modules/eks/aws//modules/self-managed-node-group"
  version = "21.19.0"

  name                = "self"
  cluster_name        = "room"
  subnet_ids          = ["subnet-b"]
  cluster_endpoint    = "https://example.com"
  cluster_auth_base64 = "YQ=="
}
