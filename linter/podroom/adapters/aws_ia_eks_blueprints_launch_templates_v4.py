"""aws-ia/eks-blueprints/aws//modules/launch-templates, v4.

Facts from that folder of v4.32.1, Apache License 2.0: https://github.com/aws-ia/terraform-aws-eks-blueprints
"""

from __future__ import annotations

from podroom.adapters.adapter import Adapter
from podroom.adapters.hcl import outputs, variables


def _text() -> str:
    results = {
        "launch_template_id": "{ for name, template in aws_launch_template.this : name => template.id }",
        "launch_template_name": "{ for name, template in aws_launch_template.this : name => template.name }",
    }
    return variables({"eks_cluster_id": '""', "launch_template_config": "{}"}) + _TEMPLATES + outputs(results)


_TEMPLATES = """
resource "aws_launch_template" "this" {
  for_each = var.launch_template_config

  image_id      = try(each.value.ami, null)
  instance_type = try(each.value.instance_type, null)

  user_data = base64encode(
    try(each.value.launch_template_os, "amazonlinux2eks") == "bottlerocket" ? <<TOML
${try(each.value.pre_userdata, "")}
[settings.kubernetes]
"cluster-name" = "${var.eks_cluster_id}"
${try(each.value.post_userdata, "")}
TOML
    : try(each.value.launch_template_os, "amazonlinux2eks") == "windows" ? <<POWERSHELL
<powershell>
${try(each.value.pre_userdata, "")}
& $EKSBootstrapScriptFile -KubeletExtraArgs "${try(each.value.kubelet_extra_args, "")}"
${try(each.value.post_userdata, "")}
</powershell>
POWERSHELL
    : <<SHELL
#!/bin/bash
${try(each.value.pre_userdata, "")}
/etc/eks/bootstrap.sh ${var.eks_cluster_id} ${join(" ", [
      "--kubelet-extra-args \\"${try(each.value.kubelet_extra_args, "")}\\"", try(each.value.bootstrap_extra_args, "")
])}
${try(each.value.post_userdata, "")}
SHELL
  )

  network_interfaces {
    device_index = 0
  }
}
"""

ADAPTER = Adapter(
    module="aws-ia/eks-blueprints/aws",
    submodule="modules/launch-templates",
    majors=(4,),
    text=_text(),
)
