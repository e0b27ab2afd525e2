resource "aws_eks_cluster" "main" {
  name     = "same-as-default"
  role_arn = "arn:aws:iam::111122223333:role/cluster"
  vpc_config {
    subnet_ids = ["subnet-0aaaaaaaaaaaaaaaa", "subnet-0bbbbbbbbbbbbbbbb"]
  }
}

resource "aws_eks_addon" "vpc_cni" {
  cluster_name         = aws_eks_cluster.main.name
  addon_name           = "vpc-cni"

}

resource "terraform_data" "prefixes" {
  provisioner "local-exec" {
    command = "kubectl set env daemonset aws-node -n kube-system ENABLE_PREFIX_DELEGATION=false"
  }
}
