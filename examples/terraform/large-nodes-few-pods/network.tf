data "aws_availability_zones" "available" {
  state = "available"
}

locals {
  zones = { for index, name in slice(data.aws_availability_zones.available.names, 0, 3) : index => name }
}

resource "aws_vpc" "this" {
  cidr_block           = var.vpc_cidr
  enable_dns_hostnames = true

  tags = { Name = "simulation" }
}

resource "aws_subnet" "nodes" {
  for_each = local.zones

  vpc_id            = aws_vpc.this.id
  availability_zone = each.value
  cidr_block        = cidrsubnet(var.vpc_cidr, 4, each.key) # expect: PR201

  tags = { Name = "simulation-nodes-${each.value}" }
}

# The control plane has subnets of its own, so that nodes cannot take the addresses that an upgrade needs.
resource "aws_subnet" "control_plane" {
  for_each = local.zones

  vpc_id            = aws_vpc.this.id
  availability_zone = each.value
  cidr_block        = cidrsubnet(var.vpc_cidr, 11, 2040 + each.key)

  tags = { Name = "simulation-control-plane-${each.value}" }
}
