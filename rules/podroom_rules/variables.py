"""What several rules ask about the variables of aws-node: who sets which, in which container."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from podroom.capacity.assessment import Assessment
from podroom.catalog.cni_variables import CNI_VARIABLES, CniContainer, CniVariable
from podroom.model.world import (
    Cluster,
    CniSettings,
    CniSource,
    CniSourceKind,
    EnvironmentVariable,
    SecurityGroupPolicy,
)
from podroom.records import dataclass
from podroom.rule import Finding
from podroom.values import Undecidable, Unknown, first_unknown
from podroom_rules.rooms import belongs, in_auto_mode, of_each

ADD_ON_CONFIGURATION = """
resource "aws_eks_cluster" "main" {
  name     = "main"
  role_arn = "arn:aws:iam::111122223333:role/cluster"
  vpc_config {
    subnet_ids = ["subnet-0aaaaaaaaaaaaaaaa", "subnet-0bbbbbbbbbbbbbbbb"]
  }
}

resource "aws_eks_addon" "vpc_cni" {
  cluster_name = aws_eks_cluster.main.name
  addon_name   = "vpc-cni"
  configuration_values = jsonencode({
    %s
  })
}
"""
"""A configuration of the add-on, for examples."""

NOT_IN_THE_SCHEMA = ": is not defined in the schema and the schema does not allow additional properties"
"""What the add-on's schema says of a name that it does not know, after the path of that name."""

NEVER_INITIALIZED = (
    "aws-node is in CrashLoopBackOff and new nodes stay NotReady: container runtime network not ready, cni plugin not "
    "initialized."
)
"""How it looks from outside that aws-node exits at start."""

_LIKENESS = 0.85
_FROM_THE_NODE = frozenset({"MY_NODE_NAME", "MY_POD_NAME"})
"""Names that a manifest fills in; much is called like them."""
_NAME_OF_THE_NODE = "MY_NODE_NAME"


@dataclass(frozen=True, slots=True)
class Statement:
    """A variable, the container that it is for, and what sets it."""

    variable: EnvironmentVariable
    container: CniContainer
    kind: CniSourceKind
    source: str


def statements(settings: CniSettings) -> Iterator[Statement]:
    """Iterate over all that sets a variable: of one source the last setting of a name, which is the one that counts."""
    for source in sources_of(settings):
        for container, variables in (
            (CniContainer.MAIN, source.environment),
            (CniContainer.INIT, source.init_environment),
        ):
            for variable in {variable.name: variable for variable in variables}.values():
                yield Statement(variable, container, source.kind, source.address)


def written(cluster: Cluster, *names: str) -> list[EnvironmentVariable]:
    """Return those of the variables that somebody sets; raises `Undecidable` if none is known, and there may be one.

    Where EKS Auto Mode runs the nodes there is no aws-node, and nothing is open.
    """
    found = [variable for name in names if (variable := cluster.cni.find(name)) is not None]
    if not found and cluster.cni.missing is not None and not in_auto_mode(cluster):
        raise Undecidable(cluster.cni.missing)
    return found


def find_written(cluster: Cluster, name: str) -> EnvironmentVariable | None:
    """Return the variable of that name if somebody sets it; raises as `written`."""
    return next(iter(written(cluster, name)), None)


def declared(cluster: Cluster, name: str) -> EnvironmentVariable:
    """Return a variable that somebody sets, as the rule concerns no other cluster or what it turns on is off without."""
    (variable,) = written(cluster, name)
    return variable


def meant_by(name: str) -> str | None:
    """Return the variable of aws-node that a name was meant to be, which is none itself; None if it is like none."""
    from difflib import get_close_matches  # noqa: PLC0415 - hardly any configuration has names that are unknown

    if name in CNI_VARIABLES:
        return None
    by_capitals = {known.upper(): known for known in CNI_VARIABLES if known not in _FROM_THE_NODE}
    found = get_close_matches(name.upper(), by_capitals, n=1, cutoff=_LIKENESS)
    return by_capitals[found[0]] if found else None


def misspelt(settings: CniSettings, name: str) -> EnvironmentVariable | None:
    """Return the last variable that was meant to be another one, which nobody sets; None if there is none (PR307)."""
    if settings.find(name) is not None:
        return None
    return next((one for one in reversed(settings.environment) if meant_by(one.name) == name), None)


def sources_of(settings: CniSettings) -> tuple[CniSource, ...]:
    """Return all that sets the CNI for certain."""
    return tuple(source for source in settings.all_sources if source.doubt is None)


def whole_manifest(settings: CniSettings) -> CniSource | None:
    """Return a DaemonSet that is no patch: aws-node needs the name of its node, which a patch leaves to the others."""
    for source in sources_of(settings):
        named = any(variable.name == _NAME_OF_THE_NODE for variable in source.environment)
        if source.whole and named:
            return source
    return None


def as_written(beside: EnvironmentVariable, name: str, value: str) -> str:
    """Return how a variable is written in the language of another one: JSON, YAML, or else that of Terraform."""
    before = beside.span.document.text[: beside.span.start].rstrip(" \t\"'")
    if not before.endswith(":"):
        return f'{name} = "{value}"'
    quote = '"' if before[:-1].rstrip().endswith('"') else ""
    return f'{quote}{name}{quote}: "{value}"'


def doubt_of(settings: CniSettings) -> Unknown | None:
    """Return what keeps settings that something declares from being known as a whole, None if nothing does."""
    doubts = (source.doubt for source in settings.sources)
    return first_unknown(None if settings.declared_by is None else settings.missing, *doubts)


class Doubts:
    """The first thing that is not known, kept until everything that is known has been judged."""

    def __init__(self, settings: CniSettings) -> None:
        """Begin with what keeps settings that something declares from being known as a whole."""
        self._first = doubt_of(settings)

    def add(self, unknown: Unknown) -> None:
        """Keep one more thing that is not known."""
        self._first = first_unknown(self._first, unknown)

    def settle(self) -> None:
        """Raise `Undecidable` if anything was not known."""
        if self._first is not None:
            raise Undecidable(self._first)


def judge_statements(settings: CniSettings, judge: Callable[[Statement], Finding | None]) -> Iterator[Finding]:
    """Iterate over what `judge` finds in each statement; what is not known is raised when all others are judged."""
    doubts = Doubts(settings)
    for statement in statements(settings):
        try:
            finding = judge(statement)
        except Undecidable as undecidable:
            doubts.add(undecidable.unknown)
            continue
        if finding is not None:
            yield finding
    doubts.settle()


def is_read(known: CniVariable, settings: CniSettings, assessment: Assessment) -> bool:
    """Return whether the CNI's version knows a variable; raises `Undecidable` if that version is not known."""
    if known.since is None:
        return True
    version = assessment.version(settings)
    return version is None or version >= known.since


def shown_version(version: tuple[int, ...]) -> str:
    """Return a version as text: "1.16.4"."""
    return ".".join(str(number) for number in version)


def policies_of(cluster: Cluster, assessment: Assessment) -> tuple[list[SecurityGroupPolicy], Unknown | None]:
    """Return the SecurityGroupPolicies of this project that are certainly those of a cluster, and why one more may be."""
    return of_each(possible_policies_of(cluster, assessment), _if_certain)


def possible_policies_of(cluster: Cluster, assessment: Assessment) -> list[SecurityGroupPolicy]:
    """Return the SecurityGroupPolicies of this project that are, or may be, those of a cluster."""
    return [policy for policy in assessment.world.security_group_policies if belongs(policy, cluster)]


def _if_certain(policy: SecurityGroupPolicy) -> Iterator[SecurityGroupPolicy]:
    policy.cluster.need()
    if policy.uncertain is not None:
        raise Undecidable(policy.uncertain)
    yield policy


def enforces_strictly(settings: CniSettings, assessment: Assessment) -> bool:
    """Return whether security groups for pods are enforced in strict mode, which was the only one before 1.11."""
    mode = CNI_VARIABLES["POD_SECURITY_GROUP_ENFORCING_MODE"]
    standard = assessment.variable(settings, mode.name).need() == "standard"
    return not (standard and is_read(mode, settings, assessment))


def schema_refuses(error: str) -> str:
    """Return how it looks from outside that the configuration of the add-on does not fit its schema."""
    return (
        "The request fails, and nothing of the configuration takes effect: InvalidParameterException: ConfigurationValue "
        f"provided in request is not supported: Json schema validation failed with error: [{error}]."
    )
