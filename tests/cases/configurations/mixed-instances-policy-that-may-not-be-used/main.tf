variable "mixed" { type = bool }
variable "own_template" { type = bool }

resource "aws_vpc" "this" { cidr_block = "10.0.0.0/16" }

resource "aws_subnet" "this" {
  vpc_id            = aws_vpc.this.id
  cidr_block        = "10.0.0.0/20"
  availability_zone = "eu-west-1a"
}

# With the policy nodes start as m5.large, which has room for 29 pods; without it as m5.2xlarge, which has room for 58.
module "eks" {
  source       = "terraform-aws-modules/eks/aws"
  version      = "20.37.2"
  cluster_name = "room"
  subnet_ids   = [aws_subnet.this.id]
  self_managed_node_groups = {
    apps = {
      instance_type              = "m5.2xlarge"
      ami_type                   = "AL2_x86_64"
      use_mixed_instances_policy = var.mixed
      mixed_instances_policy     = { override = [{ instance_type = "m5.large" }] }
      bootstrap_extra_args       = "--use-max-pods false --kubelet-extra-args '--max-pods=58'"
    }
  }
}

resource "aws_launch_template" "this" {
  image_id  = "ami-0123456789abcdef0"
  user_data = base64encode("#!/bin/bash\n/etc/eks/bootstrap.sh room --use-max-pods false --kubelet-extra-args --max-pods=110\n")
}

# Only with the template are the nodes told 110 pods.
resource "aws_eks_node_group" "this" {
  cluster_name    = module.eks.cluster_name
  node_group_name = "room"
  node_role_arn   = "arn:aws:iam::111122223333:role/nodes"
  subnet_ids      = [aws_subnet.this.id]
  instance_types  = ["m5.large"]
  scaling_config {
    min_size     = 1
    desired_size = 1
    max_size     = 2
  }
  dynamic "launch_template" {
    for_each = var.own_template ? [aws_launch_template.this] : []
    content {
      id      = launch_template.value.id
      version = launch_template.value.latest_version
    }
  }
}
