resource "aws_subnet" "n" {
  vpc_id = "vpc-1"
  cidr_block = "10.0.0.0/20"
  availability_zone = "eu-west-1a"
  tags = { "kubernetes.io/role/cni" = "0" } # expect: PR504
}
resource "aws_subnet" "p" {
  vpc_id = "vpc-1"
  cidr_block = "100.64.0.0/18"
  availability_zone = "eu-west-1a"
  tags = { "kubernetes.io/role/cni" = "1" }
}
resource "aws_eks_cluster" "c" {
  name = "c"
  version = "1.33"
  role_arn = "arn:aws:iam::111122223333:role/c"
  vpc_config { subnet_ids = [aws_subnet.n.id, aws_subnet.p.id] }
}
resource "aws_eks_addon" "cni" {
  cluster_name = aws_eks_cluster.c.name
  addon_name = "vpc-cni"
  addon_version = "v1.23.1-eksbuild.1"
}
resource "aws_launch_template" "lt" {
  image_id = "ami-0123456789abcdef0"
  instance_type = "m5.large"
  user_data = base64encode(<<-EOT
    apiVersion: node.eks.aws/v1alpha1
    kind: NodeConfig
    spec:
      cluster: {name: c, apiServerEndpoint: "https://x", certificateAuthority: Zm9v, cidr: 10.0.0.0/16}
      kubelet:
        config:
          maxPods: 29
  EOT
  )
}
resource "aws_eks_node_group" "ng" {
  cluster_name = aws_eks_cluster.c.name
  node_group_name = "w"
  node_role_arn = "arn:aws:iam::111122223333:role/n"
  subnet_ids = [aws_subnet.n.id]
  launch_template {
    id = aws_launch_template.lt.id
    version = 1
  }
  scaling_config {
    min_size = 1
    max_size = 4
    desired_size = 1
  }
}
