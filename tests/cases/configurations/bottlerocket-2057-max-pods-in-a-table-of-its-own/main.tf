# https://github.com/bottlerocket-os/bottlerocket/issues/2057: nodes do not join once max pods is set.

module "vpc" {
  source          = "terraform-aws-modules/vpc/aws"
  version         = "3.19.0"
  cidr            = "10.0.0.0/16"
  azs             = ["eu-west-1a", "eu-west-1b"]
  private_subnets = ["10.0.0.0/18", "10.0.64.0/18"]
}

data "aws_ssm_parameter" "bottlerocket" {
  name = "/aws/service/bottlerocket/aws-k8s-1.24/x86_64/latest/image_id"
}

module "eks" {
  source          = "terraform-aws-modules/eks/aws"
  version         = "18.31.2"
  cluster_name    = "main"
  cluster_version = "1.24"
  vpc_id          = module.vpc.vpc_id
  subnet_ids      = module.vpc.private_subnets

  eks_managed_node_group_defaults = {
    ami_id                     = data.aws_ssm_parameter.bottlerocket.value
    platform                   = "bottlerocket"
    enable_bootstrap_user_data = true
    instance_types             = ["r5.xlarge"]
  }

  eks_managed_node_groups = {
    own_table = {
      bootstrap_extra_args = <<-EOT
        [settings.kubernetes.max-pods]
        max-pods = 58 # expect: PR115
      EOT
    }
    # The module has begun this table already.
    same_table = {
      bootstrap_extra_args = <<-EOT
        [settings.kubernetes] # expect: PR115
        max-pods = 58
      EOT
    }
    mended = {
      bootstrap_extra_args = <<-EOT
        max-pods = 58
      EOT
    }
  }
}
