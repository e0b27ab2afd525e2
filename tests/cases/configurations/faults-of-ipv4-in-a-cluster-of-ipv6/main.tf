resource "aws_vpc" "main" {
  cidr_block                       = "10.0.0.0/16"
  assign_generated_ipv6_cidr_block = true
}

resource "aws_subnet" "nodes" {
  vpc_id            = aws_vpc.main.id
  availability_zone = "eu-west-1a"
  ipv6_cidr_block   = cidrsubnet(aws_vpc.main.ipv6_cidr_block, 8, 0)
  cidr_block        = "10.0.0.0/18"
}

resource "aws_eks_cluster" "main" {
  name     = "main"
  role_arn = "arn:aws:iam::111122223333:role/cluster"
  vpc_config {
    subnet_ids = [aws_subnet.nodes.id]
  }
  kubernetes_network_config {
    ip_family = "ipv6"
  }
}

resource "aws_launch_template" "number" {
  image_id  = "ami-0123456789abcdef0"
  user_data = base64encode("#!/bin/bash\n/etc/eks/bootstrap.sh main --use-max-pods false --kubelet-extra-args --max-pods=110\n")
}

resource "aws_autoscaling_group" "number" {
  min_size            = 1
  max_size            = 3
  vpc_zone_identifier = [aws_subnet.nodes.id]
  mixed_instances_policy {
    launch_template {
      launch_template_specification {
        launch_template_id = aws_launch_template.number.id
      }
      override {
        instance_type = "t3.medium"
      }
    }
  }
  tag {
    key                 = "kubernetes.io/cluster/${aws_eks_cluster.main.name}"
    value               = "owned"
    propagate_at_launch = true
  }
}

resource "aws_launch_template" "override" {
  image_id      = "ami-0123456789abcdef0"
  instance_type = "m5.2xlarge"
  user_data     = base64encode("#!/bin/bash\n/etc/eks/bootstrap.sh main --use-max-pods false --kubelet-extra-args --max-pods=58\n")
}

resource "aws_autoscaling_group" "override" {
  min_size            = 1
  max_size            = 3
  vpc_zone_identifier = [aws_subnet.nodes.id]
  mixed_instances_policy {
    launch_template {
      launch_template_specification {
        launch_template_id = aws_launch_template.override.id
      }
      override {
        instance_type = "t3.medium"
      }
    }
  }
  tag {
    key                 = "kubernetes.io/cluster/${aws_eks_cluster.main.name}"
    value               = "owned"
    propagate_at_launch = true
  }
}

resource "aws_launch_template" "default" {
  image_id  = "ami-0123456789abcdef0"
  user_data = base64encode("#!/bin/bash\n/etc/eks/bootstrap.sh main --use-max-pods false\n")
}

resource "aws_autoscaling_group" "default" {
  min_size            = 1
  max_size            = 3
  vpc_zone_identifier = [aws_subnet.nodes.id]
  mixed_instances_policy {
    launch_template {
      launch_template_specification {
        launch_template_id = aws_launch_template.default.id
      }
      override {
        instance_type = "m5.large"
      }
    }
  }
  tag {
    key                 = "kubernetes.io/cluster/${aws_eks_cluster.main.name}"
    value               = "owned"
    propagate_at_launch = true
  }
}

resource "aws_launch_template" "many" {
  image_id  = "ami-0123456789abcdef0"
  user_data = base64encode("#!/bin/bash\n/etc/eks/bootstrap.sh main --use-max-pods false --kubelet-extra-args --max-pods=234\n")
}

resource "aws_autoscaling_group" "many" {
  min_size            = 1
  max_size            = 3
  vpc_zone_identifier = [aws_subnet.nodes.id]
  mixed_instances_policy {
    launch_template {
      launch_template_specification {
        launch_template_id = aws_launch_template.many.id
      }
      override {
        instance_type = "m5.4xlarge"
      }
    }
  }
  tag {
    key                 = "kubernetes.io/cluster/${aws_eks_cluster.main.name}"
    value               = "owned"
    propagate_at_launch = true
  }
}

resource "aws_launch_template" "failing" {
  image_id = "ami-0123456789abcdef0"
  user_data = base64encode(<<-EOT
    apiVersion: node.eks.aws/v1alpha1
    kind: NodeConfig
    spec:
      cluster:
        name: main
      kubelet:
        maxPodsExpression: "max_pods / (default_enis - 3)"
  EOT
  )
}

resource "aws_autoscaling_group" "failing" {
  min_size            = 1
  max_size            = 3
  vpc_zone_identifier = [aws_subnet.nodes.id]
  mixed_instances_policy {
    launch_template {
      launch_template_specification {
        launch_template_id = aws_launch_template.failing.id
      }
      override {
        instance_type = "m5.large"
      }
    }
  }
  tag {
    key                 = "kubernetes.io/cluster/${aws_eks_cluster.main.name}"
    value               = "owned"
    propagate_at_launch = true
  }
}

resource "aws_eks_node_group" "small" {
  cluster_name    = aws_eks_cluster.main.name
  node_group_name = "small"
  node_role_arn   = "arn:aws:iam::111122223333:role/nodes"
  subnet_ids      = [aws_subnet.nodes.id]
  instance_types  = ["t3.micro"]
  ami_type        = "AL2023_x86_64_STANDARD"
  scaling_config {
    min_size     = 1
    desired_size = 1
    max_size     = 3
  }
}

resource "aws_eks_node_group" "mixed" {
  cluster_name    = aws_eks_cluster.main.name
  node_group_name = "mixed"
  node_role_arn   = "arn:aws:iam::111122223333:role/nodes"
  subnet_ids      = [aws_subnet.nodes.id]
  instance_types  = ["m5.2xlarge", "t3.small"]
  ami_type        = "AL2023_x86_64_STANDARD"
  scaling_config {
    min_size     = 1
    desired_size = 1
    max_size     = 3
  }
}
