resource "aws_eks_cluster" "c" {
  name = "c"
  version = "1.29"
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
  addon_version = "v1.10.0-eksbuild.1" # expect: PR702
}
resource "aws_launch_template" "lt" {
  instance_type = "m5.large"
  metadata_options {
    http_tokens = "required"
    http_endpoint = "enabled"
  }
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
