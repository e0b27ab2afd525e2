"""PR603 sgp-early-demux."""

from __future__ import annotations

from collections.abc import Iterator

from podroom.capacity.assessment import Assessment
from podroom.capacity.cni import is_true
from podroom.catalog import documents
from podroom.model.world import Cluster, CniSettings, EnvironmentVariable, SecurityGroupPolicy
from podroom.rule import Example, Finding, Note, Rule, Severity
from podroom.values import Undecidable
from podroom_rules.rooms import in_auto_mode
from podroom_rules.subjects import with_policies
from podroom_rules.variables import ADD_ON_CONFIGURATION, enforces_strictly, policies_of

_POD_ENI, _MODE = "ENABLE_POD_ENI", "POD_SECURITY_GROUP_ENFORCING_MODE"
_DEMUX = "DISABLE_TCP_EARLY_DEMUX"
_POLICY = """
apiVersion: vpcresources.k8s.aws/v1beta1
kind: SecurityGroupPolicy
metadata:
  name: payments
spec:
  podSelector:
    matchLabels:
      app: payments
  securityGroups:
    groupIds: [sg-0aaaaaaaaaaaaaaaa]
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
      env:
        ENABLE_POD_ENI: "true"%s
      init:
        env:
          DISABLE_TCP_EARLY_DEMUX: "%s"%s
managedNodeGroups:
  - name: general
    instanceType: m5.large
    maxPodsPerNode: 20
    amiFamily: Bottlerocket
"""


def _terraform(settings: str) -> dict[str, str]:
    return {"main.tf": ADD_ON_CONFIGURATION % settings, "policy.yaml": _POLICY}


class EarlyDemux(Rule[Cluster]):
    """Probes of kubelet do not reach pods with security groups of their own.

    In strict mode, which is the default, all traffic of a pod with its own security groups goes through its branch
    interface, that of kubelet on the same node too.  The kernel's shortcut for TCP (early demux) hands the answers to the
    wrong interface.  So HTTP and TCP probes of kubelet time out, and only those: the pod runs, can be reached from
    elsewhere, and is killed or never becomes Ready.

        Readiness probe failed: Get "http://10.0.3.17:8080/healthz": context deadline exceeded

    `DISABLE_TCP_EARLY_DEMUX` of the init container turns the shortcut off.  In standard mode (since 1.11) kubelet's
    traffic takes the primary interface, and nothing is needed.

    This rule is silent where the project holds no SecurityGroupPolicy, which is what gives pods security groups.

    Remedy: `init = { env = { DISABLE_TCP_EARLY_DEMUX = "true" } }` in the configuration of the add-on, or
    `POD_SECURITY_GROUP_ENFORCING_MODE = "standard"` below `env`.
    """

    code = "PR603"
    name = "sgp-early-demux"
    severity = Severity.WARNING
    subject = Cluster
    concerns = staticmethod(with_policies)
    sources = (
        documents.CNI_README,
        documents.EKS_SECURITY_GROUPS_FOR_PODS,
        "https://github.com/aws/amazon-vpc-cni-k8s/pull/1212",
    )
    bad = (
        Example(
            "strict mode with the shortcut of the kernel",
            _terraform('env = {\n      ENABLE_POD_ENI = "true" # expect: PR603\n    }'),
        ),
        Example(
            "the default, written out",
            {"cluster.yaml": _EKSCTL % ("", "false", " # expect: PR603"), "policy.yaml": _POLICY},
        ),
    )
    good = (
        Example(
            "strict mode without the shortcut",
            _terraform(
                'env = {\n      ENABLE_POD_ENI = "true"\n    }\n    init = {\n      env = {\n'
                '        DISABLE_TCP_EARLY_DEMUX = "true"\n      }\n    }'
            ),
        ),
        Example(
            "standard mode",
            _terraform(
                'env = {\n      ENABLE_POD_ENI                    = "true"\n'
                '      POD_SECURITY_GROUP_ENFORCING_MODE = "standard"\n    }'
            ),
        ),
        Example("the same in a ClusterConfig", {"cluster.yaml": _EKSCTL % ("", "true", ""), "policy.yaml": _POLICY}),
        Example.terraform(
            "nothing here gives a pod security groups",
            ADD_ON_CONFIGURATION % 'env = {\n      ENABLE_POD_ENI = "true"\n    }',
        ),
    )

    def judge(self, subject: Cluster, assessment: Assessment) -> Iterator[Finding]:
        """Yield a finding at what leaves early demux on where security groups for pods are enforced strictly."""
        settings = subject.cni
        policies, doubt = policies_of(subject, assessment)
        if in_auto_mode(subject):
            return
        if settings.missing is not None:
            raise Undecidable(settings.missing)
        variable = settings.find(_POD_ENI)
        if variable is None or not is_true(variable.value.need()):
            return
        demux = _demux(settings)
        if demux is not None and is_true(demux.value.need()):
            return
        if not enforces_strictly(settings, assessment):
            return
        if policies:
            yield self._finding(subject, variable, demux, policies)
        elif doubt is not None:
            raise Undecidable(doubt)

    def _finding(
        self,
        cluster: Cluster,
        variable: EnvironmentVariable,
        demux: EnvironmentVariable | None,
        policies: list[SecurityGroupPolicy],
    ) -> Finding:
        place = variable if demux is None else demux
        return self.finding(
            place.span,
            cluster,
            "probes of kubelet do not reach pods that have security groups of their own",
            label=f"strict mode, and {_DEMUX} is not on" if demux is None else "strict mode needs it on",
            effect='HTTP and TCP probes of these pods fail with "context deadline exceeded"; kubelet kills them, or they '
            "never become Ready. Probes that run a command are not concerned.",
            fix=f'set init.env.{_DEMUX} = "true", or env.{_MODE} = "standard"',
            related=(
                *([] if demux is None else [Note("security groups for pods are turned on here", variable.span)]),
                *(Note("pods that this selects are concerned", policy.span) for policy in policies),
            ),
            evidence={"mode": "strict", "variable": _DEMUX},
        )


def _demux(settings: CniSettings) -> EnvironmentVariable | None:
    found = [variable for variable in settings.init_environment if variable.name == _DEMUX]
    return found[-1] if found else None
