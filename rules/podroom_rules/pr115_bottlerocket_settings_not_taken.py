"""PR115 bottlerocket-setting-misplaced."""

from __future__ import annotations

from collections.abc import Iterator

from podroom.capacity.assessment import Assessment
from podroom.catalog import documents
from podroom.catalog.ami_families import AmiFamily
from podroom.model.world import NodeGroup, SettingFault, UnusableSetting
from podroom.rule import Example, Finding, Rule, Severity
from podroom.values import Known
from podroom_rules.subjects import with_unusable_settings

_NODES = """
resource "aws_launch_template" "nodes" {
  image_id      = "ami-0123456789abcdef0"
  instance_type = "m5.xlarge"
  user_data = base64encode(<<-EOT
%s
  EOT
  )
}

resource "aws_autoscaling_group" "nodes" {
  min_size = 1
  max_size = 3
  launch_template {
    id = aws_launch_template.nodes.id
  }
}
"""
_CLUSTER = """    [settings.kubernetes]
    cluster-name = "main"
    api-server = "https://example.eu-west-1.eks.amazonaws.com"
    cluster-certificate = "LS0t"
"""
_NEVER = (
    'early-boot-config fails at the first boot ("Failed to start Bottlerocket userdata configuration system"), and '
    'kubelet with it: the instance stays outside of the cluster, a managed node group fails with "Instances failed to '
    'join the kubernetes cluster".'
)
_UNHEARD = "The node starts, and kubelet gets the number of Bottlerocket's own table for the instance type."


class BottlerocketSettingMisplaced(Rule[NodeGroup]):
    """Bottlerocket does not take these settings: max pods stands in the wrong place, or they are no TOML.

    Max pods of Bottlerocket is `max-pods` in the table `[settings.kubernetes]`, and nowhere else.  A setting that
    Bottlerocket does not know, `[settings] max-pods` or `[settings.kubernetes] maxPods`, is refused, and all others
    with it: the machine does not become a node.  Its console shows

        Failed to start Bottlerocket userdata configuration system.
        Dependency failed for Kubelet.

    It is the same with a number in quotes (`max-pods = "58"`), and with a text that is no TOML (`Error parsing TOML user data`).  The usual one: modules write
    `[settings.kubernetes]` themselves and append what they are given, and TOML allows for every table only once.

    What stands in no table below `settings` is not even looked at: the node starts with the max pods of its type.

    Remedy: write

        [settings.kubernetes]
        max-pods = 58

    or, behind a table that a module has begun, the second line alone.
    """

    code = "PR115"
    name = "bottlerocket-setting-misplaced"
    severity = Severity.ERROR
    subject = NodeGroup
    concerns = staticmethod(with_unusable_settings)
    sources = (
        documents.BOTTLEROCKET_USER_DATA,
        "https://bottlerocket.dev/en/os/latest/#/api/settings/kubernetes/",
        "https://github.com/bottlerocket-os/bottlerocket/blob/19c1dad7/sources/models/model-derive/src/lib.rs",
        "https://github.com/bottlerocket-os/bottlerocket/pull/759",
        "https://github.com/bottlerocket-os/bottlerocket/issues/2057",
        "https://github.com/bottlerocket-os/bottlerocket/issues/1346",
    )
    bad = (
        Example.terraform(
            "a table of its own",
            _NODES % (_CLUSTER + "    [settings.kubernetes.max-pods]\n    max-pods = 58 # expect: PR115"),
        ),
        Example.terraform(
            "as kubelet calls it",
            _NODES % (_CLUSTER + "    maxPods = 58 # expect: PR115"),
        ),
        Example.terraform(
            "above the first table",
            _NODES % ("    max-pods = 58 # expect: PR115\n" + _CLUSTER),
        ),
        Example.terraform(
            "a table twice",
            _NODES % (_CLUSTER + "    [settings.kubernetes] # expect: PR115\n    max-pods = 58"),
        ),
        Example.terraform("a text", _NODES % (_CLUSTER + '    max-pods = "58" # expect: PR115')),
        Example.eksctl(
            "one level too high",
            """
apiVersion: eksctl.io/v1alpha5
kind: ClusterConfig
metadata:
  name: main
  region: eu-west-1
nodeGroups:
  - name: workers
    amiFamily: Bottlerocket
    instanceType: m5.xlarge
    bottlerocket:
      settings:
        max-pods: 58 # expect: PR115
""",
        ),
    )
    good = (
        Example.terraform("in its table", _NODES % (_CLUSTER + "    max-pods = 58")),
        Example.terraform(
            "as a dotted key, and as an inline table",
            _NODES % '    settings.kubernetes.cluster-name = "main"\n    settings.kubernetes."max-pods" = 58',
        ),
        Example.terraform(
            "a label of that name",
            _NODES % (_CLUSTER + '    [settings.kubernetes.node-labels]\n    "max-pods" = "58"'),
        ),
        Example.eksctl(
            "in its place",
            """
apiVersion: eksctl.io/v1alpha5
kind: ClusterConfig
metadata:
  name: main
  region: eu-west-1
nodeGroups:
  - name: workers
    amiFamily: Bottlerocket
    instanceType: m5.xlarge
    bottlerocket:
      settings:
        kubernetes:
          max-pods: 58
          node-labels:
            max-pods: "58"
""",
        ),
    )

    def judge(self, subject: NodeGroup, assessment: Assessment) -> Iterator[Finding]:
        """Yield a finding for each setting that Bottlerocket refuses or does not look at."""
        if AmiFamily.BOTTLEROCKET not in subject.ami_family.candidates():
            return  # PR111: nothing reads them
        for setting in assessment.user_data(subject).unusable_settings:
            yield self._finding(subject, setting)

    def _finding(self, group: NodeGroup, setting: UnusableSetting) -> Finding:
        number = setting.number.value if isinstance(setting.number, Known) else "N"
        remedy = f"write max-pods = {number} in the table [settings.kubernetes]"
        if setting.fault is SettingFault.INVALID:
            message = "these settings of Bottlerocket are no TOML, so the machine does not become a node"
            remedy = "mend the TOML; a table may be begun only once, also where a module begins it"
        elif setting.fault is SettingFault.TEXT:
            message = "max pods of Bottlerocket is a number, not a text, so the machine does not become a node"
            remedy = f"write max-pods = {number}, without quotes"
        elif setting.fault is SettingFault.UNKNOWN:
            message = f"Bottlerocket has no setting {setting.name}, so the machine does not become a node"
        else:
            message = f"{setting.name} is in no table of settings, so Bottlerocket does not look at it"
        unheard = setting.fault is SettingFault.OUTSIDE
        return self.finding(
            setting.span,
            group,
            message,
            label=setting.reason,
            effect=_UNHEARD if unheard else _NEVER,
            fix=remedy,
            severity=Severity.WARNING if unheard else None,
            evidence={"setting": setting.name, "fault": setting.fault.value},
        )
