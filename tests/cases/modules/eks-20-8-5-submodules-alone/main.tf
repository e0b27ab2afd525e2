module "managed" {
  source  = "terraform-aws-modules/eks/aws//modules/eks-managed-node-group"
  version = "20.8.5"

  name            = "managed"
  cluster_name    = "room"
  cluster_version = "1.30"
  subnet_ids      = ["subnet-a"]
}

module "self_managed" {
  source  = "terraform-aws-modules/eks/aws//modules/self-managed-node-group"
  version = "20.8.5"

  name                = "self"
  cluster_name        = "room"
  instance_type       = "m5.large"
  subnet_ids          = ["subnet-b"]
  cluster_endpoint    = "https://example.com"
  cluster_auth_base64 = "YQ=="
}
