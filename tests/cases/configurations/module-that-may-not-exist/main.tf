variable "with_nodes" {
  type = bool
}

module "nodes" {
  source = "./nodes"
  count  = var.with_nodes ? 1 : 0
}
