module "plain" {
  source  = "cloudposse/eks-workers/aws"
  version = "0.21.0"

  namespace                          = "acme"
  name                               = "plain"
  cluster_name                       = "room"
  vpc_id                             = "vpc-1"
  instance_type                      = "m5.large"
  subnet_ids                         = ["subnet-a", "subnet-b"]
  min_size                           = 1
  max_size                           = 4
  health_check_type                  = "EC2"
  cluster_endpoint                   = "https://example.com"
  cluster_certificate_authority_data = "YQ=="
  cluster_security_group_id          = "sg-1"
}

module "numbered" {
  source  = "cloudposse/eks-workers/aws"
  version = "0.21.0"

  namespace                          = "acme"
  name                               = "numbered"
  cluster_name                       = "room"
  vpc_id                             = "vpc-1"
  instance_type                      = "m5.large"
  subnet_ids                         = ["subnet-a", "subnet-b"]
  min_size                           = 1
  max_size                           = 4
  health_check_type                  = "EC2"
  cluster_endpoint                   = "https://example.com"
  cluster_certificate_authority_data = "YQ=="
  cluster_security_group_id          = "sg-1"
  kubelet_extra_args                 = "--max-pods=20"
}

module "unlimited" {
  source  = "cloudposse/eks-workers/aws"
  version = "0.21.0"

  namespace                          = "acme"
  name                               = "unlimited"
  cluster_name                       = "room"
  vpc_id                             = "vpc-1"
  instance_type                      = "m5.large"
  subnet_ids                         = ["subnet-a", "subnet-b"]
  min_size                           = 1
  max_size                           = 4
  health_check_type                  = "EC2"
  cluster_endpoint                   = "https://example.com"
  cluster_certificate_authority_data = "YQ=="
  cluster_security_group_id          = "sg-1"
  bootstrap_extra_args               = "--use-max-pods false"
  before_cluster_joining_userdata    = "echo hello"
}

module "imaged" {
  source  = "cloudposse/eks-workers/aws"
  version = "0.21.0"

  namespace                          = "acme"
  name                               = "imaged"
  cluster_name                       = "room"
  vpc_id                             = "vpc-1"
  instance_type                      = "m5.large"
  subnet_ids                         = ["subnet-a", "subnet-b"]
  min_size                           = 1
  max_size                           = 4
  health_check_type                  = "EC2"
  cluster_endpoint                   = "https://example.com"
  cluster_certificate_authority_data = "YQ=="
  cluster_security_group_id          = "sg-1"
  use_custom_image_id                = true
  image_id                           = "ami-0123456789abcdef0"
}

module "mixed" {
  source  = "cloudposse/eks-workers/aws"
  version = "0.21.0"

  namespace                          = "acme"
  name                               = "mixed"
  cluster_name                       = "room"
  vpc_id                             = "vpc-1"
  instance_type                      = "m5.large"
  subnet_ids                         = ["subnet-a", "subnet-b"]
  min_size                           = 1
  max_size                           = 4
  health_check_type                  = "EC2"
  cluster_endpoint                   = "https://example.com"
  cluster_certificate_authority_data = "YQ=="
  cluster_security_group_id          = "sg-1"
  mixed_instances_policy             = { instances_distribution = null, override = [{ instance_type = "c5.large", weighted_capacity = 1 }, { instance_type = "m5.large", weighted_capacity = null }] }
}

module "absent" {
  source  = "cloudposse/eks-workers/aws"
  version = "0.21.0"

  namespace                          = "acme"
  name                               = "absent"
  cluster_name                       = "room"
  vpc_id                             = "vpc-1"
  instance_type                      = "m5.large"
  subnet_ids                         = ["subnet-a", "subnet-b"]
  min_size                           = 1
  max_size                           = 4
  health_check_type                  = "EC2"
  cluster_endpoint                   = "https://example.com"
  cluster_certificate_authority_data = "YQ=="
  cluster_security_group_id          = "sg-1"
  enabled                            = false
}
