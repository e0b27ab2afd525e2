module "eks" {
  source = "terraform-aws-modules/eks/aws"
  version = "~> 20.0"
  cluster_name = "x"
  cluster_version = "1.31"
  subnet_ids = ["subnet-1"]
  self_managed_node_groups = {
    a = {
      instance_type = "m5.large"
      ami_type = "AL2023_x86_64_STANDARD"
      cloudinit_pre_nodeadm = [{
        content_type = "application/node.eks.aws"
        content = yamlencode({
          apiVersion = "node.eks.aws/v1alpha1"
          kind = "NodeConfig"
          spec = { kubelet = { config = {
            shutdownGracePeriod = "30s"
            maxPods = 110 # expect: PR101
          } } }
        })
      }]
    }
  }
}
