# The modules of one group drop the same as the module of the cluster does, and so does the one that others build on.
resource "aws_eks_cluster" "main" {
  name     = "shop"
  role_arn = "arn:aws:iam::111122223333:role/cluster"
  vpc_config {
    subnet_ids = ["subnet-0aaaaaaaaaaaaaaaa", "subnet-0bbbbbbbbbbbbbbbb"]
  }
}

module "workers" {
  source  = "terraform-aws-modules/eks/aws//modules/self-managed-node-group"
  version = "~> 21.0"

  name                 = "workers"
  cluster_name         = aws_eks_cluster.main.name
  subnet_ids           = ["subnet-0aaaaaaaaaaaaaaaa"]
  instance_type        = "m5.large"
  bootstrap_extra_args = "--kubelet-extra-args '--max-pods=20'" # expect: PR901
}

module "spot" {
  source  = "terraform-aws-modules/autoscaling/aws"
  version = "~> 9.0"

  name                = "spot"
  vpc_zone_identifier = ["subnet-0aaaaaaaaaaaaaaaa"]
  instance_type       = "m5.large"
  image_id            = "ami-0aaaaaaaaaaaaaaaa"
  user_data = base64encode(<<-EOT
    #!/bin/bash
    /etc/eks/bootstrap.sh ${aws_eks_cluster.main.name}
  EOT
  )
  mixed_instances_policy = { # expect: PR902
    launch_template = {
      override = [{ instance_type = "m6i.large" }, { instance_type = "m6a.large" }]
    }
  }
}
