# v21 of the module writes a NodeConfig unless ami_type says otherwise, whatever the image is.

module "vpc" {
  source          = "terraform-aws-modules/vpc/aws"
  version         = "6.5.0"
  cidr            = "10.0.0.0/16"
  azs             = ["eu-west-1a", "eu-west-1b"]
  private_subnets = ["10.0.0.0/18", "10.0.64.0/18"]
}

data "aws_ssm_parameter" "image" {
  name = "/aws/service/eks/optimized-ami/1.32/amazon-linux-2/recommended/image_id"
}

module "eks" {
  source             = "terraform-aws-modules/eks/aws"
  version            = "21.8.0"
  name               = "main"
  kubernetes_version = "1.32"
  vpc_id             = module.vpc.vpc_id
  subnet_ids         = module.vpc.private_subnets

  addons = { vpc-cni = {} }

  eks_managed_node_groups = {
    guilty = { # expect: PR111
      instance_types             = ["m5.large"]
      ami_id                     = data.aws_ssm_parameter.image.value
      enable_bootstrap_user_data = true
    }
    mended = {
      instance_types             = ["m5.large"]
      ami_id                     = data.aws_ssm_parameter.image.value
      ami_type                   = "AL2_x86_64"
      enable_bootstrap_user_data = true
    }
  }
}
