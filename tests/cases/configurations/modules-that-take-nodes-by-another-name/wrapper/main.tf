variable "where" {}

module "inner" {
  source              = "git::https://git.example.com/x.git"
  vpc_zone_identifier = var.where
}
