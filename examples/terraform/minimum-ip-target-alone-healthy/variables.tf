variable "vpc_cidr" {
  type    = string
  default = "172.20.0.0/16"
}

variable "zone_count" {
  type    = number
  default = 2
}
