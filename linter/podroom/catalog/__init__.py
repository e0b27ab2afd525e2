"""Facts, generated, dated and cited: instance types, variables of the VPC CNI, image families."""
