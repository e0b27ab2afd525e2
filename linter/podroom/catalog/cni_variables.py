"""The environment variables of the VPC CNI (`aws-node`): type, defaults, and since when.

Read from the README and the code of amazon-vpc-cni-k8s at b52188387 (chart v1.23.1, 2026-08-20).
"""

from __future__ import annotations

from enum import Enum

from podroom.catalog.documents import (
    CNI_ENTRYPOINT,
    CNI_IPAMD,
    CNI_MANIFEST,
    CNI_NETWORK,
    CNI_README,
    CNI_SESSION,
)
from podroom.records import dataclass


class VariableType(Enum):
    """How aws-node reads the text of a variable."""

    BOOL = "bool"
    INT = "int"
    STRING = "string"


class CniContainer(Enum):
    """The container of the `aws-node` DaemonSet that reads a variable."""

    MAIN = "aws-node"
    INIT = "aws-vpc-cni-init"
    BOTH = "aws-node and aws-vpc-cni-init"


@dataclass(frozen=True, slots=True)
class CniVariable:
    """One environment variable of aws-node.

    `code_default` is the text that stands for "unset" in the code, None where unset means "no limit" or "off";
    `manifest_default` is what the manifest, the Helm chart and the add-on set where that differs.  `since` is the
    first version that reads the variable, None where it was always there; `no_effect_since` the first that ignores
    it.
    """

    name: str
    type: VariableType
    code_default: str | None = None
    manifest_default: str | None = None
    since: tuple[int, int, int] | None = None
    no_effect_since: tuple[int, int, int] | None = None
    container: CniContainer = CniContainer.MAIN
    source: str = CNI_README

    @property
    def default(self) -> str | None:
        """Return what an installation from the manifest, the chart or the add-on starts with."""
        return self.code_default if self.manifest_default is None else self.manifest_default


_BOOL, _INT, _STRING = VariableType.BOOL, VariableType.INT, VariableType.STRING
_ENI_CONFIG = "k8s.amazonaws.com/eniConfig"

_VARIABLES = (
    CniVariable("WARM_ENI_TARGET", _INT, "1", since=(1, 0, 0)),
    CniVariable("WARM_IP_TARGET", _INT, since=(1, 1, 0)),
    CniVariable("MINIMUM_IP_TARGET", _INT, since=(1, 6, 0)),
    CniVariable("MAX_ENI", _INT, since=(1, 4, 0)),
    CniVariable("ENABLE_PREFIX_DELEGATION", _BOOL, "false", since=(1, 9, 0)),
    CniVariable("WARM_PREFIX_TARGET", _INT, "0", manifest_default="1", since=(1, 9, 0)),
    CniVariable("AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG", _BOOL, "false", since=(1, 2, 0)),
    CniVariable("ENI_CONFIG_LABEL_DEF", _STRING, _ENI_CONFIG),
    CniVariable("ENI_CONFIG_ANNOTATION_DEF", _STRING, _ENI_CONFIG),
    CniVariable("ENABLE_POD_ENI", _BOOL, "false", since=(1, 7, 0)),
    CniVariable("POD_SECURITY_GROUP_ENFORCING_MODE", _STRING, "strict", since=(1, 11, 0)),
    CniVariable("DISABLE_TCP_EARLY_DEMUX", _BOOL, "false", since=(1, 7, 3), container=CniContainer.INIT),
    CniVariable("ENABLE_SUBNET_DISCOVERY", _BOOL, "true", since=(1, 18, 0)),
    CniVariable("ENABLE_MULTI_NIC", _BOOL, "false", since=(1, 20, 0)),
    CniVariable("ENABLE_IPv4", _BOOL, "false", manifest_default="true", since=(1, 10, 0), source=CNI_IPAMD),
    CniVariable("ENABLE_IPv6", _BOOL, "false", since=(1, 10, 0), container=CniContainer.BOTH),
    CniVariable("ENABLE_V6_EGRESS", _BOOL, "false", since=(1, 13, 0), container=CniContainer.BOTH),
    CniVariable("ENABLE_V4_EGRESS", _BOOL, "true", since=(1, 15, 1)),
    CniVariable("DISABLE_POD_V6", _BOOL, "false", since=(1, 15, 0)),
    CniVariable("IP_COOLDOWN_PERIOD", _INT, "30", since=(1, 15, 0)),
    CniVariable("AWS_VPC_ENI_MTU", _INT, "9001", since=(1, 6, 0)),
    CniVariable("POD_MTU", _INT, since=(1, 16, 4)),
    CniVariable("AWS_VPC_K8S_CNI_VETHPREFIX", _STRING, "eni", source=CNI_ENTRYPOINT),
    CniVariable("AWS_VPC_K8S_PLUGIN_LOG_FILE", _STRING, "/var/log/aws-routed-eni/plugin.log", source=CNI_ENTRYPOINT),
    CniVariable("AWS_VPC_K8S_PLUGIN_LOG_LEVEL", _STRING, "DEBUG"),
    CniVariable("AWS_VPC_K8S_CNI_LOGLEVEL", _STRING, "DEBUG"),
    CniVariable("AWS_VPC_K8S_CNI_LOG_FILE", _STRING, "/host/var/log/aws-routed-eni/ipamd.log"),
    CniVariable("AWS_VPC_K8S_CNI_EXTERNALSNAT", _BOOL, "false"),
    CniVariable("AWS_VPC_K8S_CNI_RANDOMIZESNAT", _STRING, "prng"),
    CniVariable("AWS_VPC_K8S_CNI_EXCLUDE_SNAT_CIDRS", _STRING, "", since=(1, 6, 0)),
    CniVariable("AWS_EXTERNAL_SERVICE_CIDRS", _STRING, "", since=(1, 12, 6)),
    CniVariable("AWS_VPC_CNI_NODE_PORT_SUPPORT", _BOOL, "true"),
    CniVariable("AWS_VPC_K8S_CNI_CONFIGURE_RPFILTER", _BOOL, "true", no_effect_since=(1, 12, 1)),
    CniVariable("ENABLE_NFTABLES", _BOOL, "false", since=(1, 12, 1), no_effect_since=(1, 13, 2)),
    CniVariable("AWS_MANAGE_ENIS_NON_SCHEDULABLE", _BOOL, "false", since=(1, 12, 6)),
    CniVariable("ADDITIONAL_ENI_TAGS", _STRING, "{}", since=(1, 6, 0)),
    CniVariable("CLUSTER_NAME", _STRING, ""),
    CniVariable("CLUSTER_ENDPOINT", _STRING, "", since=(1, 12, 1)),
    CniVariable("DISABLE_NETWORK_RESOURCE_PROVISIONING", _BOOL, "false", since=(1, 7, 0), source=CNI_IPAMD),
    CniVariable("ENABLE_IMDS_ONLY_MODE", _BOOL, "false", since=(1, 19, 6)),
    CniVariable("DISABLE_LEAKED_ENI_CLEANUP", _BOOL, "false", since=(1, 13, 0)),
    CniVariable("ANNOTATE_POD_IP", _BOOL, "false", since=(1, 9, 3)),
    CniVariable("ENABLE_BANDWIDTH_PLUGIN", _BOOL, "false", since=(1, 10, 0)),
    CniVariable("NETWORK_POLICY_ENFORCING_MODE", _STRING, manifest_default="standard", since=(1, 17, 1)),
    CniVariable("DISABLE_METRICS", _BOOL, "false"),
    CniVariable("DISABLE_INTROSPECTION", _BOOL, "false"),
    CniVariable("INTROSPECTION_BIND_ADDRESS", _STRING, "127.0.0.1:61679"),
    CniVariable("AWS_EC2_ENDPOINT", _STRING, "", since=(1, 13, 0)),
    CniVariable("HOST_CNI_BIN_PATH", _STRING, "/host/opt/cni/bin", container=CniContainer.BOTH),
    CniVariable("HOST_CNI_CONFDIR_PATH", _STRING, "/host/etc/cni/net.d"),
    CniVariable("VPC_CNI_VERSION", _STRING),
    CniVariable("AWS_VPC_K8S_CNI_BACKING_STORE", _STRING, "/var/run/aws-node/ipam.json", source=CNI_IPAMD),
    CniVariable("AWS_VPC_K8S_CNI_CONNMARK", _STRING, "0x80", source=CNI_NETWORK),
    CniVariable("AWS_VPC_K8S_EGRESS_V4_PLUGIN_LOG_FILE", _STRING, source=CNI_ENTRYPOINT),
    CniVariable("AWS_VPC_K8S_EGRESS_V6_PLUGIN_LOG_FILE", _STRING, source=CNI_ENTRYPOINT),
    CniVariable("HTTP_TIMEOUT", _INT, source=CNI_SESSION),
    CniVariable("MY_NODE_NAME", _STRING, source=CNI_MANIFEST),
    CniVariable("MY_POD_NAME", _STRING, source=CNI_MANIFEST),
    CniVariable("MANAGE_UNTAGGED_ENI", _BOOL, "true", since=(1, 9, 1), source=CNI_IPAMD),
)

CNI_VARIABLES = {variable.name: variable for variable in _VARIABLES}
"""Every variable that aws-node reads, by name."""

IN_THE_MANIFEST = frozenset(
    {
        "ADDITIONAL_ENI_TAGS",
        "AWS_VPC_CNI_NODE_PORT_SUPPORT",
        "AWS_VPC_ENI_MTU",
        "AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG",
        "AWS_VPC_K8S_CNI_EXTERNALSNAT",
        "AWS_VPC_K8S_CNI_LOGLEVEL",
        "AWS_VPC_K8S_CNI_LOG_FILE",
        "AWS_VPC_K8S_CNI_RANDOMIZESNAT",
        "AWS_VPC_K8S_CNI_VETHPREFIX",
        "AWS_VPC_K8S_PLUGIN_LOG_FILE",
        "AWS_VPC_K8S_PLUGIN_LOG_LEVEL",
        "DISABLE_INTROSPECTION",
        "DISABLE_METRICS",
        "DISABLE_NETWORK_RESOURCE_PROVISIONING",
        "DISABLE_TCP_EARLY_DEMUX",
        "ENABLE_IPv4",
        "ENABLE_IPv6",
        "ENABLE_POD_ENI",
        "ENABLE_PREFIX_DELEGATION",
        "WARM_ENI_TARGET",
        "WARM_PREFIX_TARGET",
    }
)
"""Variables that the manifest and the add-on bring with a value of their own, since 1.12 at the latest."""

ADD_ON_SETS_BY_ITSELF = frozenset({"ENABLE_IPv4", "ENABLE_IPv6"})
"""Variables that Amazon EKS derives from the cluster, and that the add-on's schema (v1.15.1, v1.18.6) does not have."""


def find_cni_variable(name: str) -> CniVariable | None:
    """Return the variable of exactly this name (they are case sensitive), or None if aws-node reads none."""
    return CNI_VARIABLES.get(name)
