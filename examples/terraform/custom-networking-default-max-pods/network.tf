resource "aws_vpc" "this" {
  cidr_block           = "10.8.0.0/23"
  enable_dns_hostnames = true
}

resource "aws_vpc_ipv4_cidr_block_association" "pods" {
  vpc_id     = aws_vpc.this.id
  cidr_block = var.pod_cidr
}

resource "aws_subnet" "nodes" {
  for_each = var.zones

  vpc_id            = aws_vpc.this.id
  availability_zone = "${var.region}${each.key}"
  cidr_block        = lookup(var.node_cidrs, each.key)

  tags = { Name = "nodes-${each.key}" }
}

resource "aws_subnet" "pods" {
  for_each = var.zones

  vpc_id            = aws_vpc_ipv4_cidr_block_association.pods.vpc_id
  availability_zone = "${var.region}${each.key}"
  cidr_block        = cidrsubnet(var.pod_cidr, 2, index(sort(tolist(var.zones)), each.key))

  tags = { Name = "pods-${each.key}" }
}
