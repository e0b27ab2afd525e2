module "eks" {
  source = "terraform-aws-modules/eks/aws"
  version = "~> 20.0"
  cluster_name = "x"
  cluster_version = "1.31"
  subnet_ids = ["subnet-1"]
  eks_managed_node_groups = {
    a = {
      ami_type = "AL2023_x86_64_STANDARD"
      instance_types = ["m5.large"]
      cloudinit_pre_nodeadm = [{
        content_type = "text/x-shellscript; charset=\"us-ascii\""
        content = <<-EOT
          #!/bin/bash
          cat <<EOF > /etc/eks/nodeadm.d/max.yaml # expect: PR114
          apiVersion: node.eks.aws/v1alpha1
          kind: NodeConfig
          spec:
            kubelet:
              config:
                maxPods: 20
            EOF
        EOT
      }]
    }
  }
}
