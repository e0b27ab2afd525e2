"""PR305 env-not-string."""

from __future__ import annotations

from collections.abc import Iterator

from podroom.capacity.assessment import Assessment
from podroom.catalog import documents
from podroom.catalog.cni_variables import CniContainer
from podroom.model.world import Cluster, CniSourceKind
from podroom.rule import Example, Finding, Rule, Severity
from podroom.values import Known, Unknown, Value, place_of
from podroom_rules.edits import quoted
from podroom_rules.subjects import with_variables_of_other_types
from podroom_rules.variables import ADD_ON_CONFIGURATION, Doubts, Statement, schema_refuses, statements

_GO_TYPES = {"boolean": "bool", "integer": "number"}
"""What Go's decoder of JSON calls a type where it is called otherwise."""
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
        WARM_IP_TARGET: %s
        MINIMUM_IP_TARGET: "20"
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
          env:
            - name: WARM_IP_TARGET
              value: %s
            - name: MINIMUM_IP_TARGET
              value: "20"
"""


class VariableIsNoString(Rule[Cluster]):
    """A variable of aws-node has a number or a boolean where only a string is accepted.

    Variables of a container are strings.  The schema of the add-on says so for every variable below `env`, and so does
    Kubernetes for a DaemonSet.  `jsonencode({ env = { ENABLE_PREFIX_DELEGATION = true } })` makes the JSON boolean
    `true`, and YAML reads `5` without quotes as a number.

    Nothing is applied, neither this variable nor the others beside it.  `terraform plan` sees nothing; the apply of the
    add-on ends with

        InvalidParameterException: ConfigurationValue provided in request is not supported: Json schema validation
        failed with error: [$.env.ENABLE_PREFIX_DELEGATION: boolean found, string expected]

    and that of a DaemonSet with

        cannot unmarshal bool into Go struct field EnvVar.spec.template.spec.containers.env.value of type string

    The values of the Helm chart may be of any type below `env`, because the chart quotes them, but not below `extraEnv`.

    Remedy: put the value into quotes, or an expression into `tostring(...)`.
    """

    code = "PR305"
    name = "env-not-string"
    severity = Severity.ERROR
    subject = Cluster
    concerns = staticmethod(with_variables_of_other_types)
    sources = (
        documents.EKS_ADD_ON_CONFIGURATION,
        "https://github.com/terraform-aws-modules/terraform-aws-eks/pull/2349",
        documents.KUBERNETES_ENV_VAR,
    )
    bad = (
        Example.terraform(
            "a boolean and a number",
            ADD_ON_CONFIGURATION
            % (
                "env = {\n      ENABLE_PREFIX_DELEGATION = true # expect: PR305"
                "\n      WARM_PREFIX_TARGET       = 1    # expect: PR305\n    }"
            ),
        ),
        Example.eksctl("a number in YAML", _EKSCTL % "5 # expect: PR305"),
        Example("a number in a DaemonSet", {"aws-node.yaml": _DAEMON_SET % "5 # expect: PR305"}),
    )
    good = (
        Example.terraform(
            "strings, one of them made of a number",
            ADD_ON_CONFIGURATION
            % 'env = {\n      ENABLE_PREFIX_DELEGATION = "true"\n      WARM_PREFIX_TARGET       = tostring(1)\n    }',
        ),
        Example.eksctl("a string in YAML", _EKSCTL % '"5"'),
        Example("a string in a DaemonSet", {"aws-node.yaml": _DAEMON_SET % '"5"'}),
        Example(
            "the chart quotes the values itself",
            {"values.yaml": "env:\n  WARM_IP_TARGET: 5\n  MINIMUM_IP_TARGET: 20\n"},
        ),
    )

    def judge(self, subject: Cluster, assessment: Assessment) -> Iterator[Finding]:  # noqa: ARG002 - needs no sums
        """Yield a finding at each variable of another type than string, where nobody makes a string of it."""
        doubts = Doubts(subject.cni)
        for statement in statements(subject.cni):
            json_type = statement.variable.json_type
            if json_type is None:
                continue
            if isinstance(json_type, Unknown):
                doubts.add(json_type)
            elif json_type.value != "string":
                yield self._finding(subject, statement, json_type)
        doubts.settle()

    def _finding(self, cluster: Cluster, statement: Statement, written: Known[str]) -> Finding:
        json_type = written.value
        variable = statement.variable
        name = variable.name
        kind = "null" if json_type == "null" else f"{'an' if json_type[0] in 'aio' else 'a'} {json_type}"
        block = "env" if statement.container is CniContainer.MAIN else "init.env"
        if statement.kind is CniSourceKind.ADD_ON:
            message = f"Amazon EKS refuses the configuration of the add-on: {name} is {kind} and not a string"
            effect = schema_refuses(f"$.{block}.{name}: {json_type} found, string expected")
        else:
            message = f"Kubernetes refuses the DaemonSet aws-node: {name} is {kind} and not a string"
            effect = (
                f'The apply fails with "cannot unmarshal {_GO_TYPES.get(json_type, json_type)} into Go struct field '
                'EnvVar.spec.template.spec.containers.env.value of type string", and aws-node stays as it was.'
            )
        text = variable.value
        place = place_of(written.origin, variable.span)
        return self.finding(
            place,
            cluster,
            message,
            label=f"{json_type} found, string expected",
            effect=effect,
            fix=_fix(name, json_type, text),
            evidence={"variable": name, "type": json_type, "source": statement.source},
            edit=quoted(place, name, text.value) if isinstance(text, Known) else None,
        )


def _fix(name: str, json_type: str, text: Value[str]) -> str:
    if json_type == "null":
        return f"remove {name}, or give it a string"
    if isinstance(text, Known):
        return f'write "{text.value}", with the quotes'
    return "make a string of it: tostring(...) in Terraform, quotes in YAML"
