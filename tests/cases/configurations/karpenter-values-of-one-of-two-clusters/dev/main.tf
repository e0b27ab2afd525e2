resource "aws_vpc" "v" { cidr_block = "10.0.0.0/16" }
resource "aws_subnet" "a" {
  vpc_id = aws_vpc.v.id
  cidr_block = "10.0.0.0/20"
  availability_zone = "eu-west-1a"
  tags = { "karpenter.sh/discovery" = "dev1" }
}
resource "aws_subnet" "b" {
  vpc_id = aws_vpc.v.id
  cidr_block = "10.0.16.0/20"
  availability_zone = "eu-west-1b"
  tags = { "karpenter.sh/discovery" = "dev1" }
}
resource "aws_eks_cluster" "c" {
  name = "dev1"
  role_arn = "arn:aws:iam::1:role/x"
  vpc_config { subnet_ids = [aws_subnet.a.id, aws_subnet.b.id] }
}
resource "aws_eks_addon" "cni" {
  cluster_name = aws_eks_cluster.c.name
  addon_name = "vpc-cni"
  addon_version = "v1.20.4-eksbuild.1"
  configuration_values = jsonencode({ env = { ENABLE_POD_ENI = "true" } })
}
resource "kubectl_manifest" "np" {
  yaml_body = <<-YAML
    apiVersion: karpenter.sh/v1
    kind: NodePool
    metadata:
      name: default
    spec:
      template:
        spec:
          nodeClassRef: {group: karpenter.k8s.aws, kind: EC2NodeClass, name: default}
          requirements:
            - key: "karpenter.k8s.aws/instance-family"
              operator: In
              values: ["m5"]
  YAML
}
resource "kubectl_manifest" "nc" {
  yaml_body = <<-YAML
    apiVersion: karpenter.k8s.aws/v1
    kind: EC2NodeClass
    metadata:
      name: default
    spec:
      amiSelectorTerms: [{alias: al2023@latest}]
      subnetSelectorTerms:
        - tags: {karpenter.sh/discovery: ${aws_eks_cluster.c.name}}
  YAML
}
