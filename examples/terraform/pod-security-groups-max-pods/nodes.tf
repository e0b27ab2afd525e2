locals {
  # The number in the published table for m6a.2xlarge.
  max_pods = 58
}

resource "aws_launch_template" "ledger" {
  name_prefix = "ledger-"

  user_data = base64encode(<<-TOML
    [settings.kubernetes]
    max-pods = ${local.max_pods} # expect: PR601

    [settings.kubernetes.node-labels]
    "example.com/pool" = "ledger"
  TOML
  )

  metadata_options {
    http_endpoint               = "enabled"
    http_put_response_hop_limit = 2
    http_tokens                 = "required"
  }
}

resource "aws_eks_node_group" "ledger" {
  cluster_name    = aws_eks_cluster.this.name
  node_group_name = "ledger"
  node_role_arn   = aws_iam_role.node.arn
  subnet_ids      = values(aws_subnet.private)[*].id
  ami_type        = "BOTTLEROCKET_x86_64"
  instance_types  = ["m6a.2xlarge"]

  launch_template {
    id      = aws_launch_template.ledger.id
    version = aws_launch_template.ledger.latest_version
  }

  scaling_config {
    min_size     = 3
    desired_size = 3
    max_size     = 9
  }

  depends_on = [
    aws_eks_addon.vpc_cni,
    aws_iam_role_policy_attachment.node,
  ]
}
