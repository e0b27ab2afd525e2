variable "region" {
  description = "Region of the cluster."
  type        = string
  default     = "eu-west-1"
}

variable "zones" {
  description = "Letters of the availability zones."
  type        = set(string)
  default     = ["a", "b", "c"]
}

variable "node_cidrs" {
  description = "IPv4 block of each zone's node subnet, by letter: the few routable addresses that we were given."
  type        = map(string)
}

variable "pod_cidr" {
  description = "IPv4 block for pods, not routed outside the VPC."
  type        = string
  default     = "100.64.0.0/16"
}
