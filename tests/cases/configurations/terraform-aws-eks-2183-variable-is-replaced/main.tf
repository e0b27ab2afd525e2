# https://github.com/terraform-aws-modules/terraform-aws-eks/issues/2183: the node keeps the max pods of Amazon EKS.

module "vpc" {
  source          = "terraform-aws-modules/vpc/aws"
  version         = "3.19.0"
  cidr            = "10.0.0.0/16"
  azs             = ["eu-west-1a", "eu-west-1b"]
  private_subnets = ["10.0.0.0/18", "10.0.64.0/18"]
}

module "eks" {
  source          = "terraform-aws-modules/eks/aws"
  version         = "18.31.2"
  cluster_name    = "main"
  cluster_version = "1.24"
  vpc_id          = module.vpc.vpc_id
  subnet_ids      = module.vpc.private_subnets

  eks_managed_node_groups = {
    plain = {
      instance_types          = ["m5.large"]
      ami_type                = "AL2_x86_64"
      pre_bootstrap_user_data = <<-EOT
        export KUBELET_EXTRA_ARGS='--max-pods=110' # expect: PR105
      EOT
    }
    profile = {
      instance_types          = ["m5.large"]
      ami_type                = "AL2_x86_64"
      pre_bootstrap_user_data = <<-EOT
        cat <<'EOF' > /etc/profile.d/bootstrap.sh
        export USE_MAX_PODS=false
        export KUBELET_EXTRA_ARGS="--max-pods=110" # expect: PR105
        EOF
        sed -i '/^set -o errexit/a\\nsource /etc/profile.d/bootstrap.sh' /etc/eks/bootstrap.sh
      EOT
    }
    # What both meant: an edit that keeps the arguments of Amazon EKS and puts the number behind them.
    mended = {
      instance_types          = ["m5.large"]
      ami_type                = "AL2_x86_64"
      pre_bootstrap_user_data = <<-EOT
        sed -i 's/KUBELET_EXTRA_ARGS=$2/KUBELET_EXTRA_ARGS="$2 --max-pods=20"/' /etc/eks/bootstrap.sh
      EOT
    }
  }
}
