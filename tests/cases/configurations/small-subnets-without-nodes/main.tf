module "vpc" {
  source  = "terraform-aws-modules/vpc/aws"
  version = "~> 5.0"

  name             = "shop"
  cidr             = "10.20.0.0/16"
  azs              = ["eu-west-1a", "eu-west-1b"]
  private_subnets  = ["10.20.0.0/20", "10.20.16.0/20"]
  intra_subnets    = ["10.20.255.0/28", "10.20.255.16/28"]
  database_subnets = ["10.20.255.32/28", "10.20.255.48/28"]
}

resource "aws_subnet" "transit_gateway" {
  vpc_id            = module.vpc.vpc_id
  availability_zone = "eu-west-1a"
  cidr_block        = "10.20.255.64/28"
}

module "eks" {
  source  = "terraform-aws-modules/eks/aws"
  version = "~> 20.0"

  cluster_name             = "shop"
  cluster_version          = "1.33"
  vpc_id                   = module.vpc.vpc_id
  subnet_ids               = module.vpc.private_subnets
  control_plane_subnet_ids = module.vpc.intra_subnets

  eks_managed_node_groups = {
    workers = {
      instance_types = ["m5.large"]
      min_size       = 2
      desired_size   = 2
      max_size       = 10
    }
  }
}
