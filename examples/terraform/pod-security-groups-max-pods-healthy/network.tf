locals {
  vpc_cidr = "10.64.0.0/16"
  zones    = ["eu-west-1a", "eu-west-1b", "eu-west-1c"]
}

resource "aws_vpc" "this" {
  cidr_block           = local.vpc_cidr
  enable_dns_hostnames = true
  enable_dns_support   = true
}

resource "aws_subnet" "private" {
  for_each = { for index, zone in local.zones : zone => cidrsubnet(local.vpc_cidr, 3, index) }

  vpc_id            = aws_vpc.this.id
  availability_zone = each.key
  cidr_block        = each.value

  tags = merge(
    { Name = "ledger-${each.key}" },
    { "kubernetes.io/role/internal-elb" = "1" },
  )
}
