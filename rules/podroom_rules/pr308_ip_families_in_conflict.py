"""PR308 ip-family-conflict."""

from __future__ import annotations

from collections.abc import Iterator

from podroom.capacity.assessment import Assessment
from podroom.capacity.cni import is_true
from podroom.catalog import documents
from podroom.catalog.cni_variables import CNI_VARIABLES, CniContainer
from podroom.model.world import Cluster, CniSettings, CniSource, CniSourceKind
from podroom.positions import Span
from podroom.rule import Example, Finding, Note, Rule, Severity
from podroom.values import Known, Undecidable, Unknown, place_of
from podroom_rules.rooms import in_auto_mode
from podroom_rules.variables import (
    ADD_ON_CONFIGURATION,
    NEVER_INITIALIZED,
    Doubts,
    is_read,
    misspelt,
    sources_of,
    whole_manifest,
)

_IPV4, _IPV6 = "ENABLE_IPv4", "ENABLE_IPv6"
_DELEGATION = "ENABLE_PREFIX_DELEGATION"
_CUSTOM = "AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG"
_BOTH = "IPv4 and IPv6 are both enabled. VPC CNI currently does not support dual stack mode"
_NEITHER = "IPv4 and IPv6 are both disabled. One of them have to be enabled"
_ONLY_PREFIXES = "IPv6 is supported only in Prefix Delegation mode. Custom Networking is not supported in IPv6 mode."
_IN_IPV6 = ADD_ON_CONFIGURATION.replace(
    '"]\n  }\n}', '"]\n  }\n  kubernetes_network_config {\n    ip_family = "ipv6"\n  }\n}'
)
_CHART = """
resource "aws_eks_cluster" "main" {
  name     = "main"
  role_arn = "arn:aws:iam::111122223333:role/cluster"
  vpc_config {
    subnet_ids = ["subnet-0aaaaaaaaaaaaaaaa", "subnet-0bbbbbbbbbbbbbbbb"]
  }
  kubernetes_network_config {
    ip_family = "ipv6"
  }
}

resource "helm_release" "cni" {
  name       = "aws-vpc-cni"
  namespace  = "kube-system"
  repository = "https://aws.github.io/eks-charts"
  chart      = "aws-vpc-cni"
  values = [yamlencode({
    env = {
      %s
    }
    init = {
      env = {
        ENABLE_IPv6 = "true"
      }
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
kubernetesNetworkConfig:
  ipFamily: IPv6
addons:
  - name: vpc-cni
    configurationValues: |
      env:
        AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG: "%s"%s
"""
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
          image: 602401143452.dkr.ecr.eu-west-1.amazonaws.com/amazon-k8s-cni:v1.20.4%s
          env:
            - name: MY_NODE_NAME
              valueFrom:
                fieldRef:
                  fieldPath: spec.nodeName
            - name: WARM_ENI_TARGET
              value: "1"%s
"""


class IpFamiliesInConflict(Rule[Cluster]):
    """aws-node is told a combination of IP families that it does not run with, so that it exits at start.

    The CNI gives pods addresses of one family.  Exactly one of `ENABLE_IPv4` and `ENABLE_IPv6` has to be true, and with
    IPv6 prefix delegation has to be on and custom networking off.  Otherwise ipamd writes one of these into its log
    (/var/log/aws-routed-eni/ipamd.log) and ends:

        IPv4 and IPv6 are both enabled. VPC CNI currently does not support dual stack mode
        IPv4 and IPv6 are both disabled. One of them have to be enabled
        IPv6 is supported only in Prefix Delegation mode. Custom Networking is not supported in IPv6 mode.

    aws-node is in CrashLoopBackOff, and new nodes stay NotReady with "cni plugin not initialized".

    The add-on follows the IP family of the cluster by itself.  Who brings the DaemonSet or the chart sets both
    variables: neither has IPv6 on by default, and the code has not even IPv4 on.  So an old manifest in which only the
    image was changed to 1.10 or newer stops with the second message.

    The init container reads `ENABLE_IPv6` too, and lets the node forward IPv6.  Where only aws-node has it, pods get
    addresses and reach nothing.  And pods with addresses of another family than that of the cluster start, but reach no
    service of it.

    Remedy: set one family, in both containers, as the cluster has it.
    """

    code = "PR308"
    name = "ip-family-conflict"
    severity = Severity.ERROR
    subject = Cluster
    sources = (documents.CNI_IPAMD, documents.CNI_README)
    bad = (
        Example.terraform(
            "custom networking in an IPv6 cluster",
            _IN_IPV6 % f'env = {{\n      {_CUSTOM} = "true" # expect: PR308\n    }}',
        ),
        Example.terraform(
            "a chart with both families",
            _CHART % 'ENABLE_IPv6              = "true" # expect: PR308\n      ENABLE_PREFIX_DELEGATION = "true"',
        ),
        Example.eksctl("custom networking in an IPv6 cluster of eksctl", _EKSCTL % ("true", " # expect: PR308")),
        Example(
            "an old DaemonSet with a new image",
            {"aws-node.yaml": _DAEMON_SET % (" # expect: PR308", "")},
        ),
    )
    good = (
        Example.terraform(
            "prefixes in an IPv6 cluster, which the add-on turns on by itself",
            _IN_IPV6 % f'env = {{\n      {_DELEGATION} = "true"\n    }}',
        ),
        Example.eksctl("an IPv6 cluster without custom networking", _EKSCTL % ("false", "")),
        Example.terraform(
            "a chart with IPv6 only",
            _CHART
            % (
                'ENABLE_IPv4              = "false"\n      ENABLE_IPv6              = "true"\n'
                '      ENABLE_PREFIX_DELEGATION = "true"'
            ),
        ),
        Example(
            "a DaemonSet with its family",
            {"aws-node.yaml": _DAEMON_SET % ("", '\n            - name: ENABLE_IPv4\n              value: "true"')},
        ),
    )

    def judge(self, subject: Cluster, assessment: Assessment) -> Iterator[Finding]:
        """Yield a finding at the variable that does not go with the others."""
        settings = subject.cni
        written = [variable for name in (_IPV6, _IPV4, _CUSTOM, _DELEGATION) if (variable := settings.find(name))]
        manifest = whole_manifest(settings)
        if in_auto_mode(subject):
            return
        if written or manifest is not None or _has_chart(settings):
            families = _Families(subject, assessment)
            finding = self._conflict(subject, families, manifest)
            if finding is not None and is_read(CNI_VARIABLES[_IPV6], settings, assessment):
                yield finding
        Doubts(settings).settle()

    def _conflict(self, cluster: Cluster, families: _Families, manifest: CniSource | None) -> Finding | None:
        def place(*names: str) -> Span:
            found = next((variable.span for name in names if (variable := cluster.cni.find(name)) is not None), None)
            return _installed_at(cluster.cni) if found is None else found

        ipv4, ipv6 = families.ipv4, families.ipv6
        if ipv4 and ipv6:
            off = _IPV4 if families.of_cluster == "ipv6" else _IPV6
            return self._exits(cluster, place(_IPV6, _IPV4), "IPv4 and IPv6 are both on", f'set {off} = "false"', _BOTH)
        if not ipv4 and not ipv6:
            meant = misspelt(cluster.cni, _IPV4)
            if meant is not None and is_true(meant.value.need()):
                return None  # PR307, at the name
            what = "neither IPv4 nor IPv6 is on"
            return self._exits(cluster, place(_IPV4, _IPV6), what, f'set {_IPV4} = "true"', _NEITHER)
        if ipv6 and families.custom_networking:
            fix = f"remove {_CUSTOM}: a subnet has IPv6 addresses for all pods"
            return self._exits(cluster, place(_CUSTOM), "custom networking is on in IPv6 mode", fix, _ONLY_PREFIXES)
        if ipv6 and not families.prefix_delegation:
            what = "IPv6 is on without prefix delegation"
            return self._exits(cluster, place(_DELEGATION, _IPV6), what, f'set {_DELEGATION} = "true"', _ONLY_PREFIXES)
        if not families.by_amazon_eks and cluster.declared and families.of_cluster != ("ipv6" if ipv6 else "ipv4"):
            return self._other_than_the_cluster(cluster, place(_IPV6, _IPV4), families)
        if ipv6 and not families.forwarded(manifest):
            return self._not_forwarded(cluster, place(_IPV6))
        return None

    def _exits(self, cluster: Cluster, place: Span, what: str, fix: str, logged: str) -> Finding:
        return self.finding(
            place,
            cluster,
            f"aws-node exits at start: {what}",
            label=what,
            effect=f'{NEVER_INITIALIZED} The log of ipamd says "{logged}".',
            fix=fix,
            related=_related(cluster, place),
            evidence={"logged": logged},
        )

    def _other_than_the_cluster(self, cluster: Cluster, place: Span, families: _Families) -> Finding:
        of_pods = "IPv6" if families.ipv6 else "IPv4"
        of_cluster = "IPv4" if families.ipv6 else "IPv6"
        on, off = (_IPV4, _IPV6) if families.ipv6 else (_IPV6, _IPV4)
        return self.finding(
            place,
            cluster,
            f"pods get {of_pods} addresses in a cluster of {of_cluster}",
            label=f"the cluster's services have {of_cluster} addresses only",
            effect=f"Pods start, and reach no service of the cluster: not even that of DNS has an {of_pods} address.",
            fix=f'set {on} = "true" and {off} = "false"' + ("" if families.ipv6 else f', and {_DELEGATION} = "true"'),
            related=_related(cluster, place),
            evidence={"cluster": of_cluster, "pods": of_pods},
        )

    def _not_forwarded(self, cluster: Cluster, place: Span) -> Finding:
        return self.finding(
            place,
            cluster,
            "IPv6 is on in aws-node and off in its init container, which lets the node forward it",
            label="only aws-node has it",
            effect="Pods get addresses and reach nothing, unless the image of the node turns forwarding of IPv6 on.",
            fix=f'set {_IPV6} = "true" for aws-vpc-cni-init too (init.env of the chart)',
            evidence={"container": CniContainer.INIT.value},
            severity=Severity.WARNING,
        )


class _Families:
    """What aws-node is told of IP families, and what else decides whether it runs."""

    def __init__(self, cluster: Cluster, assessment: Assessment) -> None:
        settings = cluster.cni
        self._cluster = cluster
        self._assessment = assessment
        self.of_cluster = cluster.ip_family.need()
        installers = [source for source in sources_of(settings) if source.installs]
        add_ons = {source.kind is CniSourceKind.ADD_ON for source in installers}
        if len(add_ons) > 1 and self.of_cluster == "ipv6":
            reason = "the add-on and something else install the CNI, and which is applied last is not known"
            raise Undecidable(Unknown(reason, installers[-1].span))
        self.by_amazon_eks = False not in add_ons
        self.ipv4 = self._is_on(_IPV4, by_amazon_eks=self.of_cluster == "ipv4")
        self.ipv6 = self._is_on(_IPV6, by_amazon_eks=self.of_cluster == "ipv6")

    @property
    def prefix_delegation(self) -> bool:
        """Return whether nodes take prefixes, as pods with IPv6 need it."""
        return self._is_on(_DELEGATION, by_amazon_eks=self.of_cluster == "ipv6")

    @property
    def custom_networking(self) -> bool:
        """Return whether pods have subnets of their own, which there are none of with IPv6."""
        return self._is_on(_CUSTOM, by_amazon_eks=False)

    def _is_on(self, name: str, *, by_amazon_eks: bool) -> bool:
        """Return whether a variable is on; the add-on follows the cluster where nobody says otherwise."""
        settings = self._cluster.cni
        text = self._assessment.variable(settings, name).need()
        return by_amazon_eks if self.by_amazon_eks and settings.find(name) is None else is_true(text)

    def forwarded(self, manifest: CniSource | None) -> bool:
        """Return whether the init container has IPv6 on, or may have it from what is not here."""
        if manifest is None and not _has_chart(self._cluster.cni):
            return True
        values = [one.value for one in self._cluster.cni.init_environment if one.name == _IPV6]
        return bool(values) and is_true(values[-1].need())


def _has_chart(settings: CniSettings) -> bool:
    return any(source.kind is CniSourceKind.HELM_CHART for source in sources_of(settings))


def _installed_at(settings: CniSettings) -> Span:
    """Return the place of the image or the version that is installed, else of what installs it."""
    source = next(source for source in sources_of(settings) if source.installs)
    return source.span if source.version is None else place_of(source.version.origin, source.span)


def _related(cluster: Cluster, place: Span) -> tuple[Note, ...]:
    family = cluster.ip_family
    if isinstance(family, Known) and isinstance(family.origin, Span):
        return (Note(f"the cluster is of {family.value}", family.origin),)
    return tuple(
        Note(f'{variable.name} is "{variable.value.need()}"', variable.span)
        for name in (_IPV4, _IPV6)
        if (variable := cluster.cni.find(name)) is not None and variable.span != place
    )
