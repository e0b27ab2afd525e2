variable "kubernetes_version" {}
variable "script" {}
variable "add_on" {}

resource "aws_eks_cluster" "main" {
  name     = "main"
  role_arn = "arn:aws:iam::111122223333:role/cluster"
  vpc_config {
    subnet_ids = []
  }
}

resource "aws_eks_addon" "perhaps_the_cni" {
  cluster_name = aws_eks_cluster.main.name
  addon_name   = var.add_on
}

data "aws_ami" "nodes" {
  most_recent = true
  owners      = ["amazon"]
  filter {
    name   = "name"
    values = ["amazon-eks-node-${var.kubernetes_version}-v*"]
  }
}

resource "aws_launch_template" "image" {
  image_id      = data.aws_ami.nodes.id
  instance_type = "t3.micro"
}

resource "aws_launch_template" "script" {
  image_id      = "ami-0123456789abcdef0"
  instance_type = "m5.large"
  user_data     = base64encode(templatefile("${path.module}/${var.script}", { max_pods = 110 }))
}

resource "aws_eks_node_group" "nodes" {
  for_each      = { image = aws_launch_template.image.id, script = aws_launch_template.script.id }
  cluster_name  = aws_eks_cluster.main.name
  node_role_arn = "arn:aws:iam::111122223333:role/node"
  subnet_ids    = ["subnet-0123456789abcdef0"]
  launch_template {
    id      = each.value
    version = 1
  }
  scaling_config {
    min_size     = 1
    desired_size = 1
    max_size     = 3
  }
}
