variable "env" { type = string }
variable "names" { type = object({ team = string }) }

resource "aws_vpc" "this" { cidr_block = "10.0.0.0/16" }

resource "aws_subnet" "this" {
  count             = 2
  vpc_id            = aws_vpc.this.id
  cidr_block        = cidrsubnet(aws_vpc.this.cidr_block, 4, count.index)
  availability_zone = "eu-west-1${["a", "b"][count.index]}"
}

locals {
  types = {
    small = ["t3.micro"] # expect: PR113
    large = ["m5.large"]
  }
}

module "eks" {
  source                  = "terraform-aws-modules/eks/aws"
  version                 = "20.37.2"
  cluster_name            = "room"
  subnet_ids              = aws_subnet.this[*].id
  eks_managed_node_groups = { for name, types in local.types : "${var.env}-${name}" => { instance_types = types } }
  self_managed_node_groups = {
    format("%s-apps", terraform.workspace) = { instance_type = "t3.nano" } # expect: PR113
  }
}

resource "aws_eks_node_group" "merged" {
  for_each        = merge({ base = ["m5.large"] }, { "${var.names.team}-spot" = ["t3.micro"] }) # expect: PR113
  cluster_name    = module.eks.cluster_name
  node_group_name = each.key
  node_role_arn   = "arn:aws:iam::111122223333:role/nodes"
  subnet_ids      = aws_subnet.this[*].id
  instance_types  = each.value
  scaling_config {
    min_size     = 1
    desired_size = 1
    max_size     = 3
  }
}

resource "aws_eks_node_group" "one" {
  for_each        = toset(["${lower(var.env)}-one"])
  cluster_name    = module.eks.cluster_name
  node_group_name = each.key
  node_role_arn   = "arn:aws:iam::111122223333:role/nodes"
  subnet_ids      = aws_subnet.this[*].id
  instance_types  = ["t3.small"]
  scaling_config {
    min_size     = 1
    desired_size = 1
    max_size     = 3
  }
}
