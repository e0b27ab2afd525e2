resource "aws_eks_cluster" "main" {
  name     = "main"
  role_arn = "arn:aws:iam::111122223333:role/cluster"
  vpc_config {
    subnet_ids = ["subnet-0aaaaaaaaaaaaaaaa", "subnet-0bbbbbbbbbbbbbbbb"]
  }
}

module "cni" {
  source  = "./cni"
  cluster = aws_eks_cluster.main.name
}

# Waits for what the output of module.cni refers to.
module "nodes" {
  source  = "./nodes"
  cluster = module.cni.ready_cluster
}

# Waits for everything in module.cni.
module "more_nodes" {
  source  = "./nodes"
  cluster = aws_eks_cluster.main.name

  depends_on = [module.cni]
}
