bucket = "state"
key = "eks"
region = "eu-west-1"
instance_type = "m5.large"
