variable "azs" {
  type    = list(string)
  default = ["us-east-2a", "us-east-2b"]
}

resource "aws_vpc" "this" {
  cidr_block = "192.168.0.0/16"
}

resource "aws_subnet" "worker" {
  count = length(var.azs)

  vpc_id            = aws_vpc.this.id
  availability_zone = element(var.azs, count.index)
  cidr_block        = cidrsubnet(aws_vpc.this.cidr_block, 4, count.index)
}
