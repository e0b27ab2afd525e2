"""PR311 duplicate-env-source."""

from __future__ import annotations

from collections.abc import Iterator

from podroom.capacity.assessment import Assessment
from podroom.catalog import documents
from podroom.catalog.cni_variables import IN_THE_MANIFEST, CniContainer, find_cni_variable
from podroom.model.world import Cluster, CniSource, CniSourceKind, EnvironmentVariable
from podroom.rule import Confidence, Example, Finding, Note, Rule, Severity
from podroom.values import Undecidable
from podroom_rules.subjects import with_several_statements
from podroom_rules.variables import ADD_ON_CONFIGURATION, Doubts, Statement, sources_of, statements

_CHANGES = (CniSourceKind.SET_ENV, CniSourceKind.KUBERNETES_ENV)
_LISTS = (CniSourceKind.DAEMON_SET, CniSourceKind.HELM_CHART)
_KEEPS = "PRESERVE"
_OPTIONS_OF_ENTRIES = {
    "enable-network-policy-controller": ("enableNetworkPolicy", "false"),
    "enable-windows-ipam": ("enableWindowsIpam", "false"),
    "enable-windows-prefix-delegation": ("enableWindowsPrefixDelegation", "false"),
    "branch-eni-cooldown": ("branchENICooldown", "60"),
}
"""Entries of the ConfigMap amazon-vpc-cni, with the setting of the add-on and the chart that writes them."""
_SCRIPT = """
resource "terraform_data" "targets" {
  provisioner "local-exec" {
    command = "kubectl set env daemonset aws-node -n kube-system %s"%s
  }
}
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
          image: 602401143452.dkr.ecr.eu-west-1.amazonaws.com/amazon-k8s-cni:v1.20.4
          env:
            - name: ENABLE_IPv4
              value: "true"
            - name: WARM_ENI_TARGET%s
              value: "1"
            - name: WARM_ENI_TARGET
              value: "%s"
"""


class SetInTwoPlaces(Rule[Cluster]):
    """A variable of aws-node is set to different values in two places.

    The add-on, the Helm chart, a manifest and `kubectl set env` all write into the same DaemonSet.  Whoever writes last
    wins, and nothing in the project says who that is.  A cluster that is made anew gets another value than one that is
    updated, and nobody sees it before nodes have another room for pods than expected.

    An update of the add-on is such a write.  With `resolve_conflicts_on_update = "OVERWRITE"`, the default of
    terraform-aws-modules/eks, it resets what `kubectl set env` has changed to what its configuration says, or to the
    default of the manifest; with `NONE` it may fail instead:

        ConfigurationConflict: Conflicts found when trying to apply. Will not continue due to resolve conflicts mode.
        Conflicts: DaemonSet.apps aws-node -
        .spec.template.spec.containers[name="aws-node"].env[name="ENABLE_PREFIX_DELEGATION"].value

    `PRESERVE` keeps the change.  Variables that the manifest does not hold at all, such as `WARM_IP_TARGET`, stay as
    well.

    The ConfigMap amazon-vpc-cni is written by the add-on and the chart in the same way, after `enableNetworkPolicy`,
    `enableWindowsIpam` and their like: a manifest of your own with other entries is set back.

    Two manifests, two files of values or two scripts are layers or belong to different environments more often than
    they contradict each other, so that this rule does not compare them.

    The same name twice in one list counts once: the last one wins.

    Remedy: say it in one place, which is the configuration of the add-on where there is one.
    """

    code = "PR311"
    name = "duplicate-env-source"
    severity = Severity.WARNING
    subject = Cluster
    concerns = staticmethod(with_several_statements)
    sources = (
        documents.EKS_UPDATE_ADD_ON,
        documents.CNI_MANIFEST,
        "https://docs.aws.amazon.com/eks/latest/userguide/kubernetes-field-management.html",
        "https://github.com/aws/amazon-vpc-cni-k8s/issues/2607",
    )
    bad = (
        Example.terraform(
            "the add-on and a command disagree",
            ADD_ON_CONFIGURATION % 'env = {\n      WARM_ENI_TARGET = "1"\n    }'
            + _SCRIPT % ("WARM_ENI_TARGET=2", " # expect: PR311"),
        ),
        Example.terraform(
            "a command changes what the add-on sets back",
            ADD_ON_CONFIGURATION % "" + _SCRIPT % ("WARM_ENI_TARGET=2", " # expect: PR311"),
        ),
        Example("one name twice", {"aws-node.yaml": _DAEMON_SET % (" # expect: PR311", "2")}),
    )
    good = (
        Example.terraform(
            "the add-on alone",
            ADD_ON_CONFIGURATION % 'env = {\n      WARM_ENI_TARGET = "2"\n    }',
        ),
        Example.terraform(
            "a command says what the add-on says",
            ADD_ON_CONFIGURATION % 'env = {\n      WARM_ENI_TARGET = "2"\n    }' + _SCRIPT % ("WARM_ENI_TARGET=2", ""),
        ),
        Example.terraform(
            "a variable that the add-on does not bring",
            ADD_ON_CONFIGURATION % "" + _SCRIPT % ("IP_COOLDOWN_PERIOD=60", ""),
        ),
        Example.terraform(
            "changes that an update keeps",
            (ADD_ON_CONFIGURATION % "").replace(
                '= "vpc-cni"\n', '= "vpc-cni"\n  resolve_conflicts_on_update = "PRESERVE"\n'
            )
            + _SCRIPT % ("WARM_ENI_TARGET=2", ""),
        ),
        Example("one name twice, with one value", {"aws-node.yaml": _DAEMON_SET % ("", "1")}),
    )

    def judge(self, subject: Cluster, assessment: Assessment) -> Iterator[Finding]:  # noqa: ARG002 - needs no sums
        """Yield a finding for each variable that two places give different values."""
        settings = subject.cni
        doubts = Doubts(settings)
        said: dict[tuple[str, CniContainer], list[Statement]] = {}
        for statement in statements(settings):
            known = find_cni_variable(statement.variable.name)
            reader = CniContainer.MAIN if known is None else known.container
            if reader not in (CniContainer.BOTH, statement.container):
                continue  # without -c `kubectl set env` gives it to the other container, too
            said.setdefault((statement.variable.name, statement.container), []).append(statement)
        for together in said.values():
            try:
                finding = self._between(subject, together)
            except Undecidable as undecidable:
                doubts.add(undecidable.unknown)
                continue
            if finding is not None:
                yield finding
        for source in sources_of(settings):
            if source.kind in _LISTS:
                yield from self._within(subject, source, doubts)
        for entry in settings.config_map:
            try:
                finding = self._entry(subject, entry)
            except Undecidable as undecidable:
                doubts.add(undecidable.unknown)
                continue
            if finding is not None:
                yield finding
        doubts.settle()

    def _between(self, cluster: Cluster, together: list[Statement]) -> Finding | None:
        last = together[-1]
        others = [
            one
            for one in together[:-1]
            if one.kind is not last.kind and one.variable.value.need() != last.variable.value.need()
        ]
        if others:
            return self._contradiction(cluster, others, last)
        add_on = next((one for one in sources_of(cluster.cni) if one.kind is CniSourceKind.ADD_ON), None)
        if add_on is None or any(one.kind not in _CHANGES for one in together):
            return None
        return self._reset(cluster, add_on, last)

    def _contradiction(self, cluster: Cluster, others: list[Statement], last: Statement) -> Finding:
        values = " and ".join(
            f'"{one.variable.value.need()}" by {one.source}' for one in dict.fromkeys((*others, last))
        )
        name = last.variable.name
        return self.finding(
            last.variable.span,
            cluster,
            f"{name} is set to {values}",
            label="whoever writes last wins",
            effect="Which value nodes get depends on what was applied last; the next update may change it back.",
            fix=f"say it in {others[0].source} alone",
            related=tuple(Note(f'"{one.variable.value.need()}" here', one.variable.span) for one in others),
            evidence={"variable": name, "values": [str(one.variable.value.need()) for one in (*others, last)]},
        )

    def _reset(self, cluster: Cluster, add_on: CniSource, change: Statement) -> Finding | None:
        variable, policy = change.variable, cluster.cni.on_update
        known = find_cni_variable(variable.name)
        if known is None or known.name not in IN_THE_MANIFEST or policy is None:
            return None
        text = variable.value.need()
        if text == known.default or policy.need().upper() == _KEEPS:
            return None
        overwrites = policy.need().upper() == "OVERWRITE"
        init = change.container is CniContainer.INIT
        return self.finding(
            variable.span,
            cluster,
            f'the next update of the add-on resets {variable.name} to "{known.default}"'
            if overwrites
            else f"the next update of the add-on fails or resets {variable.name}: it is changed behind its back",
            label=f'the add-on brings "{known.default}"',
            effect="The nodes change after an update that has nothing to do with it."
            if overwrites
            else 'The update may end with "Conflicts found when trying to apply. Will not continue due to resolve conflicts '
            'mode".',
            fix=f'write {"init.env" if init else "env"}.{variable.name} = "{text}" into the configuration of '
            f'{add_on.address}, or set resolve_conflicts_on_update = "PRESERVE"',
            related=(Note("the add-on is here", add_on.span),),
            evidence={"variable": variable.name, "value": text, "default": known.default},
            confidence=Confidence.MEDIUM,
        )

    def _within(self, cluster: Cluster, source: CniSource, doubts: Doubts) -> Iterator[Finding]:
        """Iterate over names that one list holds twice with different values."""
        for variables in (source.environment, source.init_environment):
            last = {variable.name: variable for variable in variables}
            for variable in variables:
                winner = last[variable.name]
                if winner is variable:
                    continue
                try:
                    differ = variable.value.need() != winner.value.need()
                except Undecidable as undecidable:
                    doubts.add(undecidable.unknown)
                    continue
                if differ:
                    yield self._twice(cluster, variable, winner)

    def _entry(self, cluster: Cluster, entry: EnvironmentVariable) -> Finding | None:
        """Return a finding at an entry of the ConfigMap that the add-on or the chart writes otherwise."""
        writer = next((source for source in sources_of(cluster.cni) if source.installs and not source.whole), None)
        if writer is None or entry.name not in _OPTIONS_OF_ENTRIES:
            return None
        name, default = _OPTIONS_OF_ENTRIES[entry.name]
        option = next((one for one in reversed(writer.options) if one.name == name), None)
        policy = cluster.cni.on_update
        if option is None and policy is not None and policy.need().upper() == _KEEPS:
            return None
        writes = default if option is None or option.value is None else option.value.need()
        text = entry.value.need()
        if text == writes:
            return None
        return self.finding(
            entry.span,
            cluster,
            f'{entry.name} is "{text}" here and "{writes}" by {writer.address}, which writes the same ConfigMap',
            label="whoever writes last wins",
            effect="The next update of the add-on or the chart may change it back.",
            fix=f'write {name} = "{text}" into the configuration of {writer.address}, and leave the ConfigMap to it',
            related=(Note("this writes it", writer.span if option is None else option.span),),
            evidence={"entry": entry.name, "value": text, "written": writes},
        )

    def _twice(self, cluster: Cluster, variable: EnvironmentVariable, winner: EnvironmentVariable) -> Finding:
        text = winner.value.need()
        return self.finding(
            variable.span,
            cluster,
            f'{variable.name} is set twice, and the "{variable.value.need()}" here has no effect',
            label=f'"{text}" comes later in the same list',
            effect=f'aws-node gets "{text}"; kubectl apply warns of the duplicate name, and may drop either on an update.',
            fix="remove one of them",
            related=(Note("this one wins", winner.span),),
            evidence={"variable": variable.name, "value": text},
        )
