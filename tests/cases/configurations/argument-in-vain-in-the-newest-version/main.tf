# Without a version Terraform takes the newest one, which has no key "platform".
module "eks" {
  source     = "terraform-aws-modules/eks/aws"
  name       = "shop"
  subnet_ids = ["subnet-0aaaaaaaaaaaaaaaa", "subnet-0bbbbbbbbbbbbbbbb"]

  eks_managed_node_groups = {
    default = {
      instance_types = ["m5.large"]
      platform       = "bottlerocket" # expect: PR901
    }
  }
}
