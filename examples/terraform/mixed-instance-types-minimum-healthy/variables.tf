variable "node_groups" {
  description = "Managed node groups by name."
  type = map(object({
    capacity_type  = string
    instance_types = list(string)
    max_size       = number
  }))
}
