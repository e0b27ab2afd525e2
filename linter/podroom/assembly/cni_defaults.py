"""How the CNI of a cluster is set where no add-on says so.

Amazon EKS installs it with defaults.  Those are no longer to be assumed with something else around that podroom
cannot read yet: a manifest of the VPC CNI, a script that sets its variables, or another network plugin.
"""

from __future__ import annotations

from collections.abc import Collection

from podroom.assembly.inventory import Inventory, string
from podroom.evaluation.project import ResourceInstance
from podroom.model.world import CURRENT_VERSION, CniSettings
from podroom.patterns import pattern
from podroom.values import Default, Known, Unknown, first_unknown

DEFAULT_VERSION = Default("Amazon EKS", "https://docs.aws.amazon.com/eks/latest/userguide/managing-vpc-cni.html")
UNDECLARED = CniSettings(declared_by=None, span=None, version=Known(CURRENT_VERSION, DEFAULT_VERSION))
"""What Amazon EKS installs by itself: the CNI with the defaults of its manifest."""

CUSTOM_NETWORKING = "AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG"

MAY_CONFIGURE = (
    "helm_release",
    "kubectl_manifest",
    "kubernetes_config_map",
    "kubernetes_config_map_v1",
    "kubernetes_config_map_v1_data",
    "kubernetes_daemon_set",
    "kubernetes_daemon_set_v1",
    "kubernetes_daemonset",
    "kubernetes_env",
    "kubernetes_manifest",
    "null_resource",
    "terraform_data",
)
"""Types of resources that may hold manifests, releases or commands."""

_VPC_CNI = pattern(r"\baws-node\b(?!-)|\b(?:aws-|amazon-)?vpc-cni\b")
"""The DaemonSet, but not aws-node-termination-handler; or the add-on or chart."""
_OTHER_PLUGIN = pattern(r"\b(cilium|flannel|weave-net|tigera-operator|projectcalico|antrea|kube-router|kube-ovn)\b")
_BESIDE_VPC_CNI = pattern(r"AmazonVPC|chainingMode|aws-cni")
"""Settings with which Calico and Cilium leave the addresses of pods to the VPC CNI."""
_CONFIG_MAP = "amazon-vpc-cni"
_OF_ADD_ONS = pattern(r"(?i)(?:^|[^a-z])(?<!helm-)(?<!data-)(?:add-?ons|cni)(?:$|[^a-z])")
"""Names of modules that install add-ons, the CNI perhaps among them; but not those for charts or data platforms."""
_FOLDERS_ABOVE = pattern(r"^.*[^:]//(?:.*/)?|\?.*$")
"""What of a source is not the name of a module: the way to a folder in a repository, and what release."""
_COMMENT = pattern(r"(?m)(?:^|\s)(?:#|//).*$")


def configured_elsewhere(inventory: Inventory, read: Collection[str]) -> Unknown | None:
    """Return why the settings of the CNI are not known, None if nothing else seems to touch them.

    `read` are the addresses of resources that configure it and were read.
    """
    for kind in MAY_CONFIGURE:
        for resource in inventory.resources(kind):
            if resource.address in read or _is_other_config_map(resource):
                continue
            text = _COMMENT.sub("", resource.block_span.text)
            if _VPC_CNI.search(text):
                reason = f"{resource.address} configures the VPC CNI in a way that podroom does not read yet"
                return Unknown(reason, resource.span, (resource.address,))
            plugin = _OTHER_PLUGIN.search(text)
            if plugin is not None and kind == "helm_release" and not _BESIDE_VPC_CNI.search(text):
                reason = f"{resource.address} installs {plugin[1]}, which may give pods their addresses instead"
                return Unknown(reason, resource.span, (resource.address,))
            untold = _untold(resource) if inventory.alone and not _ONLY_CHECKS.search(resource.address) else None
            if untold is not None:
                return untold
    return _by_absent_module(inventory)


def _by_absent_module(inventory: Inventory) -> Unknown | None:
    """Return that a module for add-ons may configure the CNI where its source is not here, None if there is none."""
    for module in inventory.modules:
        for call in module.calls():
            name = _FOLDERS_ABOVE.sub("", call.source_text) if call.absent else ""
            if _OF_ADD_ONS.search(name) and any(True for _ in call.instances()):
                reason = f"{call.address} may configure the VPC CNI, and its source ({call.source_text}) is not here"
                return Unknown(reason, call.span, (call.address,))
    return None


def _is_other_config_map(resource: ResourceInstance) -> bool:
    """Return whether a resource is a ConfigMap that the CNI does not read, whatever it may say of the CNI."""
    if not resource.type.startswith("kubernetes_config_map"):
        return False
    names = [string(block, "name") for block in resource.body.blocks("metadata")]
    return bool(names) and all(isinstance(name, Known) and name.value != _CONFIG_MAP for name in names)


def _untold(resource: ResourceInstance) -> Unknown | None:
    """Return why a resource of a plan or state by itself may configure the CNI without saying so, None if it says."""
    unknown: Unknown | None = None
    if resource.withheld:
        unknown = Unknown(f"nothing says which values of {resource.address} are sensitive", resource.span)
    body = resource.body
    fields = [body.attribute(name) for name in _TELLING.get(resource.type, ())]
    fields += [block.attribute("name") for block in body.blocks("metadata")]
    if resource.type == "kubectl_manifest":
        manifest = string(body, "yaml_body")
        told = isinstance(manifest, Known) or all(isinstance(string(body, name), Known) for name in ("kind", "name"))
        unknown = first_unknown(unknown, None if told or not isinstance(manifest, Unknown) else manifest)
    fields += [block.attribute("command") for block in resource.provisioners]
    for field in fields:
        kind = field.entries()[0].get("kind") if field is not None and field.is_map else field
        value = None if kind is None else kind.string()
        unknown = first_unknown(unknown, value if isinstance(value, Unknown) else None)
    if unknown is None:
        return None
    reason = f"{resource.address} may configure the VPC CNI: {unknown.reason}"
    return Unknown(reason, resource.span, (resource.address,))


_ONLY_CHECKS = pattern(r"\.module\.user_data\.null_resource\.validate_cluster_service_cidr(?:\[\d+\])?$")
"""What terraform-aws-modules/eks has without a command, for the sake of a precondition.

Source: https://github.com/terraform-aws-modules/terraform-aws-eks/blob/v20.37.2/modules/_user_data/main.tf
"""
_TELLING = {"helm_release": ("chart",), "kubernetes_manifest": ("manifest",)}
"""Attributes that say what a resource installs; of everything else it is the name in its metadata or its command."""


def not_installed(cluster: ResourceInstance) -> Unknown | None:
    """Return why a cluster may be without the VPC CNI although nothing says what takes its place."""
    field = cluster.body.attribute("bootstrap_self_managed_addons")
    if field is None:
        return None
    value = field.boolean()
    if isinstance(value, Known) and value.value:
        return None
    if isinstance(value, Unknown):
        return value
    reason = (
        "bootstrap_self_managed_addons is off and no vpc-cni add-on is here: what gives pods addresses is not known"
    )
    return Unknown(reason, field.origin)
