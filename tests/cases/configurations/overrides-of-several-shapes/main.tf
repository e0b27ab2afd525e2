# Overrides are there although they have not all the same shape; one with a launch template of its own is another's.
module "asg" {
  source  = "terraform-aws-modules/autoscaling/aws"
  version = "8.3.1"

  name                = "nodes"
  min_size            = 0
  max_size            = 3
  vpc_zone_identifier = ["subnet-0aaaaaaaaaaaaaaaa"]
  image_id            = "ami-0aaaaaaaaaaaaaaaa"
  instance_type       = "m5.2xlarge"
  user_data = base64encode(<<-EOT
    #!/bin/bash
    /etc/eks/bootstrap.sh shop --use-max-pods false --kubelet-extra-args '--max-pods=58'
  EOT
  )

  use_mixed_instances_policy = true
  mixed_instances_policy = {
    override = [
      { instance_type = "m5.2xlarge" },
      { instance_type = "m5.large" }, # expect: PR102
      {
        instance_type                 = "m6g.large"
        launch_template_specification = { launch_template_id = "lt-0aaaaaaaaaaaaaaaa", versions = ["1"] }
      },
    ]
  }
}
