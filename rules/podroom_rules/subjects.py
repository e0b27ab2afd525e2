"""What rules concern: whether there is anything to judge of a subject, said without importing the rule.

Each raises `Undecidable` where the rule itself could not tell either.
"""

from __future__ import annotations

from podroom.capacity.assessment import Assessment
from podroom.capacity.cni import is_true
from podroom.capacity.demand import load_balancer_tag
from podroom.capacity.max_pods import HOST_NETWORK_PODS
from podroom.capacity.subnet_tag import discovery_tag
from podroom.catalog.cni_variables import CNI_VARIABLES
from podroom.model.world import Cluster, CniSettings, CniSourceKind, GroupKind, NodeGroup, Subnet, TypeSource
from podroom.values import Known
from podroom_rules.rooms import has_nodes, in_auto_mode
from podroom_rules.variables import (
    doubt_of,
    find_written,
    possible_policies_of,
    sources_of,
    statements,
    whole_manifest,
    written,
)

_AGENT_IMAGE = "nodeAgent.image.tag"
_BANDWIDTH_PLUGIN = "ENABLE_BANDWIDTH_PLUGIN"
_CUSTOM_NETWORKING = "AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG"
_POD_ENI = "ENABLE_POD_ENI"
_PREFIX_DELEGATION = "ENABLE_PREFIX_DELEGATION"
_PROVISIONING = ("ENABLE_IMDS_ONLY_MODE", "DISABLE_NETWORK_RESOURCE_PROVISIONING")
_WARM_INTERFACES, _WARM_PREFIXES = "WARM_ENI_TARGET", "WARM_PREFIX_TARGET"


def types_changed(group: NodeGroup, _assessment: Assessment) -> bool:
    """Return whether a group is found with other types than its own, or with those that a command gives it."""
    return group.drift is not None


def template_changed(group: NodeGroup, assessment: Assessment) -> bool:
    """Return whether a group's launch template is found changed, or is not known where a plan tells of changes."""
    if group.launch_template_missing is not None and assessment.world.compared:
        return True
    return group.launch_template is not None and group.launch_template.drift is not None


def changed_by_hand(group: NodeGroup, assessment: Assessment) -> bool:
    """Return whether a group is, or may be, found changed, or otherwise than in the state or the inventory."""
    doubts = (group.not_as_listed, group.untold_by_state, group.untold_by_plan)
    found = bool(group.changed_by_hand or group.not_as_in_state) or any(doubt is not None for doubt in doubts)
    return found and assessment.applies(group)


def there_before(group: NodeGroup, assessment: Assessment) -> bool:
    """Return whether a group is known as it was before the change that is judged."""
    return any(earlier.address == group.address for earlier in assessment.world.before or ())


def in_refreshing_plan(_group: NodeGroup, assessment: Assessment) -> bool:
    """Return whether a plan does nothing but refresh the state."""
    return assessment.world.refresh_only


def doubled(group: NodeGroup, assessment: Assessment) -> bool:
    """Return whether the nodes of a group are there twice while a plan is applied."""
    return group.address in assessment.world.doubled


def overridden(group: NodeGroup, _assessment: Assessment) -> bool:
    """Return whether a self-managed group has, or may have, other types than its launch template's."""
    types = group.instance_types
    overrides = bool(types.missing) or any(choice.source is TypeSource.OVERRIDE for choice in types)
    return group.kind is GroupKind.SELF_MANAGED and overrides


def with_max_pods_setting(group: NodeGroup, _assessment: Assessment) -> bool:
    """Return whether a setting beside user data gives a managed group max pods."""
    return group.max_pods_setting is not None and group.kind is GroupKind.MANAGED


def with_fewer_host_network_pods(group: NodeGroup, assessment: Assessment) -> bool:
    """Return whether fewer pods are taken to be on the host's network than max pods usually counts on."""
    return assessment.assumptions.host_network_pods < HOST_NETWORK_PODS and assessment.applies(group)


def calling_calculator(group: NodeGroup, assessment: Assessment) -> bool:
    """Return whether user data fetches or calls max-pods-calculator.sh."""
    user_data = assessment.user_data(group)
    return bool(user_data.calculator_downloads or user_data.calculator_calls)


def with_open_here_document(group: NodeGroup, assessment: Assessment) -> bool:
    """Return whether a here-document of the user data has no end."""
    return bool(assessment.user_data(group).open_here_documents)


def with_unusable_settings(group: NodeGroup, assessment: Assessment) -> bool:
    """Return whether user data has settings that Bottlerocket does not take."""
    return bool(assessment.user_data(group).unusable_settings)


def in_custom_network(group: NodeGroup, assessment: Assessment) -> bool:
    """Return whether pods of a group get their addresses from subnets of their own."""
    return assessment.applies(group) and assessment.cni(group).custom_networking


def with_trunks(group: NodeGroup, assessment: Assessment) -> bool:
    """Return whether security groups for pods are on where a group runs."""
    return assessment.applies(group) and assessment.cni(group).pod_eni


def with_prefixes(group: NodeGroup, assessment: Assessment) -> bool:
    """Return whether prefix delegation is on where a group runs."""
    return assessment.applies(group) and assessment.cni(group).prefix_delegation


def in_order_with_prefixes(group: NodeGroup, assessment: Assessment) -> bool:
    """Return whether it matters when prefix delegation comes to a managed group."""
    return group.cni_order is not None and group.kind is GroupKind.MANAGED and with_prefixes(group, assessment)


def crashing(cluster: Cluster, assessment: Assessment) -> bool:
    """Return whether aws-node exits for its prefix delegation."""
    return find_written(cluster, _PREFIX_DELEGATION) is not None and assessment.behavior(cluster.cni).crashes


def looking_for_eni_configs(cluster: Cluster, assessment: Assessment) -> bool:
    """Return whether custom networking is, or may be, on or off by somebody's wish."""
    settings = cluster.cni
    if settings.find(_CUSTOM_NETWORKING) is not None:
        return True
    if in_auto_mode(cluster):
        return False
    if settings.missing is not None:
        return True
    return has_nodes(cluster, assessment) and assessment.behavior(settings).custom_networking


def giving_security_groups(cluster: Cluster, assessment: Assessment) -> bool:
    """Return whether security groups for pods are on where nodes are those of groups or Karpenter."""
    return not cluster.auto_mode.need() and assessment.behavior(cluster.cni).pod_eni


def giving_security_groups_by_role(cluster: Cluster, _assessment: Assessment) -> bool:
    """Return whether security groups for pods are turned on for a cluster whose role is known."""
    if cluster.role is None or in_auto_mode(cluster):
        return False
    variable = find_written(cluster, _POD_ENI)
    return variable is not None and is_true(variable.value.need())


def giving_security_groups_by_proxy(cluster: Cluster, _assessment: Assessment) -> bool:
    """Return whether somebody decides on security groups for pods of a cluster whose mode of kube-proxy is known."""
    if cluster.kube_proxy_mode is None or in_auto_mode(cluster):
        return False
    return find_written(cluster, _POD_ENI) is not None


def keeping_interfaces_warm(cluster: Cluster, _assessment: Assessment) -> bool:
    """Return whether somebody says how many interfaces are kept warm."""
    return find_written(cluster, _WARM_INTERFACES) is not None


def with_ignored_targets(cluster: Cluster, _assessment: Assessment) -> bool:
    """Return whether somebody sets a warm target that gives way to others."""
    return bool(written(cluster, _WARM_INTERFACES, _WARM_PREFIXES))


def with_variables_of_other_types(cluster: Cluster, _assessment: Assessment) -> bool:
    """Return whether a variable is, or may be, of another type than string where only a string will do."""
    types = (statement.variable.json_type for statement in statements(cluster.cni))
    other = any(one is not None and not (isinstance(one, Known) and one.value == "string") for one in types)
    return other or doubt_of(cluster.cni) is not None


def taking_no_addresses(cluster: Cluster, _assessment: Assessment) -> bool:
    """Return whether a variable that may keep ipamd from taking addresses is, or may be, set."""
    return not in_auto_mode(cluster) and _may_set(cluster.cni, *_PROVISIONING)


def with_several_statements(cluster: Cluster, _assessment: Assessment) -> bool:
    """Return whether one variable may be set in two places, or twice in one."""
    settings = cluster.cni
    if in_auto_mode(cluster):
        return False
    sources = sources_of(settings)
    lists = [variables for one in sources for variables in (one.environment, one.init_environment)]
    twice = any(len({variable.name for variable in variables}) < len(variables) for variables in lists)
    return len(sources) > 1 or twice or bool(settings.config_map) or doubt_of(settings) is not None


def with_network_policies(cluster: Cluster, _assessment: Assessment) -> bool:
    """Return whether the agent for network policies may be missing, or in the way of the bandwidth plugin."""
    settings = cluster.cni
    if in_auto_mode(cluster):
        return False
    chart = any(source.kind is CniSourceKind.HELM_CHART for source in sources_of(settings))
    return chart or whole_manifest(settings) is not None or _may_set(settings, _BANDWIDTH_PLUGIN)


def with_variables_elsewhere(cluster: Cluster, _assessment: Assessment) -> bool:
    """Return whether an option of the add-on or the chart is, or may be, called like a variable."""
    if in_auto_mode(cluster):
        return False
    options = (option.name.rpartition(".")[2] for source in sources_of(cluster.cni) for option in source.options)
    return any(name in CNI_VARIABLES for name in options) or doubt_of(cluster.cni) is not None


def of_chosen_version(cluster: Cluster, assessment: Assessment) -> bool:
    """Return whether a cluster has another version of the VPC CNI than the current one."""
    return not in_auto_mode(cluster) and assessment.version(cluster.cni) is not None


def of_overseen_version(cluster: Cluster, assessment: Assessment) -> bool:
    """Return the same of a cluster that is declared: the version of one that is not here is nobody's oversight."""
    return cluster.declared and of_chosen_version(cluster, assessment)


def with_probes(cluster: Cluster, _assessment: Assessment) -> bool:
    """Return whether somebody writes the probes of aws-node, or the version of an agent whose probe goes with it."""
    return bool(cluster.cni.probes) or any(option.name == _AGENT_IMAGE for option in cluster.cni.options)


def with_policies(cluster: Cluster, assessment: Assessment) -> bool:
    """Return whether a SecurityGroupPolicy is, or may be, one of a cluster."""
    return bool(possible_policies_of(cluster, assessment))


def with_listed_nodes(cluster: Cluster, assessment: Assessment) -> bool:
    """Return whether an inventory lists nodes of a cluster, or instances of a group from before a change."""
    return bool(cluster.nodes) or any(group.left for group in assessment.world.node_groups)


def with_free_addresses(subnet: Subnet, _assessment: Assessment) -> bool:
    """Return whether somebody has counted the free addresses of a subnet."""
    return subnet.free is not None


def for_load_balancers(subnet: Subnet, assessment: Assessment) -> bool:
    """Return whether a subnet is, or may be, tagged for load balancers, in a configuration that is about Amazon EKS."""
    tag = load_balancer_tag(subnet)
    return assessment.world.about_eks and not (isinstance(tag, Known) and tag.value is None)


def for_discovery(subnet: Subnet, _assessment: Assessment) -> bool:
    """Return whether a subnet has the tag by which the CNI finds subnets."""
    return discovery_tag(subnet) is not None


def _may_set(settings: CniSettings, *names: str) -> bool:
    """Return whether any of some variables is set, or may be."""
    return any(settings.find(name) is not None for name in names) or doubt_of(settings) is not None
