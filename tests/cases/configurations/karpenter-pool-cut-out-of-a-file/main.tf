resource "aws_vpc" "v" { cidr_block = "10.0.0.0/16" }
resource "aws_subnet" "a" {
  vpc_id = aws_vpc.v.id
  cidr_block = "10.0.0.0/19"
  availability_zone = "eu-west-1a"
  tags = { "karpenter.sh/discovery" = "c1" }
}
resource "aws_eks_cluster" "c" {
  name = "c1"
  role_arn = "arn:aws:iam::1:role/x"
  vpc_config { subnet_ids = [aws_subnet.a.id] }
}
resource "aws_eks_addon" "cni" {
  cluster_name = aws_eks_cluster.c.name
  addon_name = "vpc-cni"
  
}
data "kubectl_file_documents" "np" {
  content = templatefile("${path.module}/np.yaml.tftpl", { name = "gp", types = ["m5.large"], max_pods = 110 }) # expect: PR802
}
resource "kubectl_manifest" "np" {
  for_each = data.kubectl_file_documents.np.manifests
  yaml_body = each.value
}
