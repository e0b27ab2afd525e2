module "eks" {
  source             = "terraform-aws-modules/eks/aws"
  version            = "21.3.1"
  name               = "main"
  kubernetes_version = "1.33"
  vpc_id             = "vpc-0aaaaaaaaaaaaaaaa"
  subnet_ids         = ["subnet-0aaaaaaaaaaaaaaaa", "subnet-0bbbbbbbbbbbbbbbb"]

  addons = {
    vpc-cni = {
      before_compute = true
    }
  }
}

resource "null_resource" "prefixes" {
  depends_on = [module.eks]
  provisioner "local-exec" {
    command = "kubectl set env daemonset aws-node -n kube-system ENABLE_PREFIX_DELEGATION=true WARM_PREFIX_TARGET=1" # expect: PR311
  }
}
