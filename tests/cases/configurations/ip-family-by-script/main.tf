resource "aws_eks_cluster" "main" {
  name     = "main"
  role_arn = "arn:aws:iam::111122223333:role/cluster"
  vpc_config {
    subnet_ids = ["subnet-0aaaaaaaaaaaaaaaa", "subnet-0bbbbbbbbbbbbbbbb"]
  }
}

resource "null_resource" "both" {
  provisioner "local-exec" {
    command = "kubectl set env daemonset aws-node -n kube-system ENABLE_IPv6=true" # expect: PR308
  }
}
