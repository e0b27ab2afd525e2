module "vpc" {
  source = "terraform-aws-modules/vpc/aws"
  version = "~> 5.0"
  cidr = "10.0.0.0/20"
  azs = ["eu-west-1a","eu-west-1b","eu-west-1c"]
  private_subnets = ["10.0.0.0/24","10.0.1.0/24","10.0.2.0/24"] # expect: PR202
}
module "eks" {
  source = "terraform-aws-modules/eks/aws"
  version = "~> 20.0"
  cluster_name = "x"
  cluster_version = "1.31"
  subnet_ids = module.vpc.private_subnets
  eks_managed_node_groups = {
    a = { instance_types = ["m5.large"], min_size = 3, max_size = 24, desired_size = 6 }
  }
}
