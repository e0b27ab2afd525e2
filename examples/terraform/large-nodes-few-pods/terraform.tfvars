region   = "us-east-1"
vpc_cidr = "10.0.0.0/16"

workers = {
  instance_type = "m6a.32xlarge"
  max_size      = 150
}
