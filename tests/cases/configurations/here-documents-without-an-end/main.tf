resource "aws_vpc" "main" {
  cidr_block = "10.0.0.0/16"
}

resource "aws_subnet" "nodes" {
  vpc_id            = aws_vpc.main.id
  availability_zone = "eu-west-1a"
  cidr_block        = "10.0.0.0/17"
}

resource "aws_launch_template" "indented" {
  image_id      = "ami-0123456789abcdef0"
  instance_type = "m5.large"
  user_data = base64encode(<<-EOT
    #!/bin/bash
    cat <<EOF > /etc/motd # expect: PR114
    Welcome
      EOF
    systemctl restart motd
    /etc/eks/bootstrap.sh main
    echo done
  EOT
  )
}

resource "aws_autoscaling_group" "indented" {
  min_size            = 1
  max_size            = 3
  vpc_zone_identifier = [aws_subnet.nodes.id]
  launch_template {
    id = aws_launch_template.indented.id
  }
}

resource "aws_launch_template" "at_the_end" {
  image_id      = "ami-0123456789abcdef0"
  instance_type = "m5.large"
  user_data = base64encode(<<-EOT
    #!/bin/bash
    /etc/eks/bootstrap.sh main
    cat <<EOF > /etc/motd # expect: PR114
    Welcome
  EOT
  )
}

resource "aws_autoscaling_group" "at_the_end" {
  min_size            = 1
  max_size            = 3
  vpc_zone_identifier = [aws_subnet.nodes.id]
  launch_template {
    id = aws_launch_template.at_the_end.id
  }
}
