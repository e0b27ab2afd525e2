data "aws_availability_zones" "this" {}

resource "aws_vpc" "this" {
  cidr_block = "10.12.0.0/16"
}

resource "aws_subnet" "private" {
  for_each = toset(["0", "1", "2"])

  vpc_id            = aws_vpc.this.id
  availability_zone = data.aws_availability_zones.this.names[each.value]
  cidr_block        = cidrsubnet(aws_vpc.this.cidr_block, 4, each.value)
}
