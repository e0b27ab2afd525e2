# No schema stands between a script and aws-node, which takes capitals.
resource "terraform_data" "mode" {
  provisioner "local-exec" {
    command = "kubectl set env daemonset aws-node -n kube-system NETWORK_POLICY_ENFORCING_MODE=NONE"
  }
}

resource "aws_eks_cluster" "main" {
  name     = "main"
  role_arn = "arn:aws:iam::111122223333:role/cluster"
  vpc_config {
    subnet_ids = ["subnet-0aaaaaaaaaaaaaaaa", "subnet-0bbbbbbbbbbbbbbbb"]
  }
}

resource "terraform_data" "wrong" {
  provisioner "local-exec" {
    command = "kubectl set env daemonset aws-node -n kube-system NETWORK_POLICY_ENFORCING_MODE=off" # expect: PR306
  }
}
