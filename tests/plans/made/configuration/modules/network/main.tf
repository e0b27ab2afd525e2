variable "zones" {
  type = list(string)
}

resource "aws_vpc" "this" {
  cidr_block = "10.0.0.0/16"
}

resource "aws_subnet" "private" {
  count             = length(var.zones)
  vpc_id            = aws_vpc.this.id
  availability_zone = var.zones[count.index]
  cidr_block        = cidrsubnet(aws_vpc.this.cidr_block, 6, count.index)
}

output "private" {
  value = aws_subnet.private[*].id
}
