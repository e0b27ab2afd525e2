module "plain" {
  source  = "terraform-aws-modules/autoscaling/aws"
  version = "9.2.1"

  name                = "plain"
  min_size            = 1
  max_size            = 5
  desired_capacity    = 2
  vpc_zone_identifier = ["subnet-a", "subnet-b"]
  instance_type       = "m5.large"
  image_id            = "ami-0123456789abcdef0"
  user_data           = base64encode("#!/bin/bash\n/etc/eks/bootstrap.sh room --kubelet-extra-args --max-pods=20\n")
  tags                = { "kubernetes.io/cluster/room" = "owned" }
}

module "mixed" {
  source  = "terraform-aws-modules/autoscaling/aws"
  version = "9.2.1"

  name                       = "mixed"
  min_size                   = 0
  max_size                   = 3
  vpc_zone_identifier        = ["subnet-a"]
  instance_type              = "m5.large"
  image_id                   = "ami-0123456789abcdef0"
  use_mixed_instances_policy = true
  mixed_instances_policy     = { launch_template = { override = [{ instance_type = "m5.large", weighted_capacity = "1" }, { instance_type = "c5.xlarge" }] } }
  user_data                  = base64encode("#!/bin/bash\n/etc/eks/bootstrap.sh room --use-max-pods false\n")
}

module "keeps" {
  source  = "terraform-aws-modules/autoscaling/aws"
  version = "9.2.1"

  name                            = "keeps"
  min_size                        = 0
  max_size                        = 3
  ignore_desired_capacity_changes = true
  vpc_zone_identifier             = ["subnet-a"]
  instance_type                   = "m5.large"
  user_data                       = base64encode("#!/bin/bash\n/etc/eks/bootstrap.sh room\n")
}
