module "small" {
  source        = "./nodes"
  instance_type = "t3.medium"
}

module "large" {
  source        = "./nodes"
  instance_type = "m5.4xlarge"
}
