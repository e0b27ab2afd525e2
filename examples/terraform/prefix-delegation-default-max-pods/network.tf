resource "aws_vpc" "this" {
  cidr_block           = "10.40.0.0/16"
  enable_dns_hostnames = true
}

resource "aws_subnet" "north_1a" {
  vpc_id            = aws_vpc.this.id
  availability_zone = "eu-north-1a"
  cidr_block        = "10.40.0.0/19"
}

resource "aws_subnet" "north_1b" {
  vpc_id            = aws_vpc.this.id
  availability_zone = "eu-north-1b"
  cidr_block        = "10.40.32.0/19"
}
