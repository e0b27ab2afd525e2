"""PR310 policy-bandwidth-conflict."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from podroom.capacity.assessment import Assessment
from podroom.capacity.cni import is_true
from podroom.catalog import documents
from podroom.catalog.cni_variables import CNI_VARIABLES
from podroom.model.world import Cluster, CniOption, CniSource, CniSourceKind, EnvironmentVariable
from podroom.positions import Span
from podroom.rule import Example, Finding, Note, Rule, Severity
from podroom.values import Undecidable
from podroom_rules.subjects import with_network_policies
from podroom_rules.variables import ADD_ON_CONFIGURATION, Doubts, is_read, sources_of, whole_manifest

_BANDWIDTH = "ENABLE_BANDWIDTH_PLUGIN"
_MODE = "NETWORK_POLICY_ENFORCING_MODE"
_POLICIES, _AGENT, _AGENT_IMAGE = "enableNetworkPolicy", "nodeAgent.enabled", "nodeAgent.image.tag"
_CHART_LEAVES_THE_MODE_OUT = (1, 19, 4)
_CHART = """
resource "aws_eks_cluster" "main" {
  name     = "main"
  role_arn = "arn:aws:iam::111122223333:role/cluster"
  vpc_config {
    subnet_ids = ["subnet-0aaaaaaaaaaaaaaaa", "subnet-0bbbbbbbbbbbbbbbb"]
  }
}

resource "helm_release" "cni" {
  name       = "aws-vpc-cni"
  namespace  = "kube-system"
  repository = "https://aws.github.io/eks-charts"
  chart      = "aws-vpc-cni"
  version    = "%s"
  values = [yamlencode({
    nodeAgent = {
      enabled = false%s
    }
    env = {
      WARM_ENI_TARGET = "1"
    }
  })]
}
"""
_EKSCTL = """
apiVersion: eksctl.io/v1alpha5
kind: ClusterConfig
metadata:
  name: main
  region: eu-west-1
addons:
  - name: vpc-cni
    configurationValues: |
      enableNetworkPolicy: "%s"
      env:
        ENABLE_BANDWIDTH_PLUGIN: "true"%s
"""


class NetworkPolicyInConflict(Rule[Cluster]):
    """The network policy agent is told to do what it cannot do as the CNI is set.

    The agent enforces policies with programs at the traffic control of each pod's interface.  The bandwidth plugin
    (`ENABLE_BANDWIDTH_PLUGIN`) puts its own there.  With both, policies are not enforced: pods start, the NetworkPolicy is
    accepted, and traffic flows that it forbids.

    The CNI plugin calls the agent for each pod where `NETWORK_POLICY_ENFORCING_MODE` is set, to whichever mode, `none`
    too.  Where the agent was removed from aws-node no pod starts any more; its events say

        FailedCreatePodSandBox: plugin type="aws-cni" name="aws-cni" failed (add): add cmd: failed to setup network policy

    From 1.17.1 to 1.19.3 the Helm chart sets the mode even if `nodeAgent.enabled` is false.

    Remedy: one of the two; and no enforcing mode where there is no agent.
    """

    code = "PR310"
    name = "policy-bandwidth-conflict"
    severity = Severity.ERROR
    subject = Cluster
    concerns = staticmethod(with_network_policies)
    sources = (
        documents.CNI_README,
        documents.CNI_PLUGIN,
        documents.CNI_CHART_DAEMON_SET,
        "https://github.com/aws/aws-network-policy-agent/issues/68",
    )
    bad = (
        Example.terraform(
            "limits of bandwidth and network policies",
            ADD_ON_CONFIGURATION
            % (
                'enableNetworkPolicy = "true"\n    env = {\n'
                '      ENABLE_BANDWIDTH_PLUGIN = "true" # expect: PR310\n    }'
            ),
        ),
        Example.eksctl("the same in a ClusterConfig", _EKSCTL % ("true", " # expect: PR310")),
        Example.terraform("no agent, and a chart that sets its mode", _CHART % ("1.18.3", " # expect: PR310")),
    )
    good = (
        Example.terraform(
            "limits of bandwidth without network policies",
            ADD_ON_CONFIGURATION
            % 'enableNetworkPolicy = "false"\n    env = {\n      ENABLE_BANDWIDTH_PLUGIN = "true"\n    }',
        ),
        Example.eksctl("the same in a ClusterConfig", _EKSCTL % ("false", "")),
        Example.terraform("no agent, and a chart that leaves its mode out", _CHART % ("1.20.4", "")),
    )

    def judge(self, subject: Cluster, assessment: Assessment) -> Iterator[Finding]:
        """Yield a finding where policies meet the bandwidth plugin, and where a mode is set without an agent."""
        settings = subject.cni
        doubts = Doubts(settings)
        for judge in (self._bandwidth, self._without_agent):
            try:
                finding = judge(subject, assessment)
            except Undecidable as undecidable:
                doubts.add(undecidable.unknown)
                continue
            if finding is not None:
                yield finding
        doubts.settle()

    def _bandwidth(self, cluster: Cluster, assessment: Assessment) -> Finding | None:
        settings = cluster.cni
        variable = settings.find(_BANDWIDTH)
        option = _option(settings.options, _POLICIES)
        if variable is None or option is None or option.value is None:
            return None
        if not is_true(variable.value.need()) or not is_true(option.value.need()):
            return None
        if not is_read(CNI_VARIABLES[_BANDWIDTH], settings, assessment):
            return None
        return self.finding(
            variable.span,
            cluster,
            "network policies are not enforced: the bandwidth plugin is on",
            label="takes the place at the pod's interface that the network policy agent needs",
            effect="Pods start, and traffic flows that a NetworkPolicy forbids.",
            fix=f'set {_BANDWIDTH} = "false", or {_POLICIES} = "false" if no policy is needed',
            related=(Note("network policies are turned on here", option.span),),
            evidence={"variable": _BANDWIDTH, "option": _POLICIES},
        )

    def _without_agent(self, cluster: Cluster, assessment: Assessment) -> Finding | None:
        settings = cluster.cni
        chart = next((one for one in sources_of(settings) if one.kind is CniSourceKind.HELM_CHART), None)
        manifest = whole_manifest(settings)
        if chart is not None:
            absent = _turned_off(chart)
            mode = _mode([source for source in sources_of(settings) if source is not chart])
        elif manifest is not None:
            mode = _mode(sources_of(settings))
            absent = None if _option(manifest.options, _AGENT_IMAGE) is not None or mode is None else mode.span
        else:
            return None
        if absent is None or not is_read(CNI_VARIABLES[_MODE], settings, assessment):
            return None
        version = assessment.version(settings)
        by_itself = chart is not None and version is not None and version < _CHART_LEAVES_THE_MODE_OUT
        if mode is None and not by_itself:
            return None
        keep = "keep the agent, which does nothing as long as network policies are off"
        return self.finding(
            absent,
            cluster,
            f"no new pod starts: {_MODE} is set, and the agent that it is for is not there",
            label="no network policy agent" if chart is not None else "aws-node has no container aws-eks-nodeagent",
            effect='Pods stay in ContainerCreating with "add cmd: failed to setup network policy".',
            fix=f"take version 1.19.4 of the chart or newer, or {keep}" if by_itself else f"remove {_MODE}, or {keep}",
            related=() if mode is None or mode.span == absent else (Note("the mode is set here", mode.span),),
            evidence={"variable": _MODE, "by_the_chart": by_itself},
        )


def _option(options: tuple[CniOption, ...], name: str) -> CniOption | None:
    return next((option for option in reversed(options) if option.name == name), None)


def _turned_off(chart: CniSource) -> Span | None:
    """Return where a release turns the agent off."""
    option = _option(chart.options, _AGENT)
    if option is None or option.value is None or is_true(option.value.need()):
        return None
    return option.span


def _mode(sources: Iterable[CniSource]) -> EnvironmentVariable | None:
    """Return what sets the enforcing mode, the last one if several do."""
    found = [one for source in sources for one in source.environment if one.name == _MODE]
    return found[-1] if found else None
