data "aws_ec2_instance_type" "this" {
  instance_type = var.type
}
variable "type" { default = "p5.48xlarge" }
locals {
  eni = data.aws_ec2_instance_type.this.maximum_network_interfaces
  ips = data.aws_ec2_instance_type.this.maximum_ipv4_addresses_per_interface
  max_pods = local.eni * (local.ips - 1) + 2 # expect: PR107
}
module "eks" {
  source = "terraform-aws-modules/eks/aws"
  version = "~> 20.0"
  cluster_name = "x"
  cluster_version = "1.30"
  subnet_ids = ["subnet-1"]
  self_managed_node_groups = {
    gpu = {
      instance_type = var.type
      ami_type = "AL2023_x86_64_NVIDIA"
      cloudinit_pre_nodeadm = [{
        content_type = "application/node.eks.aws"
        content = yamlencode({
          apiVersion = "node.eks.aws/v1alpha1"
          kind = "NodeConfig"
          spec = { kubelet = { config = { maxPods = local.max_pods } } }
        })
      }]
    }
  }
}
