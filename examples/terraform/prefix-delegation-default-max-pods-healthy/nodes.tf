resource "aws_launch_template" "search" {
  name                   = "search-nodes"
  image_id               = "ami-0c1a2b3c4d5e6f708"
  vpc_security_group_ids = [aws_eks_cluster.this.vpc_config[0].cluster_security_group_id]

  # Imported from the console: a NodeConfig.
  user_data = "LS0tCmFwaVZlcnNpb246IG5vZGUuZWtzLmF3cy92MWFscGhhMQpraW5kOiBOb2RlQ29uZmlnCnNwZWM6CiAgY2x1c3RlcjoKICAgIG5hbWU6IHNlYXJjaAogICAgYXBpU2VydmVyRW5kcG9pbnQ6IGh0dHBzOi8vMDEyMzQ1Njc4OUFCQ0RFRjAxMjM0NTY3ODlBQkNERUYuZ3I3LmV1LW5vcnRoLTEuZWtzLmFtYXpvbmF3cy5jb20KICAgIGNlcnRpZmljYXRlQXV0aG9yaXR5OiBZMlZ5ZEdsbWFXTmhkR1V0WVhWMGFHOXlhWFI1CiAgICBjaWRyOiAxNzIuMjAuMC4wLzE2CiAga3ViZWxldDoKICAgIGNvbmZpZzoKICAgICAgbWF4UG9kczogMTEwCiAgICAgIGt1YmVSZXNlcnZlZDoKICAgICAgICBjcHU6IDcwbQogICAgICAgIG1lbW9yeTogMTQ2NU1pCiAgICAgICAgZXBoZW1lcmFsLXN0b3JhZ2U6IDFHaQo="
}

resource "aws_eks_node_group" "search" {
  cluster_name    = aws_eks_cluster.this.name
  node_group_name = "search"
  node_role_arn   = aws_iam_role.node.arn
  subnet_ids      = [aws_subnet.north_1a.id, aws_subnet.north_1b.id]
  ami_type        = "CUSTOM"
  instance_types  = ["m6i.large"]

  launch_template {
    name    = aws_launch_template.search.name
    version = aws_launch_template.search.latest_version
  }

  scaling_config {
    min_size     = 2
    desired_size = 4
    max_size     = 8
  }

  depends_on = [
    aws_eks_addon.vpc_cni,
    aws_iam_role_policy_attachment.node,
  ]
}
