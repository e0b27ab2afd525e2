"""The user data that eksctl puts together for the nodes of a group, as far as it is about max pods.

pkg/nodebootstrap: al2023.go, managed_al2.go, bottlerocket.go, managed_bottlerocket.go, userdata.go and windows.go.
Every AMI family has a way of its own to give kubelet the number of `maxPodsPerNode`.
"""

from __future__ import annotations

from collections.abc import Iterator

from podroom.assembly.eksctl.reading import EKSCTL, changed, items, mapping, scalar, unknown_in, whole_number
from podroom.assembly.user_data.bottlerocket import is_misplaced, misplaced, quoted
from podroom.assembly.user_data.kubelet_arguments import read_kubelet_arguments
from podroom.assembly.user_data.node_config import read_max_pods, read_node_config
from podroom.assembly.user_data.notes import Notes
from podroom.assembly.user_data.shell_script import TABLE_OF_BOOTSTRAP_SH, ScriptReader
from podroom.catalog.ami_families import AmiFamily
from podroom.model.world import Bootstrap, GroupKind, Mechanism, UnusableSetting, UserData
from podroom.positions import Span
from podroom.records import replace
from podroom.sources.yaml import Entry, Mapping, Scalar, ScalarKind
from podroom.traced_text import HOLE, Piece, TracedText
from podroom.values import Known, OneOf, Unknown, Value

SETTING = "maxPodsPerNode"
_KUBELET_SETTING = "kubeletExtraConfig.maxPods"
_SETTING_BESIDE_AMI = "maxPods of a NodeConfig in overrideBootstrapCommand"
"""Where managed groups with an AMI have the number, as eksctl refuses `maxPodsPerNode` beside `ami`."""
_HELPER = "/var/lib/cloud/scripts/eksctl/bootstrap.helper.sh"
_ENVIRONMENT = "/etc/eksctl/kubelet.env"


def read_group_user_data(
    group: Mapping, kind: GroupKind, family: Value[AmiFamily], own_image: Value[bool], owner: Span
) -> UserData:
    """Return what eksctl tells the nodes of a group about max pods."""
    if not isinstance(family, Known):
        return _of_unknown_family(group, family, owner)
    notes = Notes()
    user_data = _Group(group, notes, kind)
    managed_image = kind is GroupKind.MANAGED and not (isinstance(own_image, Known) and own_image.value)
    if family.value is AmiFamily.AL2023:
        user_data.al2023()
    elif family.value is AmiFamily.BOTTLEROCKET:
        user_data.bottlerocket()
    elif family.value is AmiFamily.WINDOWS:
        user_data.windows()
    elif family.value is AmiFamily.AL2 and kind is GroupKind.MANAGED:
        user_data.managed_al2(own_image=not managed_image)
    else:
        user_data.bootstrap_sh(family.value)
    return notes.user_data()


def _of_unknown_family(group: Mapping, family: Unknown | OneOf[AmiFamily], owner: Span) -> UserData:
    if not any(group.entry(name) for name in (SETTING, "kubeletExtraConfig", "overrideBootstrapCommand")):
        return UserData()
    return UserData(gaps=(Unknown(family.reason, owner, family.refs),))


def _unknown_settings(parent: Mapping, path: tuple[str, ...]) -> Iterator[UnusableSetting]:
    """Iterate over settings of Bottlerocket below `path` that are called max pods and are in the wrong place."""
    for entry in parent.entries:
        if not isinstance(entry.key, Scalar):
            continue
        way = (*path, entry.key.text)
        if isinstance(entry.value, Mapping):
            yield from _unknown_settings(entry.value, way)
        elif is_misplaced(way):
            yield misplaced(way, entry.span, whole_number(parent, entry.key.text, entry.span))


class _Group:
    """The settings of one group, read into notes in the order in which they reach the node.

    A number is noted under the setting that it is to have, as eksctl refuses it in some.
    """

    def __init__(self, group: Mapping, notes: Notes, kind: GroupKind) -> None:
        self._group = group
        self._managed = kind is GroupKind.MANAGED
        self._notes = notes
        self._override = scalar(group, "overrideBootstrapCommand")

    def al2023(self) -> None:
        """Note scripts, then NodeConfigs: of the group's kubelet settings, of its max pods, of the override.

        al2023.go:57 UserData; nodeadm lets the later one win.
        """
        scripts = ScriptReader(self._notes)
        self._scripts(scripts)
        scripts.finish()
        self._notes.gaps = [gap for gap in self._notes.gaps if gap.reason != TABLE_OF_BOOTSTRAP_SH]
        self._kubelet_configuration(Mechanism.NODEADM_CONFIG)
        self._fix(Mechanism.NODEADM_CONFIG)
        self._notes.bootstrap(Bootstrap.NODEADM, EKSCTL)
        if self._override is not None:
            known = len(self._notes.gaps)
            read_node_config(self._override.content, self._notes)
            if len(self._notes.gaps) == known and "node.eks.aws" not in self._override.text:
                reason = "overrideBootstrapCommand is no NodeConfig, which eksctl expects for AmazonLinux2023"
                self._notes.gap(reason, self._override.span)

    def managed_al2(self, *, own_image: bool) -> None:
        """Note scripts and, without an image of its own, the edit of bootstrap.sh that adds the number.

        managed_al2.go:33 UserData, :94 makeMaxPodsScript.
        """
        scripts = ScriptReader(self._notes)
        self._scripts(scripts)
        if self._override is not None:
            scripts.read(self._override.content)
        scripts.finish()
        if self._override is None and not own_image:
            self._fix(Mechanism.BOOTSTRAP_SH_EDIT)

    def bootstrap_sh(self, family: AmiFamily) -> None:
        """Note what the script that eksctl brings tells bootstrap.sh, or what stands in its place.

        userdata.go:126 linuxConfig.  Both have the group's settings in the variables of two files; the first also
        merges `kubeletExtraConfig` into kubelet's configuration file, where a flag still beats it.
        """
        scripts = ScriptReader(self._notes)
        if self._override is not None:
            self._helper_files(scripts)
        self._scripts(scripts)
        if family is AmiFamily.AL2:
            self._notes.bootstrap(Bootstrap.BOOTSTRAP_SH, EKSCTL)
        if self._override is not None:
            scripts.read(self._override.content)
        else:
            self._kubelet_configuration(Mechanism.KUBELET_CONFIGURATION)
            self._fix(Mechanism.KUBELET_EXTRA_ARGS)
        scripts.finish()
        entry = self._group.entry(SETTING)
        self._notes.fixed = [
            replace(fixed, setting=SETTING) if entry is not None and fixed.span == entry.span else fixed
            for fixed in self._notes.fixed
        ]

    def bottlerocket(self) -> None:
        """Note the setting, which `maxPodsPerNode` replaces (bottlerocket.go:61, managed_bottlerocket.go:69)."""
        self._notes.bootstrap(Bootstrap.BOTTLEROCKET, EKSCTL)
        settings = mapping(mapping(self._group, "bottlerocket"), "settings")
        kubernetes = mapping(settings, "kubernetes")
        self._number(kubernetes, "max-pods", Mechanism.BOTTLEROCKET_SETTING, SETTING)
        entry = kubernetes.entry("max-pods") if kubernetes else None
        if entry is not None and isinstance(entry.value, Scalar) and entry.value.kind is ScalarKind.STRING:
            self._notes.unusable_settings.append(quoted(entry.span, whole_number(kubernetes, "max-pods", entry.span)))
        if settings is not None:
            self._notes.unusable_settings.extend(_unknown_settings(settings, ("settings",)))
        self._fix(Mechanism.BOTTLEROCKET_SETTING)

    def windows(self) -> None:
        """Note the flag that eksctl adds to kubelet's arguments (windows.go:64)."""
        self._notes.bootstrap(Bootstrap.WINDOWS, EKSCTL)
        self._fix(Mechanism.KUBELET_EXTRA_ARGS)
        if self._override is not None:
            read_kubelet_arguments(self._override.content, Mechanism.KUBELET_EXTRA_ARGS, self._notes)

    def _scripts(self, scripts: ScriptReader) -> None:
        for command in items(self._group, "preBootstrapCommands"):
            if isinstance(command, Scalar) and command.text:
                scripts.read(command.content)

    def _helper_files(self, scripts: ScriptReader) -> None:
        """Give the script that takes the place of eksctl's own the variables of the files that eksctl writes.

        assets/scripts/bootstrap.helper.sh, which reads kubelet.env (userdata.go:186).
        """
        entry = self._group.entry(SETTING)
        number = whole_number(self._group, SETTING)
        place = entry.span if entry else self._group.span
        helper = f"source {_ENVIRONMENT}\n"
        variables = [Piece("NODE_LABELS=eksctl\n", place)]
        arguments = "--node-labels=${NODE_LABELS}"
        if number is not None and not (isinstance(number, Known) and number.value <= 0):
            variables += [Piece("MAX_PODS=", place), self._written(number, place), Piece("\n", place)]
            arguments += " --max-pods=${MAX_PODS}"
        scripts.file(_ENVIRONMENT, TracedText(variables), place)
        scripts.file(_HELPER, TracedText([Piece(f'{helper}KUBELET_EXTRA_ARGS="{arguments}"\n', place)]), place)

    @staticmethod
    def _written(number: Value[int], place: Span) -> Piece:
        written = changed(number, str)
        return Piece(written.value, place) if isinstance(written, Known) else Piece(HOLE, place, hole=written)

    def _kubelet_configuration(self, mechanism: Mechanism) -> None:
        """Note kubelet's settings, which only node groups have that Amazon EKS does not manage.

        In a managed one eksctl refuses them as an unknown field (types.go:1544; eks/api.go:222 is strict).
        """
        if self._managed:
            return
        extra = mapping(self._group, "kubeletExtraConfig")
        reserved = extra.entry("kubeReserved") if extra else None
        if reserved is not None:
            self._notes.kube_reserved.append(reserved.span)
        self._number(extra, "maxPods", mechanism, _KUBELET_SETTING)

    def _fix(self, mechanism: Mechanism) -> None:
        beside_ami = self._managed and mechanism is Mechanism.NODEADM_CONFIG and self._group.entry("ami") is not None
        self._number(self._group, SETTING, mechanism, _SETTING_BESIDE_AMI if beside_ami else SETTING)

    def _number(self, parent: Mapping | None, name: str, mechanism: Mechanism, setting: str) -> None:
        """Note a number that stands in a setting of the file; 0 means that it is not set."""
        entry = parent.entry(name) if parent else None
        if entry is None:
            return
        unknown = unknown_in(entry.value)
        if unknown is not None:
            self._notes.fix(mechanism, Unknown(unknown.reason, entry.span, unknown.refs), entry.span, setting)
        elif not isinstance(entry.value, Scalar):
            read_max_pods(entry, self._notes, mechanism, setting)
        else:
            self._known_number(parent, entry, mechanism, setting)

    def _known_number(self, parent: Mapping | None, entry: Entry, mechanism: Mechanism, setting: str) -> None:
        assert isinstance(entry.key, Scalar)  # noqa: S101 - it was found by its text
        number = whole_number(parent, entry.key.text, entry.span)
        if number is not None and not (isinstance(number, Known) and number.value <= 0):
            self._notes.fix(mechanism, number, entry.span, setting)
