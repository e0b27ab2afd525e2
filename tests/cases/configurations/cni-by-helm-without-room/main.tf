resource "helm_release" "cni" {
  name      = "aws-vpc-cni"
  chart     = "https://example.com/charts/aws-vpc-cni"
  version   = "1.19.6"
  namespace = "kube-system"
  values = [
    yamlencode({ env = { ENABLE_PREFIX_DELEGATION = "true" } }),
    <<-EOT
      env:
        ENABLE_PREFIX_DELEGATION: "false"
    EOT
  ]
  set = [
    { name = "env.ENABLE_POD_ENI", value = "true" },
  ]
}

resource "aws_launch_template" "nodes" {
  image_id      = "ami-0123456789abcdef0"
  instance_type = "m5.large"
  user_data     = base64encode("#!/bin/bash\n/etc/eks/bootstrap.sh main --kubelet-extra-args --max-pods=29\n") # expect: PR601
}

resource "aws_autoscaling_group" "nodes" {
  min_size            = 1
  max_size            = 3
  vpc_zone_identifier = ["subnet-0aaaaaaaaaaaaaaaa"]
  launch_template {
    id = aws_launch_template.nodes.id
  }
}
