resource "aws_eks_cluster" "main" {
  name = "main"
  vpc_config {
    subnet_ids = []
  }
}

resource "kubectl_manifest" "node_class" {
  yaml_body = templatefile("${path.module}/templates/class.yaml.tftpl", { max_pods = 58, cluster = "main" })
}
