"""PR309 provisioning-disabled."""

from __future__ import annotations

from collections.abc import Iterator

from podroom.capacity.assessment import Assessment
from podroom.capacity.cni import is_true
from podroom.catalog import documents
from podroom.catalog.cni_variables import CNI_VARIABLES
from podroom.model.world import Cluster, EnvironmentVariable
from podroom.rule import Confidence, Example, Finding, Note, Rule, Severity
from podroom_rules.rooms import groups_of
from podroom_rules.subjects import taking_no_addresses
from podroom_rules.variables import ADD_ON_CONFIGURATION, Doubts, is_read

_VARIABLES = ("ENABLE_IMDS_ONLY_MODE", "DISABLE_NETWORK_RESOURCE_PROVISIONING")
_EKSCTL = """
apiVersion: eksctl.io/v1alpha5
kind: ClusterConfig
metadata:
  name: main
  region: eu-west-1
addons:
  - name: vpc-cni
    version: %s
    configurationValues: |
      env:
        ENABLE_IMDS_ONLY_MODE: "true"%s
managedNodeGroups:
  - name: general
    instanceType: m5.large
"""


class ProvisioningDisabled(Rule[Cluster]):
    """aws-node is told to take no addresses, so that pods get only those that a node already has.

    With `DISABLE_NETWORK_RESOURCE_PROVISIONING` ipamd attaches no interfaces and assigns no addresses or prefixes: it
    hands out what the metadata service shows.  `ENABLE_IMDS_ONLY_MODE` (since 1.19.6) makes no call of EC2 at all, and
    looks only once, when aws-node starts.  Both are for nodes that something else equips before, an operator of your own
    or the `network_interfaces` of a launch template.

    An ordinary node starts with one interface and its primary address, which no pod gets.  It becomes Ready, and pods
    that are scheduled there stay in ContainerCreating with

        failed to assign an IP address to container

    No warm target changes that, and neither does max pods.

    Remedy: remove the variable, unless something else assigns addresses to the nodes.
    """

    code = "PR309"
    name = "provisioning-disabled"
    severity = Severity.WARNING
    subject = Cluster
    concerns = staticmethod(taking_no_addresses)
    sources = (documents.CNI_README, documents.CNI_IPAMD)
    bad = (
        Example.terraform(
            "no interfaces and no addresses",
            ADD_ON_CONFIGURATION
            % 'env = {\n      DISABLE_NETWORK_RESOURCE_PROVISIONING = "true" # expect: PR309\n    }',
        ),
        Example.eksctl("no calls of EC2", _EKSCTL % ("v1.20.1-eksbuild.1", " # expect: PR309")),
    )
    good = (
        Example.terraform(
            "the default, written out",
            ADD_ON_CONFIGURATION % 'env = {\n      DISABLE_NETWORK_RESOURCE_PROVISIONING = "false"\n    }',
        ),
        Example.terraform(
            "one prefix for all pods of a node, which ipamd assigns in any case",
            ADD_ON_CONFIGURATION.replace(
                '"]\n  }\n}', '"]\n  }\n  kubernetes_network_config {\n    ip_family = "ipv6"\n  }\n}'
            )
            % 'env = {\n      DISABLE_NETWORK_RESOURCE_PROVISIONING = "true"\n    }',
        ),
    )

    def judge(self, subject: Cluster, assessment: Assessment) -> Iterator[Finding]:
        """Yield a finding at the variable that keeps ipamd from taking addresses."""
        settings = subject.cni
        written = [variable for name in _VARIABLES if (variable := settings.find(name)) is not None]
        ruling = [one for one in written if is_true(one.value.need())]
        ruling = [one for one in ruling if is_read(CNI_VARIABLES[one.name], settings, assessment)]
        if ruling and subject.ip_family.need() == "ipv4":
            yield self._finding(subject, ruling, assessment)
        else:
            Doubts(settings).settle()

    def _finding(self, cluster: Cluster, ruling: list[EnvironmentVariable], assessment: Assessment) -> Finding:
        first = ruling[0]
        groups = groups_of(cluster, assessment)
        return self.finding(
            first.span,
            cluster,
            f"aws-node takes no addresses for pods: {first.name} is on",
            label="no interface is attached and no address assigned",
            effect="Pods get only addresses that the node had before, and an ordinary node has none but its own: they "
            'stay in ContainerCreating with "failed to assign an IP address to container".',
            fix=f"remove {' and '.join(one.name for one in ruling)}, or see that something else assigns addresses",
            assumption="nothing else attaches interfaces to the nodes or assigns addresses to them",
            related=(
                *(Note(f"{other.name} does the same", other.span) for other in ruling[1:]),
                *(Note("the nodes of this group start with no address for pods", group.span) for group in groups),
            ),
            evidence={"variables": [one.name for one in ruling]},
            confidence=Confidence.MEDIUM,
        )
