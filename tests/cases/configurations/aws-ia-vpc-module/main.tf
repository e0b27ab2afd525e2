# Lengths in the order of the kinds' names: private gets 10.0.0.0/24 and 10.0.1.0/24, public what follows.
module "vpc" {
  source     = "aws-ia/vpc/aws"
  version    = "~> 4.0"
  name       = "shop"
  cidr_block = "10.0.0.0/16"
  azs        = ["eu-west-1a", "eu-west-1b"]

  subnets = {
    public  = { netmask = 24 }
    private = { netmask = 24 } # expect: PR201
    nodes   = { cidrs = ["10.0.64.0/24", "10.0.65.0/24"] }
  }
}

resource "aws_eks_node_group" "busy" {
  cluster_name    = "shop"
  node_group_name = "busy"
  node_role_arn   = "arn:aws:iam::111122223333:role/node"
  instance_types  = ["m5.large"]
  subnet_ids      = [module.vpc.private_subnet_attributes_by_az["private/eu-west-1a"].id]

  scaling_config {
    min_size     = 25
    max_size     = 25
    desired_size = 25
  }
}
