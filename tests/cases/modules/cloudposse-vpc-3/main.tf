module "vpc" {
  source  = "cloudposse/vpc/aws"
  version = "3.0.0"

  namespace                               = "acme"
  name                                    = "room"
  ipv4_primary_cidr_block                 = "10.0.0.0/16"
  ipv4_additional_cidr_block_associations = { "100.64.0.0/16" = { ipv4_cidr_block = "100.64.0.0/16", ipv4_ipam_pool_id = null, ipv4_netmask_length = null } }
}
