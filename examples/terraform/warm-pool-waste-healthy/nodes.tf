data "aws_ssm_parameter" "ami" {
  name = "/aws/service/eks/optimized-ami/${aws_eks_cluster.this.version}/amazon-linux-2023/x86_64/standard/recommended/image_id"
}

resource "aws_launch_template" "executors" {
  name_prefix            = "analytics-executors-"
  image_id               = data.aws_ssm_parameter.ami.value
  instance_type          = "c6i.24xlarge"
  vpc_security_group_ids = [aws_eks_cluster.this.vpc_config[0].cluster_security_group_id]

  iam_instance_profile {
    name = aws_iam_instance_profile.node.name
  }

  user_data = base64encode(yamlencode({
    apiVersion = "node.eks.aws/v1alpha1"
    kind       = "NodeConfig"
    spec = {
      cluster = {
        name                 = aws_eks_cluster.this.name
        apiServerEndpoint    = aws_eks_cluster.this.endpoint
        certificateAuthority = aws_eks_cluster.this.certificate_authority[0].data
        cidr                 = aws_eks_cluster.this.kubernetes_network_config[0].service_ipv4_cidr
      }
      kubelet = {
        config = { maxPods = 60 }
      }
    }
  }))
}

resource "aws_autoscaling_group" "executors" {
  name                = "analytics-executors"
  min_size            = 0
  max_size            = 60
  vpc_zone_identifier = aws_subnet.nodes[*].id

  launch_template {
    id      = aws_launch_template.executors.id
    version = "$Latest"
  }

  tag {
    key                 = "kubernetes.io/cluster/${aws_eks_cluster.this.name}"
    value               = "owned"
    propagate_at_launch = true
  }

  depends_on = [aws_eks_access_entry.node, aws_eks_addon.vpc_cni]
}
