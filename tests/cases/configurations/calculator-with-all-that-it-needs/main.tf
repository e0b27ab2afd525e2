resource "aws_eks_cluster" "c" {
  name = "c"
  version = "1.30"
  role_arn = "arn:aws:iam::111122223333:role/c"
  vpc_config { subnet_ids = ["subnet-1","subnet-2"] }
}
resource "aws_eks_addon" "cni" {
  cluster_name = aws_eks_cluster.c.name
  addon_name = "vpc-cni"
  addon_version = "v1.18.3-eksbuild.1"
}
resource "aws_launch_template" "lt" {
  image_id = "ami-0123456789abcdef0"
  instance_type = "m5.large"
  user_data = base64encode(<<EOF
#!/bin/bash
MAX_PODS=$(/etc/eks/max-pods-calculator.sh --instance-type-from-imds --cni-version ${trimprefix(split("-", aws_eks_addon.cni.addon_version)[0], "v")} --cni-max-eni 2)
/etc/eks/bootstrap.sh ${aws_eks_cluster.c.name} --use-max-pods false --kubelet-extra-args "--max-pods=$MAX_PODS"
EOF
)
}
resource "aws_autoscaling_group" "g" {
  max_size = 3
  min_size = 1
  vpc_zone_identifier = ["subnet-1"]
  launch_template { id = aws_launch_template.lt.id }
  tag {
    key = "kubernetes.io/cluster/c"
    value = "owned"
    propagate_at_launch = true
  }
}
