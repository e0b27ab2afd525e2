module "vpc" {
  source      = "clouddrove/vpc/aws"
  version     = "2.0.0"
  name        = "shop"
  environment = "test"
  cidr_block  = "10.10.0.0/23"
}

module "subnets" {
  source              = "git::https://github.com/clouddrove/terraform-aws-subnet.git?ref=2.0.1"
  name                = "shop"
  environment         = "test"
  nat_gateway_enabled = true
  availability_zones  = ["eu-west-1a", "eu-west-1b"] # expect: PR201
  vpc_id              = module.vpc.vpc_id
  type                = "public-private"
  igw_id              = module.vpc.igw_id
  cidr_block          = module.vpc.vpc_cidr_block
}

module "eks" {
  source          = "terraform-aws-modules/eks/aws"
  version         = "20.37.2"
  cluster_name    = "shop"
  cluster_version = "1.33"
  vpc_id          = module.vpc.vpc_id
  subnet_ids      = module.subnets.private_subnet_id

  eks_managed_node_groups = {
    apps = {
      ami_type       = "AL2023_x86_64_STANDARD"
      instance_types = ["m5.large"]
      min_size       = 1
      max_size       = 14
      desired_size   = 2
    }
  }
}

# One chart of a repository of add-ons: no CNI.
module "chart" {
  source = "github.com/example/platform//modules/kubernetes-addons/helm-addon?ref=v1"
}
