data "aws_ssm_parameter" "ami" {
  name = "/aws/service/eks/optimized-ami/${aws_eks_cluster.this.version}/amazon-linux-2-arm64/recommended/image_id"
}

resource "aws_launch_template" "workers" {
  name_prefix            = "payments-workers-"
  image_id               = data.aws_ssm_parameter.ami.value
  instance_type          = "m7g.2xlarge"
  vpc_security_group_ids = [aws_eks_cluster.this.vpc_config[0].cluster_security_group_id]

  iam_instance_profile {
    name = aws_iam_instance_profile.node.name
  }

  user_data = base64encode(<<-EOT
    #!/bin/bash
    set -euo pipefail
    /etc/eks/bootstrap.sh ${aws_eks_cluster.this.name} \
      --b64-cluster-ca '${aws_eks_cluster.this.certificate_authority[0].data}' \
      --apiserver-endpoint '${aws_eks_cluster.this.endpoint}' \
      --use-max-pods false \
      --kubelet-extra-args '--max-pods 58 --node-labels=pool=workers'
  EOT
  )
}

resource "aws_autoscaling_group" "workers" {
  name                = "payments-workers"
  min_size            = 3
  max_size            = 12
  desired_capacity    = 3
  vpc_zone_identifier = aws_subnet.private[*].id

  mixed_instances_policy {
    instances_distribution {
      on_demand_percentage_above_base_capacity = 100
    }

    launch_template {
      launch_template_specification {
        launch_template_id = aws_launch_template.workers.id
        version            = aws_launch_template.workers.latest_version
      }

      override {
        instance_type = "m7g.2xlarge"
      }
    }
  }

  tag {
    key                 = "kubernetes.io/cluster/${aws_eks_cluster.this.name}"
    value               = "owned"
    propagate_at_launch = true
  }

  depends_on = [aws_eks_access_entry.node]
}
