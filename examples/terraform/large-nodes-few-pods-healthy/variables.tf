variable "region" {
  description = "Region of the cluster."
  type        = string
}

variable "vpc_cidr" {
  description = "IPv4 block of the VPC."
  type        = string
}

variable "workers" {
  description = "The nodes on which simulations run, one pod each."
  type = object({
    instance_type = string
    min_size      = optional(number, 0)
    max_size      = number
  })
}
