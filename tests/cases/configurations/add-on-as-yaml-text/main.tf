resource "aws_eks_addon" "cni" {
  cluster_name         = "main"
  addon_name           = "vpc-cni"
  configuration_values = <<-YAML
    env:
      MINIMUM_IP_TARGET: "8" # expect: PR301
  YAML
}
