"""Documents of eksctl -> Worlds, one for each ClusterConfig that has something to judge."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

from podroom.assembly.cni import (
    ADDON,
    KUBE_PROXY,
    ON_UPDATE_DEFAULT,
    ConfigurationValues,
    kube_proxy_mode,
)
from podroom.assembly.cni_defaults import DEFAULT_VERSION, UNDECLARED
from podroom.assembly.cni_sources import with_sources
from podroom.assembly.cni_text import read_configuration_mapping, read_configuration_values
from podroom.assembly.eksctl.lending import ClusterConfig, Lending
from podroom.assembly.eksctl.network import Network
from podroom.assembly.eksctl.node_groups import GROUP_SECTIONS, condition_on, count_node_groups, read_node_groups
from podroom.assembly.eksctl.order import with_cni_order
from podroom.assembly.eksctl.reading import EKSCTL, changed, items, mapping, scalar, text, text_of, truth, unknown_in
from podroom.assembly.eksctl.validation import find_notices
from podroom.assembly.eni_configs import labelled_in
from podroom.model.world import (
    CURRENT_VERSION,
    Cluster,
    ClusterRole,
    CniSettings,
    CniSource,
    FargateProfile,
    Gap,
    Karpenter,
    World,
)
from podroom.positions import Document, Span
from podroom.records import dataclass, replace
from podroom.sources.problem import Problem
from podroom.sources.templated import Condition, read_template
from podroom.sources.yaml import Entry, Mapping, Node, Scalar, Stream, compose, compose_document
from podroom.values import Default, Known, Members, OneOf, Unknown, Value, first_unknown

_LATEST = "latest"
_TEMPLATE_MARKS = ("{{", "{%", "#@ ")
_LATER_MARKS = ("${", "%{")
_KARPENTER = Default("Karpenter", "https://karpenter.sh/docs/reference/settings/")


@dataclass(frozen=True, slots=True)
class Understood:
    """What was made of the documents: Worlds, documents that could not be read, and the ClusterConfigs themselves.

    `in_given_vpc` are the roots of Worlds whose VPC is there already, so that the cluster may be.
    """

    worlds: tuple[World, ...] = ()
    problems: tuple[Problem, ...] = ()
    configs: tuple[ClusterConfig, ...] = ()
    in_given_vpc: frozenset[str] = frozenset()


def assemble_eksctl(documents: Iterable[Document]) -> Understood:
    """Return what files say that hold a ClusterConfig of eksctl, in YAML or JSON; never raises."""
    problems: list[Problem] = []
    gaps: dict[str, list[Gap]] = {}
    configs: list[ClusterConfig] = []
    lost: list[World] = []
    for document in documents:
        read = _read(document)
        found = list(_configs(document, read))
        configs += found
        problem = read.stream.problem
        if problem is not None and not read.template:
            problems.append(problem)
        elif problem is not None:
            reason = f"this template of a ClusterConfig is not read any further: {problem.message}"
            gap = Gap(document.path, reason, problem.span)
            if found:
                gaps.setdefault(document.path, []).append(gap)
            else:
                lost.append(World(root=document.path, gaps=(gap,)))
    found_worlds = list(_worlds(configs, gaps))
    worlds = [*(with_cni_order(world) for world, _ in found_worlds), *lost]
    in_given_vpc = frozenset(world.root for world, network in found_worlds if network.given)
    return Understood(tuple(worlds), tuple(problems), tuple(configs), in_given_vpc)


@dataclass(frozen=True, slots=True)
class _Read:
    """What could be read of a file, which may be a template with stretches that are there under a condition."""

    stream: Stream
    conditions: tuple[Condition, ...] = ()
    template: bool = False


def _read(document: Document) -> _Read:
    """Read a file; what is not said to be a template is one only if it is no YAML as it stands.

    In YAML `${NAME}` is as often meant for a shell on the node, and `%{name}` for a program there.
    """
    if not any(mark in document.text for mark in _TEMPLATE_MARKS):
        stream = compose_document(document)
        if stream.problem is None or not any(mark in document.text for mark in _LATER_MARKS):
            return _Read(stream)
    template = read_template(document)
    return _Read(compose(template.text), template.conditions, template=True)


def _configs(document: Document, read: _Read) -> Iterator[ClusterConfig]:
    for node in read.stream.documents:
        if not isinstance(node, Mapping):
            continue
        version, kind = node.get("apiVersion"), node.get("kind")
        if not (isinstance(version, Scalar) and version.text.startswith("eksctl.io/")):
            continue
        if isinstance(kind, Scalar) and kind.text == "ClusterConfig":
            name = scalar(mapping(node, "metadata"), "name")
            known = name.text if name is not None and unknown_in(name) is None else None
            yield ClusterConfig(document, node, known, name.span if name is not None else kind.span, read.conditions)


def _worlds(configs: Sequence[ClusterConfig], gaps: dict[str, list[Gap]]) -> Iterator[tuple[World, Network]]:
    """Iterate over the Worlds; a ClusterConfig that lends what it says to others has none of its own."""
    by_file = {path: len(list(several)) for path, several in groupby(configs, lambda config: config.document.path)}
    lending = Lending(configs)
    for config in configs:
        path = config.document.path
        if lending.lends(config):
            continue
        root = path if by_file[path] == 1 else f"{path}:{config.span.first.line}"
        network = Network(config.root, _section(config, lending.lenders(config), "vpc"), config.span)
        yield _world(config, lending, network, root, tuple(gaps.get(path, ()))), network


def _section(config: ClusterConfig, lenders: Sequence[ClusterConfig], name: str) -> Mapping | None:
    holders = (config.root, *(lender.root for lender in lenders))
    return next((found for holder in holders if (found := mapping(holder, name)) is not None), None)


def _world(config: ClusterConfig, lending: Lending, network: Network, root: str, gaps: tuple[Gap, ...]) -> World:
    lenders = lending.lenders(config)

    def section(name: str) -> Mapping | None:
        return _section(config, lenders, name)

    address = f"ClusterConfig/{config.name or '?'}"
    metadata = mapping(config.root, "metadata")
    auto_mode = truth(section("autoModeConfig"), "enabled", otherwise=False)
    cluster = Cluster(
        address=address,
        declared=True,
        span=config.span,
        name=_or_default(text(metadata, "name"), Unknown("metadata.name is not set", config.span)),
        version=_or_default(text(metadata, "version"), Known(_LATEST, EKSCTL)),
        ip_family=changed(
            _or_default(text(section("kubernetesNetworkConfig"), "ipFamily"), Known("ipv4", EKSCTL)), str.lower
        ),
        auto_mode=auto_mode,
        subnets=network.of_control_plane(auto_mode=auto_mode),
        cni=replace(
            with_sources(_cni(config, lenders), list(_perhaps(config, lending))),
            labelled=labelled_in([config.document, *(lender.document for lender in lenders)]),
        ),
        karpenter=_karpenter(section("karpenter")),
        role=_role(section("iam")),
        kube_proxy_mode=_kube_proxy_mode(config, lenders),
    )
    return World(
        root=root,
        clusters=(cluster,),
        node_groups=tuple(read_node_groups(config.root, address, network, config.conditions)),
        subnets=network.subnets,
        vpcs=network.vpcs,
        fargate_profiles=tuple(_fargate_profiles(config.root, address, network)),
        gaps=(*gaps, *_steered(config), *lending.gaps(config)),
        notices=tuple(notice for one in (config, *lenders) for notice in find_notices(one.root)),
        region=text(metadata, "region"),
    )


def _steered(config: ClusterConfig) -> Iterator[Gap]:
    """Iterate over what a template decides beside the node groups and the add-ons, which know it themselves."""
    known = [
        node for section in (*GROUP_SECTIONS, "addons") for node in (config.root.get(section),) if node is not None
    ]
    for condition in config.conditions:
        inside = config.root.start <= condition.start <= config.root.end
        if inside and not any(node.start < condition.end and condition.start < node.end for node in known):
            reason = f"{condition.unknown.reason}; it is taken to be there"
            origin = condition.unknown.origin
            yield Gap(config.document.path, reason, config.span if isinstance(origin, Default) else origin)


def _or_default(value: Value[str] | None, otherwise: Value[str]) -> Value[str]:
    return otherwise if value is None else value


def _fargate_profiles(root: Mapping, cluster: str, network: Network) -> Iterator[FargateProfile]:
    for position, node in enumerate(items(root, "fargateProfiles")):
        if isinstance(node, Mapping):
            name = scalar(node, "name")
            label = name.text if name is not None else str(position)
            span = name.span if name is not None else node.span
            subnets = network.of_fargate(node)
            yield FargateProfile(f"fargateProfiles/{label}", span, Known(cluster, span), subnets)


# The VPC CNI


def _cni(config: ClusterConfig, lenders: Sequence[ClusterConfig]) -> CniSettings:
    """Return the settings of the VPC CNI.

    eksctl installs it as an add-on before it makes node groups, with defaults if no `addons` names it
    (pkg/actions/addon/tasks.go:22, pkg/apis/eksctl.io/v1alpha5/known_addons.go:12), unless `disableDefaultAddons`
    is on, which leaves the cluster without one (pkg/cfn/builder/cluster.go:376), or EKS Auto Mode (tasks.go:32).
    """
    for holder, node, name in _add_ons(config, lenders, ADDON):
        settings = _from_addon(node, name)
        return replace(settings, missing=first_unknown(settings.missing, condition_on(node, holder.conditions)))
    unknown = [node for node in items(config.root, "addons") if _unnamed(node)]
    if unknown:
        return _default(Unknown("which add-on this is is not known", unknown[0].span))
    switch = truth(mapping(config.root, "addonsConfig"), "disableDefaultAddons", otherwise=False)
    if isinstance(switch, Unknown):
        return _default(switch)
    if isinstance(switch, Known) and switch.value and isinstance(switch.origin, Span):
        reason = "disableDefaultAddons is on and no vpc-cni is among addons: what gives pods addresses is not known"
        return _default(Unknown(reason, switch.origin))
    auto_mode = truth(mapping(config.root, "autoModeConfig"), "enabled", otherwise=False)
    if isinstance(auto_mode.origin, Span) and count_node_groups(config.root):
        reason = "with EKS Auto Mode eksctl installs no vpc-cni by itself: what gives these pods addresses is not known"
        if isinstance(auto_mode, Unknown) or True in auto_mode.candidates():
            return _default(Unknown(reason, auto_mode.origin))
    return UNDECLARED


def _perhaps(config: ClusterConfig, lending: Lending) -> Iterator[CniSource]:
    """Iterate over the add-ons of ClusterConfigs that may be for this cluster or for another of its name."""
    for lender, doubt in lending.perhaps(config):
        for source in _cni(lender, ()).all_sources:
            yield replace(source, doubt=doubt)


def _karpenter(section: Mapping | None) -> Karpenter | None:
    """Return how eksctl installs Karpenter: with the chart's own settings (pkg/karpenter/karpenter.go)."""
    return None if section is None else Karpenter("karpenter", section.span, Known(0, _KARPENTER), by_eksctl=True)


def _add_ons(
    config: ClusterConfig, lenders: Sequence[ClusterConfig], wanted: str
) -> Iterator[tuple[ClusterConfig, Mapping, Scalar]]:
    """Iterate over the entries of `addons` with a name, each with the document that holds it."""
    for holder in (config, *lenders):
        for node in items(holder.root, "addons"):
            name = scalar(node, "name") if isinstance(node, Mapping) else None
            if isinstance(node, Mapping) and name is not None and name.text.lower() == wanted:
                yield holder, node, name


def _kube_proxy_mode(config: ClusterConfig, lenders: Sequence[ClusterConfig]) -> Value[str] | None:
    for holder, node, _ in _add_ons(config, lenders, KUBE_PROXY):
        entry = node.entry("configurationValues")
        mode = None if entry is None else kube_proxy_mode(_configuration(entry))
        doubt = condition_on(node, holder.conditions)
        return mode if mode is None or doubt is None else doubt
    return None


def _role(section: Mapping | None) -> ClusterRole | None:
    """Return the role that eksctl makes for the cluster (pkg/cfn/builder/iam.go:117); None for one that is there."""
    if section is None or scalar(section, "serviceRoleARN") is not None:
        return None
    switch = truth(section, "vpcResourceControllerPolicy", otherwise=True)
    place = switch.origin if isinstance(switch.origin, Span) else section.span
    names: list[Value[str]] = [Known("AmazonEKSClusterPolicy", EKSCTL)]
    if isinstance(switch, Known) and switch.value:
        names.append(Known("AmazonEKSVPCResourceController", EKSCTL))
    return ClusterRole("iam", place, Members(tuple(names), () if isinstance(switch, Known) else (_why(switch),)))


def _why(value: Unknown | OneOf[bool]) -> Unknown:
    return value if isinstance(value, Unknown) else Unknown(value.reason, value.origin, value.refs)


def _unnamed(node: Node) -> bool:
    name = scalar(node, "name") if isinstance(node, Mapping) else None
    return name is not None and unknown_in(name) is not None


def _default(missing: Unknown) -> CniSettings:
    return CniSettings(declared_by=None, span=None, version=UNDECLARED.version, missing=missing)


def _from_addon(node: Mapping, name: Scalar) -> CniSettings:
    entry = node.entry("configurationValues")
    values = ConfigurationValues() if entry is None else _configuration(entry)
    return CniSettings(
        declared_by=f"addons/{ADDON}",
        span=name.span,
        version=_version(node),
        environment=values.environment,
        init_environment=values.init_environment,
        missing=values.missing,
        pod_subnets=values.pod_subnets,
        options=values.options,
        on_update=changed(_or_default(text(node, "resolveConflicts"), ON_UPDATE_DEFAULT), str.upper),
    )


def _configuration(entry: Entry) -> ConfigurationValues:
    value = entry.value
    if isinstance(value, Mapping):
        return read_configuration_mapping(value)
    if not isinstance(value, Scalar):
        return ConfigurationValues(missing=Unknown("configurationValues is a list and not a text", value.span))
    unknown = unknown_in(value) if "\n" not in value.text and "{" not in value.text[:1] else None
    if unknown is not None:
        return ConfigurationValues(missing=unknown)
    return read_configuration_values(value.content, "configurationValues")


def _version(node: Mapping) -> Value[str]:
    version = scalar(node, "version")
    if version is None:
        return Known(CURRENT_VERSION, DEFAULT_VERSION)
    if version.text == _LATEST:
        return Known(CURRENT_VERSION, version.span)
    return text_of(version)
