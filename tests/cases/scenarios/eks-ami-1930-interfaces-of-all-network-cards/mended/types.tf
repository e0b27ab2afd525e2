data "aws_ec2_instance_type" "nodes" {
  instance_type = "p4d.24xlarge"
}
