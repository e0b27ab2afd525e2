config {
  variables = ["cluster_addons={\"vpc-cni\"={\"configuration_values\"=\"{\\\"env\\\": {\\\"ENABLE_PREFIX_DELEGATION\\\": \\\"true\\\"}}\"}}"]
}
