data "cloudinit_config" "node" {
  base64_encode = true
  gzip          = false

  part {
    content_type = "text/cloud-config"
    content      = "#cloud-config\npackages: [jq]\n"
  }

  part {
    content_type = "text/x-shellscript"
    content      = <<-EOT
      #!/bin/bash
      /etc/eks/bootstrap.sh shop --use-max-pods false --kubelet-extra-args '--max-pods=110' # expect: PR101
    EOT
  }
}

resource "aws_launch_template" "node" {
  image_id      = "ami-0123456789abcdef0"
  instance_type = "m5.large"
  user_data     = data.cloudinit_config.node.rendered
}

resource "aws_autoscaling_group" "node" {
  min_size            = 1
  max_size            = 3
  vpc_zone_identifier = ["subnet-1"]

  launch_template {
    id = aws_launch_template.node.id
  }
}
