"""PR703 probe-endpoint."""

from __future__ import annotations

from collections.abc import Iterator

from podroom.capacity.assessment import Assessment
from podroom.capacity.cni import CniVersionError, is_true, parse_version
from podroom.model.world import Cluster, CniOption, Probe
from podroom.positions import Span
from podroom.rule import Example, Finding, Note, Rule, Severity
from podroom.values import Undecidable, Unknown
from podroom_rules.subjects import with_probes
from podroom_rules.variables import Doubts

_SOCKET_SINCE = (1, 23, 0)
_AGENT_WITH_SOCKET = (1, 4, 1)
_PORT, _SOCKET = ":50051", "unix:///var/run/aws-node/ipamd.sock"
_POLICIES, _AGENT, _AGENT_IMAGE = "enableNetworkPolicy", "nodeAgent.enabled", "nodeAgent.image.tag"
_DAEMON_SET = """
apiVersion: apps/v1
kind: DaemonSet
metadata:
  name: aws-node
  namespace: kube-system
spec:
  template:
    spec:
      containers:
        - name: aws-node
          image: 602401143452.dkr.ecr.eu-west-1.amazonaws.com/amazon-k8s-cni:%s
          livenessProbe:%s
            exec:
              command: [/app/grpc-health-probe, "-addr=%s", "-connect-timeout=5s"]
          env:
            - name: ENABLE_IPv4
              value: "true"
            - name: WARM_ENI_TARGET
              value: "1"
"""
_CHART = """
# values of aws-vpc-cni
image:
  tag: v1.23.1
env:
  WARM_PREFIX_TARGET: "2"
  ENABLE_PREFIX_DELEGATION: "true"
enableNetworkPolicy: "true"
nodeAgent:
  image:
    tag: %s
"""


class ProbeOfAnotherVersion(Rule[Cluster]):
    """A probe or the network policy agent looks for ipamd where this version of the CNI does not listen.

    Until 1.22 ipamd listens on TCP port 50051.  Since 1.23.0 it listens on /var/run/aws-node/ipamd.sock only.  A manifest,
    or values of the chart, that bring probes of their own keep the old address when the image changes:

        Readiness probe failed: timeout: failed to connect service ":50051" within 5s

    aws-node never becomes Ready, and kubelet kills it again and again after its liveness probe has failed three times.
    The update of the DaemonSet stops at the first nodes.

    Where network policies are on, their agent asks ipamd too, and takes the socket from version 1.4.1 on: the CNI's
    release notes want that one with 1.23.

    Remedy: leave the probes to the chart, or write the address that the version has; change the images together.
    """

    code = "PR703"
    name = "probe-endpoint"
    severity = Severity.ERROR
    subject = Cluster
    concerns = staticmethod(with_probes)
    sources = (
        "https://github.com/aws/amazon-vpc-cni-k8s/pull/3739",
        "https://github.com/aws/amazon-vpc-cni-k8s/releases/tag/v1.23.0",
        "https://github.com/aws/aws-network-policy-agent/blob/v1.3.1/main.go",
    )
    bad = (
        Example("the port of older versions", {"aws-node.yaml": _DAEMON_SET % ("v1.23.1", " # expect: PR703", _PORT)}),
        Example(
            "the socket of newer versions", {"aws-node.yaml": _DAEMON_SET % ("v1.20.4", " # expect: PR703", _SOCKET)}
        ),
        Example("an agent of before the socket", {"values.yaml": _CHART % "v1.3.1 # expect: PR703"}),
    )
    good = (
        Example("the socket", {"aws-node.yaml": _DAEMON_SET % ("v1.23.1", "", _SOCKET)}),
        Example("the port, with a version that listens there", {"aws-node.yaml": _DAEMON_SET % ("v1.20.4", "", _PORT)}),
        Example("an agent that finds the socket", {"values.yaml": _CHART % "v1.4.2"}),
    )

    def judge(self, subject: Cluster, assessment: Assessment) -> Iterator[Finding]:
        """Yield a finding at the first probe with a wrong address, and at an agent that is too old."""
        settings = subject.cni
        image = _last(settings.options, _AGENT_IMAGE)
        version = assessment.version(settings)
        by_socket = version is None or version >= _SOCKET_SINCE
        doubts = Doubts(settings)
        wrong: list[Probe] = []
        for probe in settings.probes:
            try:
                asks = {(_PORT if by_socket else _SOCKET) in command for command in probe.command.candidates()}
                if asks == {True}:
                    wrong.append(probe)
                elif True in asks:
                    probe.command.need()
            except Undecidable as undecidable:
                doubts.add(undecidable.unknown)
        if wrong:
            yield self._probes(subject, wrong, by_socket=by_socket)
        if image is not None:
            try:
                yield from self._agent(subject, image, by_socket=by_socket)
            except Undecidable as undecidable:
                doubts.add(undecidable.unknown)
        doubts.settle()

    def _probes(self, cluster: Cluster, wrong: list[Probe], *, by_socket: bool) -> Finding:
        first = wrong[0]
        address, right = (_PORT, _SOCKET) if by_socket else (_SOCKET, _PORT)
        installed = cluster.cni.version
        place = installed.origin
        note = (Note(f"the version is {installed.need()}", place),) if isinstance(place, Span) else ()
        return self.finding(
            first.span,
            cluster,
            f"aws-node never becomes Ready: its probes ask {address}, and ipamd listens on {right}",
            label=f"asks {address}",
            effect='Events of aws-node say "Readiness probe failed: timeout: failed to connect service"; kubelet kills it '
            "when the liveness probe has failed three times.",
            fix=f'write "-addr={right}"',
            related=(*note, *(Note(f"the {probe.name} does the same", probe.span) for probe in wrong[1:])),
            evidence={"address": address, "listens_on": right},
        )

    def _agent(self, cluster: Cluster, image: CniOption, *, by_socket: bool) -> Iterator[Finding]:
        policies = _last(cluster.cni.options, _POLICIES)
        if image.value is None or policies is None or policies.value is None or not is_true(policies.value.need()):
            return
        switch = _last(cluster.cni.options, _AGENT)
        if switch is not None and switch.value is not None and not is_true(switch.value.need()):
            return
        text = image.value.need()
        try:
            version = parse_version(text)
        except CniVersionError:
            raise Undecidable(Unknown(f'which version the agent "{text}" is cannot be read', image.span)) from None
        if (version >= _AGENT_WITH_SOCKET) is by_socket:
            return
        address, right = (_PORT, _SOCKET) if by_socket else (_SOCKET, _PORT)
        yield self.finding(
            image.span,
            cluster,
            f"the network policy agent {text} asks ipamd at {address}, and ipamd listens on {right}",
            label="v1.4.1 or newer is wanted" if by_socket else "v1.4.0 or older is wanted",
            effect="The container aws-eks-nodeagent panics and restarts again and again: aws-node is never Ready as a "
            "whole, and network policies are not enforced.",
            fix="leave nodeAgent.image.tag to the chart, or take aws-network-policy-agent "
            f"{'v1.4.1 or newer' if by_socket else 'v1.4.0 or older'}",
            related=(Note("network policies are turned on here", policies.span),),
            evidence={"agent": text, "address": address, "listens_on": right},
        )


def _last(options: tuple[CniOption, ...], name: str) -> CniOption | None:
    return next((option for option in reversed(options) if option.name == name), None)
