# The module is of their own: an Auto Scaling group for each key, its script written by a template.
module "eks" {
  source = "./modules/eks"
  groups = {
    critical = {
      bootstrap_extra_args = "--kubelet-extra-args '--max-pods=110'" # expect: PR101
      instance_type        = "t3.medium"
    }
    application = {
      instance_type = "t3.medium"
    }
  }
}
