"""PR306 env-bad-value."""

from __future__ import annotations

from collections.abc import Iterator

from podroom.capacity.assessment import Assessment
from podroom.capacity.cni import is_boolean, is_true, read_integer
from podroom.catalog import documents
from podroom.catalog.cni_variables import CniVariable, VariableType, find_cni_variable
from podroom.model.world import Cluster, CniSourceKind
from podroom.records import dataclass
from podroom.rule import Example, Finding, Rule, Severity
from podroom_rules.rooms import in_auto_mode
from podroom_rules.variables import (
    ADD_ON_CONFIGURATION,
    NEVER_INITIALIZED,
    Statement,
    is_read,
    judge_statements,
    schema_refuses,
)

_MTU = ("AWS_VPC_ENI_MTU", "POD_MTU")
_LEAST_MTU, _LEAST_MTU_IPV6, _MOST_MTU = 576, 1280, 9001
_COOLDOWN = "IP_COOLDOWN_PERIOD"
_VETH_PREFIX = "AWS_VPC_K8S_CNI_VETHPREFIX"
_LONGEST_VETH_PREFIX = 4
_RESERVED_VETH_PREFIXES = ("eth", "lo", "vlan")
_LOG_FILE = "AWS_VPC_K8S_PLUGIN_LOG_FILE"
_POD_ENI, _POD_ENI_MODE = "ENABLE_POD_ENI", "POD_SECURITY_GROUP_ENFORCING_MODE"
_POLICY_MODE = "NETWORK_POLICY_ENFORCING_MODE"
_MODES_OF_THE_SCHEMA = ("standard", "strict")
_TAGS, _RESERVED_TAG = "ADDITIONAL_ENI_TAGS", "k8s.amazonaws.com"
_CHECKED_TEXTS = frozenset({_VETH_PREFIX, _LOG_FILE, _POD_ENI_MODE, _POLICY_MODE, _TAGS})
_MEANT_FALSE = frozenset({"no", "n", "off", "disable", "disabled"})
_MEANT_TRUE = frozenset({"yes", "y", "on", "enable", "enabled"})
_EKSCTL = """
apiVersion: eksctl.io/v1alpha5
kind: ClusterConfig
metadata:
  name: main
  region: eu-west-1
addons:
  - name: vpc-cni
    configurationValues: '{"env": {"IP_COOLDOWN_PERIOD": "%s"}}'%s
"""


@dataclass(frozen=True, slots=True)
class _Fault:
    """What is wrong with a text: what happens instead (None: aws-node exits), and what would do.

    `refused` says that the add-on's schema does not let it through to aws-node.
    """

    what: str
    instead: str | None
    fix: str
    harmless: bool = False
    refused: bool = False


class ValueThatAwsNodeDoesNotTake(Rule[Cluster]):
    """A variable of aws-node has a text that it does not take.

    aws-node reads booleans as Go does: `true`, `True`, `TRUE`, `t`, `1` and the same for false, but not `yes`, `on` or
    `enabled`.  Whole numbers must be plain: not `5.0`, `5s` or ` 5`.  What it cannot read it replaces by the default,
    and only a line in ipamd's log tells: the setting is there for everybody to see, and nothing comes of it.

    A few variables are checked when aws-node starts: `IP_COOLDOWN_PERIOD`, the MTUs (576 to 9001, at least 1280 with
    IPv6), the prefix of the interfaces' names, the modes that enforce security groups and network policies, and the
    file that the plugin logs to.  With a wrong one aws-node exits and is started again for ever (CrashLoopBackOff); new
    nodes stay NotReady with

        container runtime network not ready: cni plugin not initialized

    The add-on's schema checks the type of a value and not the text, but for `NETWORK_POLICY_ENFORCING_MODE`: it takes
    `standard` and `strict`, and refuses `none`, which aws-node would take.

    Remedy: write a text that aws-node takes.
    """

    code = "PR306"
    name = "env-bad-value"
    severity = Severity.WARNING
    subject = Cluster
    sources = (documents.CNI_ENTRYPOINT, documents.CNI_UTILITIES, documents.CNI_IPAMD, documents.EKS_ADD_ON_SCHEMA)
    bad = (
        Example.terraform(
            "a boolean that Go does not know",
            ADD_ON_CONFIGURATION % 'env = {\n      ENABLE_PREFIX_DELEGATION = "yes" # expect: PR306\n    }',
        ),
        Example.terraform(
            "jumbo frames of another network: aws-node exits",
            ADD_ON_CONFIGURATION % 'env = {\n      AWS_VPC_ENI_MTU = "9100" # expect: PR306\n    }',
        ),
        Example.eksctl("a unit that is not asked for: aws-node exits", _EKSCTL % ("60s", " # expect: PR306")),
    )
    good = (
        Example.terraform(
            "texts that aws-node takes",
            ADD_ON_CONFIGURATION
            % 'env = {\n      ENABLE_PREFIX_DELEGATION = "True"\n      AWS_VPC_ENI_MTU          = "8500"\n    }',
        ),
        Example.eksctl("seconds as a plain number", _EKSCTL % ("60", "")),
        Example.terraform(
            "a mode that is not looked at without ENABLE_POD_ENI",
            ADD_ON_CONFIGURATION % 'env = {\n      POD_SECURITY_GROUP_ENFORCING_MODE = "permissive"\n    }',
        ),
    )

    def judge(self, subject: Cluster, assessment: Assessment) -> Iterator[Finding]:
        """Yield a finding at each variable with a text that aws-node does not take."""
        if in_auto_mode(subject):
            return

        def judged(statement: Statement) -> Finding | None:
            known = find_cni_variable(statement.variable.name)
            if known is None or (known.type is VariableType.STRING and known.name not in _CHECKED_TEXTS):
                return None
            return self._judged(subject, statement, known, assessment)

        yield from judge_statements(subject.cni, judged)

    def _judged(
        self, cluster: Cluster, statement: Statement, known: CniVariable, assessment: Assessment
    ) -> Finding | None:
        variable = statement.variable
        faults = [
            fault
            for text in variable.value.candidates()
            if (fault := _fault(text, known, statement, cluster, assessment)) is not None
        ]
        if not faults or not is_read(known, cluster.cni, assessment):
            return None
        text, fault = variable.value.need(), faults.pop()
        shown = f'{variable.name} is "{text}", {fault.what}'
        severity, message, effect = _told(fault, shown, variable.name)
        return self.finding(
            variable.span,
            cluster,
            message,
            label=fault.what,
            effect=effect,
            fix=fault.fix,
            evidence={"variable": variable.name, "value": text, "exits": fault.instead is None and not fault.refused},
            severity=severity,
        )


def _told(fault: _Fault, shown: str, name: str) -> tuple[Severity, str, str]:
    """Return how bad a fault is, what fails, and how that looks."""
    if fault.refused:
        return (
            Severity.ERROR,
            f"Amazon EKS refuses the configuration of the add-on: {shown}",
            schema_refuses(f"$.env.{name}: does not have a value in the enumeration [standard, strict]"),
        )
    if fault.instead is None:
        return (
            Severity.ERROR,
            f"aws-node exits at start: {shown}",
            NEVER_INITIALIZED,
        )
    return (
        Severity.INFO if fault.harmless else Severity.WARNING,
        f"{shown}: {fault.instead}",
        "Nothing fails; only a line in the log of ipamd says that the text was not understood.",
    )


def _fault(
    text: str, known: CniVariable, statement: Statement, cluster: Cluster, assessment: Assessment
) -> _Fault | None:
    name = known.name
    if not text and statement.kind not in (CniSourceKind.ADD_ON, CniSourceKind.DAEMON_SET):
        return None  # it takes the variable away
    if name in _MTU:
        return _mtu(text, cluster)
    if name == _COOLDOWN:
        seconds = read_integer(text)
        if seconds is not None and seconds >= 0:
            return None
        return _Fault("which is no number of seconds", None, f'write whole seconds, such as {name} = "30"')
    if name == _POLICY_MODE and statement.kind is CniSourceKind.ADD_ON:
        choice = '"standard" or "strict"'
        return (
            None
            if text in _MODES_OF_THE_SCHEMA
            else _Fault(f"which is not {choice}", None, f"write {choice}", refused=True)
        )
    if name in (_POD_ENI_MODE, _POLICY_MODE):
        return _mode(text, name, cluster, assessment)
    if name == _VETH_PREFIX:
        if len(text) <= _LONGEST_VETH_PREFIX and text not in _RESERVED_VETH_PREFIXES:
            return None
        return _Fault('which is longer than 4 characters, or one of "eth", "lo", "vlan"', None, 'write "eni"')
    if name == _LOG_FILE:
        fix = 'write the path of a file, or "stderr"'
        return _Fault("which the plugin needs for its answers", None, fix) if text == "stdout" else None
    if name == _TAGS:
        return _tags(text)
    if known.type is VariableType.INT and text and read_integer(text) is None:
        instead = f"aws-node takes {known.code_default}" if known.code_default is not None else "it counts as not set"
        return _Fault("which is no whole number", instead, "write digits only")
    if known.type is VariableType.BOOL and text and not is_boolean(text):
        return _boolean(text, known)
    return None


def _boolean(text: str, known: CniVariable) -> _Fault:
    meant = "true" if text.lower() in _MEANT_TRUE else "false" if text.lower() in _MEANT_FALSE else None
    default = known.code_default or "false"
    return _Fault(
        "which is no boolean to Go",
        f'aws-node takes "{default}"',
        'write "true" or "false"'
        if meant is None
        else f'write "{meant}"'
        if meant == default
        else f'write "{meant}", or "{default}" to leave everything as it is',
        harmless=meant == default,
    )


def _mtu(text: str, cluster: Cluster) -> _Fault | None:
    number = read_integer(text) or 0
    least = _LEAST_MTU
    if _LEAST_MTU <= number <= _MOST_MTU:
        if number >= _LEAST_MTU_IPV6 or cluster.ip_family.need() != "ipv6":
            return None
        least = _LEAST_MTU_IPV6
    return _Fault(f"which is not from {least} to {_MOST_MTU}", None, f"write a number from {least} to {_MOST_MTU}")


def _mode(text: str, name: str, cluster: Cluster, assessment: Assessment) -> _Fault | None:
    modes: tuple[str, ...] = ("none", "strict", "standard")
    if name == _POD_ENI_MODE:
        modes = ("strict", "standard")
        if text in modes or not is_true(assessment.variable(cluster.cni, _POD_ENI).need()):
            return None
    elif text.lower() in modes:
        return None
    choice = " or ".join(f'"{mode}"' for mode in modes)
    return _Fault(f"which is not {choice}", None, f"write {choice}")


def _tags(text: str) -> _Fault | None:
    import json  # noqa: PLC0415 - hardly any configuration has these tags

    if not text:
        return None
    try:
        tags = json.loads(text)
    except ValueError:
        tags = None
    if not isinstance(tags, dict) or not all(isinstance(value, str) for value in tags.values()):
        fix = """write an object of strings, such as {"team": "payments"}"""
        return _Fault("which is no JSON object of strings", "interfaces get no tags", fix)
    reserved = [key for key in tags if _RESERVED_TAG in key]
    if not reserved:
        return None
    return _Fault(f"with {_RESERVED_TAG} in the key {reserved[0]}", "this tag is left out", f"remove {reserved[0]}")
