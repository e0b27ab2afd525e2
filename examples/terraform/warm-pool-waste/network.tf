data "aws_availability_zones" "available" {
  state = "available"
}

locals {
  vpc_cidr  = "10.32.0.0/16"
  zones     = slice(data.aws_availability_zones.available.names, 0, 3)
  node_nets = [for index, zone in local.zones : cidrsubnet(local.vpc_cidr, 4, index)]
}

resource "aws_vpc" "this" {
  cidr_block           = local.vpc_cidr
  enable_dns_hostnames = true
}

resource "aws_subnet" "nodes" {
  count = length(local.zones)

  vpc_id            = aws_vpc.this.id
  availability_zone = local.zones[count.index]
  cidr_block        = local.node_nets[count.index]

  tags = { Name = format("analytics-nodes-%02d", count.index) }
}
