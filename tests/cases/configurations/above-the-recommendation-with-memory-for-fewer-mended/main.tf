resource "aws_eks_cluster" "c" {
  name = "c"
  version = "1.32"
  role_arn = "arn:aws:iam::111122223333:role/c"
  vpc_config { subnet_ids = [aws_subnet.n.id] }
}
resource "aws_subnet" "n" {
  vpc_id = "vpc-1"
  cidr_block = "10.0.0.0/18"
  availability_zone = "eu-west-1a"
}
resource "aws_eks_addon" "cni" {
  cluster_name = aws_eks_cluster.c.name
  addon_name = "vpc-cni"
  configuration_values = <<-JSON
    {"env": {"ENABLE_PREFIX_DELEGATION": "true", "WARM_PREFIX_TARGET": "1"}}
  JSON
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
        maxPodsExpression: "110"
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
    max_size = 3
    desired_size = 1
  }
}
