"""PR307 env-unknown-or-unsupported."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from podroom.capacity.assessment import Assessment
from podroom.catalog import documents
from podroom.catalog.cni_variables import (
    ADD_ON_SETS_BY_ITSELF,
    CniContainer,
    CniVariable,
    find_cni_variable,
)
from podroom.model.live import Listed
from podroom.model.world import Cluster, CniSettings, CniSourceKind
from podroom.records import dataclass
from podroom.rule import Confidence, Example, Finding, Rule, Severity
from podroom_rules.rooms import in_auto_mode
from podroom_rules.variables import (
    ADD_ON_CONFIGURATION,
    NEVER_INITIALIZED,
    NOT_IN_THE_SCHEMA,
    Statement,
    is_read,
    judge_statements,
    meant_by,
    schema_refuses,
    shown_version,
    statements,
    whole_manifest,
)

_FAMILY = "AWS_VPC_"
"""What begins so is meant for the CNI."""
_BLOCKS = {CniContainer.MAIN: "env", CniContainer.INIT: "init.env"}
_NOT_IN_THE_SCHEMA = (1, 15, 1)
"""Since this version the add-on's schema lacks variables that have no effect any more."""
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
          image: 602401143452.dkr.ecr.eu-west-1.amazonaws.com/amazon-k8s-cni:v1.20.4
          env:
            - name: ENABLE_IPv4
              value: "true"
            - name: %s
              value: "true"
"""
_EKSCTL = """
apiVersion: eksctl.io/v1alpha5
kind: ClusterConfig
metadata:
  name: main
  region: eu-west-1
addons:
  - name: vpc-cni%s
    configurationValues: |
      env:
        IP_COOLDOWN_PERIOD: "60"%s
"""


@dataclass(frozen=True, slots=True)
class _Fault:
    """Why nothing reads a variable.

    `refused` says that the add-on's schema does not have it, `harmless` that nothing is lost without it.
    """

    why: str
    fix: str
    refused: bool = True
    harmless: bool = False
    confidence: Confidence = Confidence.HIGH


class VariableThatNothingReads(Rule[Cluster]):
    """A variable is set that aws-node does not read.

    The names of the CNI's variables have no common form: `MINIMUM_IP_TARGET` but `MAX_ENI`, `ENABLE_IPv4` with a small
    v, `AWS_VPC_K8S_CNI_...` before some.  A container takes any name, so a misspelt one changes nothing, and nothing
    says so.  The same happens to a variable that came with a later version of the CNI than the one that is installed,
    or that has lost its meaning, and to one in the wrong container: `DISABLE_TCP_EARLY_DEMUX` is read by the init
    container only.

    The EKS add-on has a schema.  It refuses what it does not know, with all that stands beside it:

        InvalidParameterException: ConfigurationValue provided in request is not supported: Json schema validation
        failed with error: [$.env.WARM_IP_TARGETS: is not defined in the schema and the schema does not allow
        additional properties]

    Schemas are known up to v1.18.6.  A name like none that is known is a warning, because a newer one may list it.

    Remedy: write the name as it is in the CNI's README, for the container and the version that read it.
    """

    code = "PR307"
    name = "env-unknown-or-unsupported"
    severity = Severity.WARNING
    subject = Cluster
    sources = (documents.CNI_README, documents.EKS_ADD_ON_CONFIGURATION, documents.EKS_ADD_ON_SCHEMA)
    bad = (
        Example.terraform(
            "a name that is nearly right",
            ADD_ON_CONFIGURATION % 'env = {\n      WARM_IP_TARGETS = "5" # expect: PR307\n    }',
        ),
        Example(
            "small letters that matter", {"aws-node.yaml": _DAEMON_SET % "Enable_Prefix_Delegation # expect: PR307"}
        ),
        Example.terraform(
            "the init container's variable",
            ADD_ON_CONFIGURATION % 'env = {\n      DISABLE_TCP_EARLY_DEMUX = "true" # expect: PR307\n    }',
        ),
        Example.eksctl(
            "a version that does not know it yet", _EKSCTL % ("\n    version: v1.14.1-eksbuild.1", " # expect: PR307")
        ),
    )
    good = (
        Example.terraform(
            "names of the CNI, each in its container",
            ADD_ON_CONFIGURATION
            % (
                'env = {\n      WARM_IP_TARGET    = "5"\n      MINIMUM_IP_TARGET = "20"\n    }\n'
                '    init = {\n      env = {\n        DISABLE_TCP_EARLY_DEMUX = "true"\n      }\n    }'
            ),
        ),
        Example.eksctl("a version that knows it", _EKSCTL % ("\n    version: v1.19.2-eksbuild.1", "")),
        Example("a variable of the SDK, and not of the CNI", {"aws-node.yaml": _DAEMON_SET % "AWS_USE_FIPS_ENDPOINT"}),
    )

    def judge(self, subject: Cluster, assessment: Assessment) -> Iterator[Finding]:
        """Yield a finding at the name of each variable that nothing reads."""
        if in_auto_mode(subject):
            return
        places = Counter((one.source, one.variable.name) for one in statements(subject.cni))

        def judged(statement: Statement) -> Finding | None:
            if isinstance(statement.variable.value.origin, Listed):
                return None  # it runs: Amazon EKS took it, and the manifest that came with it lists what it likes
            known = find_cni_variable(statement.variable.name)
            elsewhere = known is not None and known.container is CniContainer.INIT
            reader = CniContainer.INIT if elsewhere else CniContainer.MAIN
            if (
                statement.container is not reader
                and statement.kind is not CniSourceKind.ADD_ON
                and places[statement.source, statement.variable.name] > 1
            ):
                return None  # `kubectl set env` gives it to both containers, also to the one that reads it
            fault = _fault(statement, subject.cni, assessment)
            return None if fault is None else self._finding(subject, statement, fault)

        yield from judge_statements(subject.cni, judged)

    def _finding(self, cluster: Cluster, statement: Statement, fault: _Fault) -> Finding:
        name = statement.variable.name
        refused = statement.kind is CniSourceKind.ADD_ON and fault.refused
        certain = refused and fault.confidence is Confidence.HIGH
        consequence = _consequence(name, cluster.cni)
        severity = (
            Severity.ERROR
            if certain or consequence is not None
            else Severity.INFO
            if fault.harmless
            else Severity.WARNING
        )
        path = f"$.{_BLOCKS[statement.container]}.{name}"
        return self.finding(
            statement.variable.name_span,
            cluster,
            f"Amazon EKS {'refuses' if certain else 'may refuse'} the configuration of the add-on: {name} {fault.why}"
            if refused
            else f"{name} has no effect: it {fault.why}",
            label="not in the schema of the add-on" if refused else "nothing reads it",
            effect=schema_refuses(f"{path}{NOT_IN_THE_SCHEMA}")
            if refused
            else consequence or "Nothing fails and nothing is logged; the nodes behave as if it was not there.",
            fix=fault.fix,
            evidence={"variable": name, "source": statement.source, "container": statement.container.value},
            severity=severity,
            confidence=fault.confidence,
        )


def _fault(statement: Statement, settings: CniSettings, assessment: Assessment) -> _Fault | None:
    name = statement.variable.name
    known = find_cni_variable(name)
    if known is None:
        return _unknown(name, statement)
    if known.container not in (CniContainer.BOTH, statement.container):
        place = f"the container {known.container.value}"
        if statement.kind in (CniSourceKind.ADD_ON, CniSourceKind.HELM_CHART):
            place = f"{_BLOCKS[known.container]}"
        return _Fault(f"is read by the container {known.container.value} only", f"move it to {place}")
    if statement.kind is CniSourceKind.ADD_ON and name in ADD_ON_SETS_BY_ITSELF:
        return _Fault(
            "is set by Amazon EKS itself, after the cluster's IP family",
            f"remove {name}; the IP family is chosen when the cluster is made",
            confidence=Confidence.MEDIUM,
        )
    if known.no_effect_since is not None:
        return _lost(known, known.no_effect_since, settings, assessment)
    if is_read(known, settings, assessment):
        return None
    if statement.kind is not CniSourceKind.ADD_ON and not _changes_something(statement, known):
        return None
    installed = settings.version.need()
    since = shown_version(known.since or ())
    return _Fault(f"came with version {since}, and {installed} is installed", f"install {since} or newer, or remove it")


def _unknown(name: str, statement: Statement) -> _Fault | None:
    meant = meant_by(name)
    if meant is not None:
        return _Fault(f"is no variable of aws-node, but {meant} is", f"write {meant}")
    if name.startswith(_FAMILY):
        why = "is no variable that aws-node reads, up to version 1.23"
        return _Fault(why, f"remove {name}", confidence=Confidence.MEDIUM)
    if statement.kind is CniSourceKind.ADD_ON:
        return _Fault("is none of the variables that its schema lists", f"remove {name}", confidence=Confidence.MEDIUM)
    return None  # a proxy, or a variable of the SDK or of Go


def _consequence(name: str, settings: CniSettings) -> str | None:
    """Return what fails because a variable is called something else than what it was meant to be (PR301, PR308)."""
    meant = meant_by(name)
    if meant is None or settings.find(meant) is not None:
        return None
    if meant == "ENABLE_IPv4" and whole_manifest(settings) is not None:
        return NEVER_INITIALIZED
    if meant == "WARM_IP_TARGET" and settings.find("MINIMUM_IP_TARGET") is not None:
        return (
            'The pods of a node beyond MINIMUM_IP_TARGET hang in ContainerCreating with "failed to assign an IP address '
            'to container": without WARM_IP_TARGET the pool never grows.'
        )
    return None


def _lost(known: CniVariable, since: tuple[int, ...], settings: CniSettings, assessment: Assessment) -> _Fault | None:
    version = assessment.version(settings)
    if version is not None and version < since:
        return None
    return _Fault(
        f"lost its meaning with version {shown_version(since)}",
        f"remove {known.name}",
        refused=version is None or version >= _NOT_IN_THE_SCHEMA,
        harmless=True,
    )


def _changes_something(statement: Statement, known: CniVariable) -> bool:
    """Return whether a variable says something else than what holds without it."""
    return any(text not in {"", known.code_default, known.default} for text in statement.variable.value.candidates())
