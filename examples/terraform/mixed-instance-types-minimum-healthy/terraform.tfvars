node_groups = {
  core = {
    capacity_type  = "ON_DEMAND"
    instance_types = ["m6i.xlarge"]
    max_size       = 4
  }

  spot = {
    capacity_type = "SPOT"
    instance_types = [
      "m6i.xlarge",
      "m5.xlarge",
      "m5a.xlarge",
    ]
    max_size = 10
  }
}
