module "plain" {
  source  = "cloudposse/eks-node-group/aws"
  version = "2.12.0"

  namespace    = "acme"
  stage        = "test"
  name         = "plain"
  cluster_name = "room"
  subnet_ids   = ["subnet-b", "subnet-a"]
  min_size     = 1
  max_size     = 4
  desired_size = 2
}

module "kubelet" {
  source  = "cloudposse/eks-node-group/aws"
  version = "2.12.0"

  namespace                  = "acme"
  stage                      = "test"
  name                       = "kubelet"
  cluster_name               = "room"
  subnet_ids                 = ["subnet-b", "subnet-a"]
  min_size                   = 1
  max_size                   = 4
  desired_size               = 2
  instance_types             = ["m5.large", "c5.large"]
  kubelet_additional_options = ["--max-pods=58"]
}

module "bootstrap" {
  source  = "cloudposse/eks-node-group/aws"
  version = "2.12.0"

  namespace                    = "acme"
  stage                        = "test"
  name                         = "bootstrap"
  cluster_name                 = "room"
  subnet_ids                   = ["subnet-b", "subnet-a"]
  min_size                     = 1
  max_size                     = 4
  desired_size                 = 2
  bootstrap_additional_options = ["--use-max-pods false"]
}

module "before" {
  source  = "cloudposse/eks-node-group/aws"
  version = "2.12.0"

  namespace                       = "acme"
  stage                           = "test"
  name                            = "before"
  cluster_name                    = "room"
  subnet_ids                      = ["subnet-b", "subnet-a"]
  min_size                        = 1
  max_size                        = 4
  desired_size                    = 2
  before_cluster_joining_userdata = ["export USE_MAX_PODS=false"]
}

module "after" {
  source  = "cloudposse/eks-node-group/aws"
  version = "2.12.0"

  namespace                      = "acme"
  stage                          = "test"
  name                           = "after"
  cluster_name                   = "room"
  subnet_ids                     = ["subnet-b", "subnet-a"]
  min_size                       = 1
  max_size                       = 4
  desired_size                   = 2
  after_cluster_joining_userdata = ["echo done"]
}

module "bottlerocket" {
  source  = "cloudposse/eks-node-group/aws"
  version = "2.12.0"

  namespace    = "acme"
  stage        = "test"
  name         = "bottlerocket"
  cluster_name = "room"
  subnet_ids   = ["subnet-b", "subnet-a"]
  min_size     = 1
  max_size     = 4
  desired_size = 2
  ami_type     = "BOTTLEROCKET_x86_64"
}

module "imaged" {
  source  = "cloudposse/eks-node-group/aws"
  version = "2.12.0"

  namespace                  = "acme"
  stage                      = "test"
  name                       = "imaged"
  cluster_name               = "room"
  subnet_ids                 = ["subnet-b", "subnet-a"]
  min_size                   = 1
  max_size                   = 4
  desired_size               = 2
  ami_image_id               = ["ami-0123456789abcdef0"]
  kubelet_additional_options = ["--max-pods=58"]
}

module "override" {
  source  = "cloudposse/eks-node-group/aws"
  version = "2.12.0"

  namespace                = "acme"
  stage                    = "test"
  name                     = "override"
  cluster_name             = "room"
  subnet_ids               = ["subnet-b", "subnet-a"]
  min_size                 = 1
  max_size                 = 4
  desired_size             = 2
  userdata_override_base64 = [base64encode("#!/bin/bash\n/etc/eks/bootstrap.sh room --use-max-pods false\n")]
}

module "versioned" {
  source  = "cloudposse/eks-node-group/aws"
  version = "2.12.0"

  namespace             = "acme"
  stage                 = "test"
  name                  = "versioned"
  cluster_name          = "room"
  subnet_ids            = ["subnet-b", "subnet-a"]
  min_size              = 1
  max_size              = 4
  desired_size          = 2
  kubernetes_version    = ["1.31"]
  create_before_destroy = true
}

module "absent" {
  source  = "cloudposse/eks-node-group/aws"
  version = "2.12.0"

  namespace    = "acme"
  stage        = "test"
  name         = "absent"
  cluster_name = "room"
  subnet_ids   = ["subnet-b", "subnet-a"]
  min_size     = 1
  max_size     = 4
  desired_size = 2
  enabled      = false
}
