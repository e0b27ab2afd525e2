# dasmeta/terraform-aws-eks, examples/spot-instance-vpc-link: in v20 use_custom_launch_template must be false as well.
module "eks" {
  source  = "terraform-aws-modules/eks/aws"
  version = "20.37.2"

  cluster_name    = "shop"
  cluster_version = "1.31"
  subnet_ids      = ["subnet-0aaaaaaaaaaaaaaaa", "subnet-0bbbbbbbbbbbbbbbb"]

  eks_managed_node_groups = {
    example = {
      instance_types         = ["m5.large"]
      create_launch_template = false
    }
  }
}
