# defenseunicorns/terraform-aws-eks: types that AWS chooses, and settings of tflint that name variables of the CNI.
module "eks" {
  source  = "terraform-aws-modules/eks/aws"
  version = "20.31.6"

  cluster_name    = "shop"
  cluster_version = "1.31"
  subnet_ids      = ["subnet-0aaaaaaaaaaaaaaaa", "subnet-0bbbbbbbbbbbbbbbb"]

  self_managed_node_groups = {
    core = {
      ami_type      = "BOTTLEROCKET_x86_64"
      instance_type = null
      instance_requirements = {
        allowed_instance_types = ["m7i.4xlarge", "m6a.4xlarge"]
        memory_mib             = { min = 64000 }
        vcpu_count             = { min = 16, max = 32 }
      }
    }
  }
}
