resource "aws_subnet" "workers" {
  vpc_id            = aws_vpc.main.id
  availability_zone = "eu-west-1a"
  cidr_block        = "10.0.128.0/24" # expect: PR201
}
