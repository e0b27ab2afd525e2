data "aws_ssm_parameter" "ami" {
  name = "/aws/service/eks/optimized-ami/${aws_eks_cluster.this.version}/amazon-linux-2023/x86_64/standard/recommended/image_id"
}

resource "aws_launch_template" "platform" {
  name_prefix            = "platform-"
  image_id               = data.aws_ssm_parameter.ami.value
  instance_type          = "m5.large"
  vpc_security_group_ids = [aws_eks_cluster.this.vpc_config[0].cluster_security_group_id]

  iam_instance_profile {
    arn = aws_iam_instance_profile.node.arn
  }

  user_data = base64encode(<<-MIME
    MIME-Version: 1.0
    Content-Type: multipart/mixed; boundary="//"

    --//
    Content-Type: text/x-shellscript; charset="us-ascii"

    #!/bin/bash
    sysctl -w vm.max_map_count=262144

    --//
    Content-Type: application/node.eks.aws

    apiVersion: node.eks.aws/v1alpha1
    kind: NodeConfig
    spec:
      cluster:
        name: ${aws_eks_cluster.this.name}
        apiServerEndpoint: ${aws_eks_cluster.this.endpoint}
        certificateAuthority: ${aws_eks_cluster.this.certificate_authority[0].data}
        cidr: ${aws_eks_cluster.this.kubernetes_network_config[0].service_ipv4_cidr}
      kubelet:
        config:
          maxPods: 20
        flags:
          - --node-labels=pool=platform

    --//--
  MIME
  )
}

resource "aws_autoscaling_group" "platform" {
  name                = "platform"
  min_size            = 3
  max_size            = 30
  vpc_zone_identifier = [for subnet in aws_subnet.nodes : subnet.id]

  launch_template {
    id      = aws_launch_template.platform.id
    version = aws_launch_template.platform.latest_version
  }

  dynamic "tag" {
    for_each = {
      Name                                                 = "platform"
      "kubernetes.io/cluster/${aws_eks_cluster.this.name}" = "owned"
    }

    content {
      key                 = tag.key
      value               = tag.value
      propagate_at_launch = true
    }
  }

  depends_on = [aws_eks_access_entry.node, aws_eks_addon.vpc_cni]
}
