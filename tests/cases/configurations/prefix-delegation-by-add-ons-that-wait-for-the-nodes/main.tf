resource "aws_eks_cluster" "c" {
  name = "c"
  version = "1.33"
  role_arn = "arn:aws:iam::111122223333:role/c"
  vpc_config { subnet_ids = ["subnet-1", "subnet-2"] }
}
resource "aws_eks_addon" "this" {
  for_each = { vpc-cni = { v = "v1.20.4-eksbuild.1", c = { env = { ENABLE_PREFIX_DELEGATION = "true" } } }, coredns = { v = null, c = null } } # expect: PR402
  cluster_name = aws_eks_cluster.c.name
  addon_name = each.key
  addon_version = each.value.v
  configuration_values = each.value.c == null ? null : jsonencode(each.value.c)
  depends_on = [aws_eks_node_group.ng]
}
resource "aws_eks_node_group" "ng" {
  cluster_name = aws_eks_cluster.c.name
  node_group_name = "w"
  node_role_arn = "arn:aws:iam::111122223333:role/n"
  subnet_ids = ["subnet-1"]
  instance_types = ["m5.large"]
  scaling_config {
    min_size = 1
    max_size = 3
    desired_size = 1
  }
}
