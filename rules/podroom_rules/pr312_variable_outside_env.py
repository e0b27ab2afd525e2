"""PR312 variable-outside-env."""

from __future__ import annotations

from collections.abc import Iterator

from podroom.capacity.assessment import Assessment
from podroom.catalog import documents
from podroom.catalog.cni_variables import CNI_VARIABLES, CniContainer, find_cni_variable
from podroom.model.world import Cluster, CniOption, CniSource, CniSourceKind
from podroom.rule import Example, Finding, Note, Rule, Severity
from podroom.values import Known
from podroom_rules.subjects import with_variables_elsewhere
from podroom_rules.variables import ADD_ON_CONFIGURATION, NOT_IN_THE_SCHEMA, Doubts, schema_refuses, sources_of

_EKSCTL = """
apiVersion: eksctl.io/v1alpha5
kind: ClusterConfig
metadata:
  name: main
  region: eu-west-1
addons:
  - name: vpc-cni
    configurationValues: |
      %s:
        WARM_IP_TARGET: "5"
        MINIMUM_IP_TARGET: "20"
"""
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
  set {
    name  = "%s"
    value = "true"%s
  }
}
"""


class VariableOutsideEnv(Rule[Cluster]):
    """A variable of aws-node stands in the configuration of the add-on or the chart, but not below `env`.

    The configuration of the EKS add-on and the values of the Helm chart are no lists of variables: those of aws-node
    stand below `env`, those of its init container below `init.env`.

    The chart ignores what stands elsewhere, in silence: the release is installed, and prefix delegation stays off.  The
    add-on has a schema, and refuses the whole configuration:

        InvalidParameterException: ConfigurationValue provided in request is not supported: Json schema validation
        failed with error: [$.ENABLE_PREFIX_DELEGATION: is not defined in the schema and the schema does not allow
        additional properties]

    `terraform plan` sees neither of them.

    Remedy: `jsonencode({ env = { ENABLE_PREFIX_DELEGATION = "true" } })`, and `env.ENABLE_PREFIX_DELEGATION` in a `set`
    of the chart.
    """

    code = "PR312"
    name = "variable-outside-env"
    severity = Severity.ERROR
    subject = Cluster
    concerns = staticmethod(with_variables_elsewhere)
    sources = (documents.EKS_ADD_ON_CONFIGURATION, documents.EKS_ADD_ON_SCHEMA, documents.CNI_CHART_VALUES)
    bad = (
        Example.terraform(
            "directly in the configuration",
            ADD_ON_CONFIGURATION % 'ENABLE_PREFIX_DELEGATION = "true" # expect: PR312',
        ),
        Example.eksctl("below another name than env", _EKSCTL.replace("%s:", "environment: # expect: PR312")),
        Example.terraform(
            "a value of the chart that no template reads", _CHART % ("ENABLE_PREFIX_DELEGATION", " # expect: PR312")
        ),
    )
    good = (
        Example.terraform(
            "below env",
            ADD_ON_CONFIGURATION % 'env = {\n      ENABLE_PREFIX_DELEGATION = "true"\n    }',
        ),
        Example.eksctl("below env", _EKSCTL % "env"),
        Example.terraform("below env of the chart", _CHART % ("env.ENABLE_PREFIX_DELEGATION", "")),
        Example.terraform(
            "settings that are no variables",
            ADD_ON_CONFIGURATION % 'enableNetworkPolicy = "true"\n    tolerations = [{ operator = "Exists" }]',
        ),
    )

    def judge(self, subject: Cluster, assessment: Assessment) -> Iterator[Finding]:  # noqa: ARG002 - needs no sums
        """Yield a finding at each place that holds variables and is not read."""
        for source in sources_of(subject.cni):
            places: dict[str, list[CniOption]] = {}
            for option in source.options:
                parent, _, name = option.name.rpartition(".")
                if name in CNI_VARIABLES:
                    places.setdefault(parent, []).append(option)
            for parent, misplaced in places.items():
                yield self._finding(subject, source, parent, misplaced)
        Doubts(subject.cni).settle()

    def _finding(self, cluster: Cluster, source: CniSource, parent: str, misplaced: list[CniOption]) -> Finding:
        holder = next((option for option in source.options if option.name == parent), misplaced[0])
        names = [option.name.rpartition(".")[2] for option in misplaced]
        subject = " and ".join((", ".join(names[:-1]), names[-1]) if len(names) > 1 else names)
        stand = "stand" if len(names) > 1 else "stands"
        where = f"{stand} below {parent} and not below env" if parent else f"{stand} outside env"
        refused = source.kind is CniSourceKind.ADD_ON
        first = f"$.{parent or names[0]}"
        return self.finding(
            holder.span,
            cluster,
            f"Amazon EKS refuses the configuration of the add-on: {subject} {where}"
            if refused
            else f"the chart ignores what is set here: {subject} {where}",
            label="not in the schema of the add-on" if refused else "no template of the chart reads it",
            effect=schema_refuses(f"{first}{NOT_IN_THE_SCHEMA}")
            if refused
            else "The release is installed and nothing fails; aws-node keeps its defaults.",
            fix=f"write {', '.join(_written(option) for option in misplaced)}",
            related=tuple(
                Note(f"{name} stands here", option.span)
                for name, option in zip(names, misplaced, strict=True)
                if option.span != holder.span
            ),
            evidence={"variables": names, "source": source.address},
            severity=None if refused else Severity.WARNING,
        )


def _written(option: CniOption) -> str:
    name = option.name.rpartition(".")[2]
    known = find_cni_variable(name)
    block = "init.env" if known is not None and known.container is CniContainer.INIT else "env"
    value = f' = "{option.value.value}"' if isinstance(option.value, Known) else ""
    return f"{block}.{name}{value}"
