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
resource "aws_launch_template" "lt" {
  image_id = "ami-0123456789abcdef0"
  instance_type = "m5.large"
  user_data = base64encode(<<-EOT
    apiVersion: node.eks.aws/v1alpha1
    kind: NodeConfig
    spec:
      kubelet:
        config:
          maxPods: 110 # expect: PR109
  EOT
  )
}
resource "aws_eks_node_group" "n" {
  cluster_name = aws_eks_cluster.c.name
  node_role_arn = "x"
  subnet_ids = [aws_subnet.a.id]
  launch_template {
    id = aws_launch_template.lt.id
    version = "1"
  }
  scaling_config {
   min_size = 1
   desired_size = 1
   max_size = 2
  }
}
