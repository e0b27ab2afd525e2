module "eks" {
  source = "terraform-aws-modules/eks/aws"
  version = "~> 20.0"
  cluster_name = "x"
  cluster_version = "1.31"
  subnet_ids = ["subnet-0aaaaaaaaaaaaaaaa"]
  cluster_addons = { vpc-cni = { most_recent = true } }
  eks_managed_node_groups = { a = { instance_types = ["m5.large"], max_size = 3 } }
}
resource "null_resource" "cni" {
  depends_on = [module.eks]
  provisioner "local-exec" {
    interpreter = ["/bin/bash", "-c"]
    command = <<-EOT
      aws eks update-kubeconfig --name ${module.eks.cluster_name}
      kubectl -n kube-system set env daemonset aws-node ENABLE_PREFIX_DELEGATION=true WARM_PREFIX_TARGET=1 # expect: PR311, PR402
      kubectl set env ds/aws-node -n kube-system -c aws-node WARM_IP_TARGET=5
    EOT
  }
}
