"""What the node groups of terraform-aws-modules/eks/aws hand to a node as user data.

Facts from modules/_user_data and templates of v18.31.2, v19.21.0, v20.8.5, v20.37.2 and v21.19.0.  On a managed group
with a stock image only some arguments reach the node: `pre_bootstrap_user_data` on Amazon Linux 2,
`cloudinit_pre_nodeadm` on Amazon Linux 2023, `bootstrap_extra_args` on Bottlerocket.
"""

from __future__ import annotations

from podroom.adapters.hcl import variables

ARGUMENTS = {
    "pre_bootstrap_user_data": '""',
    "post_bootstrap_user_data": '""',
    "bootstrap_extra_args": '""',
    "user_data_template_path": '""',
    "cloudinit_pre_nodeadm": "[]",
    "cloudinit_post_nodeadm": "[]",
}
"""The arguments and their defaults, as HCL."""

PASSES_CLOUDINIT = (20, 8, 4)
"""The first release whose root module passes `cloudinit_pre_nodeadm` and `cloudinit_post_nodeadm` on."""

TOLD_BY_AMI_TYPE = (20, 9, 0)
"""The first release that goes by `ami_type`; those before it go by `platform` alone."""


def user_data(major: int, *, managed: bool, by_type: bool) -> str:
    """Return HCL that declares the arguments and works out `local.user_data`, in base64.

    It uses `var.ami_type` (if `by_type`) and, before v21, `var.platform`; on a managed group also
    `var.enable_bootstrap_user_data`.
    """
    return (
        variables({**ARGUMENTS, **_OF_CLUSTER}, nullable=major < 21)
        + f"locals {{\n  family = {_family(major, by_type=by_type)}\n  is_managed = {str(managed).lower()}\n"
        + f"  bootstraps = {'var.enable_bootstrap_user_data' if managed else 'true'}\n}}\n"
        + _TEMPLATES
    )


def _family(major: int, *, by_type: bool) -> str:
    if not by_type:
        return "var.platform"
    return f'try({_FAMILIES}[split("_", var.ami_type)[0]], {"var.platform" if major < 21 else "null"})'


_OF_CLUSTER = {
    "cluster_endpoint": '""',
    "cluster_auth_base64": '""',
    "cluster_service_cidr": '""',
    "cluster_ip_family": '"ipv4"',
}

_FAMILIES = '{ AL2 = "linux", AL2023 = "al2023", BOTTLEROCKET = "bottlerocket", WINDOWS = "windows" }'

_TEMPLATES = r"""
locals {
  nodeadm_parts = local.bootstraps ? concat(
    var.cloudinit_pre_nodeadm,
    [{ content_type = "application/node.eks.aws", content = local.node_config }],
    var.cloudinit_post_nodeadm,
  ) : var.cloudinit_pre_nodeadm

  node_config = <<NODE_CONFIG
apiVersion: node.eks.aws/v1alpha1
kind: NodeConfig
spec:
  cluster:
    name: ${var.cluster_name}
NODE_CONFIG

  nodeadm = <<MIME
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary="MIMEBOUNDARY"

%{for part in local.nodeadm_parts~}
--MIMEBOUNDARY
Content-Type: ${coalesce(try(part.content_type, null), "text/plain")}

${part.content}
%{endfor~}
--MIMEBOUNDARY--
MIME

  shell = <<SHELL
#!/bin/bash
${var.pre_bootstrap_user_data}
/etc/eks/bootstrap.sh ${var.cluster_name} ${var.bootstrap_extra_args}
${var.post_bootstrap_user_data}
SHELL

  before_bootstrap = <<MIME
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary="//"

--//
Content-Type: text/x-shellscript

${var.pre_bootstrap_user_data}
--//--
MIME

  settings = <<TOML
%{if local.bootstraps~}
[settings.kubernetes]
"cluster-name" = "${var.cluster_name}"
%{endif~}
${var.bootstrap_extra_args}
TOML

  powershell = <<POWERSHELL
<powershell>
${var.pre_bootstrap_user_data}
& $EKSBootstrapScriptFile -EKSClusterName ${var.cluster_name} ${var.bootstrap_extra_args}
${var.post_bootstrap_user_data}
</powershell>
POWERSHELL

  from_template = templatefile(var.user_data_template_path, {
    enable_bootstrap_user_data = local.bootstraps
    cluster_name               = var.cluster_name
    cluster_endpoint           = var.cluster_endpoint
    cluster_auth_base64        = var.cluster_auth_base64
    cluster_service_cidr       = var.cluster_service_cidr
    cluster_service_ipv4_cidr  = var.cluster_service_cidr
    cluster_ip_family          = var.cluster_ip_family
    cluster_dns_ips            = ""
    bootstrap_extra_args       = var.bootstrap_extra_args
    pre_bootstrap_user_data    = var.pre_bootstrap_user_data
    post_bootstrap_user_data   = var.post_bootstrap_user_data
  })

  rendered = {
    linux = (
      local.bootstraps ? base64encode(local.shell)
      : local.is_managed && var.pre_bootstrap_user_data != "" ? base64encode(local.before_bootstrap) : ""
    )
    al2023       = length(local.nodeadm_parts) > 0 ? base64encode(local.nodeadm) : ""
    bottlerocket = local.bootstraps || var.bootstrap_extra_args != "" ? base64encode(local.settings) : ""
    windows      = local.bootstraps ? base64encode(local.powershell) : base64encode(var.pre_bootstrap_user_data)
  }

  user_data = (
    var.user_data_template_path != "" ? base64encode(local.from_template) : try(local.rendered[local.family], "")
  )
}
"""
