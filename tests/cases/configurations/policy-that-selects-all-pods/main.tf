module "eks" {
  source = "terraform-aws-modules/eks/aws"
  version = "~> 21.0"
  name = "x"
  kubernetes_version = "1.33"
  subnet_ids = ["subnet-1", "subnet-2"]
  addons = { vpc-cni = { before_compute = true, most_recent = true, configuration_values = jsonencode({ env = { ENABLE_POD_ENI = "true", POD_SECURITY_GROUP_ENFORCING_MODE = "standard" } }) } }
  eks_managed_node_groups = { a = { instance_types = ["m6a.2xlarge"], max_size = 3 } }
}
resource "kubectl_manifest" "sgp" {
  yaml_body = <<-Y
    apiVersion: vpcresources.k8s.aws/v1beta1
    kind: SecurityGroupPolicy # expect: PR606
    metadata: {name: all, namespace: default}
    spec:
      podSelector: {}
      securityGroups: {groupIds: [sg-1]}
  Y
}
