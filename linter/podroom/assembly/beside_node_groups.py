"""What else bears on room, where Terraform's state has it otherwise, or somebody changed it outside Terraform.

Node groups are compared by rules; of clusters, their VPC CNI and subnets a notice tells both sides.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from podroom.catalog.cni_variables import find_cni_variable
from podroom.evaluation.project import ResourceInstance
from podroom.model.world import Cluster, CniSettings, Notice, Subnet, World
from podroom.positions import Span
from podroom.sources.live.cni import kept_variables, variables_of_add_on
from podroom.sources.plan_values import Hidden, RecordedValue
from podroom.values import Known, Unknown, Value, place_of

_ADD_ON = "vpc-cni"
_SET = ("addon_version", "configuration_values")


def not_as_in_state(world: World, state: World, source: str) -> Iterator[Notice]:
    """Yield what a state, called `source`, has otherwise; what is not known on either side is no difference."""
    clusters = {cluster.address: cluster for cluster in state.clusters}
    subnets = {subnet.address: subnet for subnet in state.subnets}
    for cluster in world.clusters:
        if cluster.address in clusters:
            yield from _told(_of_cluster(cluster, clusters[cluster.address]), source)
    for subnet in world.subnets:
        if subnet.address in subnets:
            yield from _told(_of_subnet(subnet, subnets[subnet.address]), source)


_Difference = tuple[str, str, str, Span]
"""What differs, both sides for a person, and the place."""


def _told(differences: Iterator[_Difference], source: str) -> Iterator[Notice]:
    for name, declared, there, place in differences:
        yield Notice(f"{name} is {declared} here and {there} in {source}; what is here counts", place)


def _of_cluster(declared: Cluster, there: Cluster) -> Iterator[_Difference]:
    for name, both in (
        ("version", (declared.version, there.version)),
        ("ip_family", (declared.ip_family, there.ip_family)),
    ):
        yield from _differing(f"{name} of {declared.address}", *both, declared.span)
    if declared.cni.declared_by is None or there.cni.declared_by is None:
        return
    place = declared.cni.span or declared.span
    yield from _differing("the version of the VPC CNI", declared.cni.version, there.cni.version, place)
    both_sides = _variables(declared.cni), _variables(there.cni)
    for name in dict.fromkeys((*both_sides[0], *both_sides[1])):
        one, other = (
            side.get(name, _unset(name, settings.missing, place))
            for side, settings in zip(both_sides, (declared.cni, there.cni), strict=True)
        )
        texts = [side.value for side in (one, other) if isinstance(side, Known)]
        if any(kept_variables([(name, text)]).get(name) is None for text in texts):
            continue  # of others nothing is judged, and they may be anything
        variable = declared.cni.find(name)
        yield from _differing(name, one, other, place if variable is None else variable.span)


def _variables(settings: CniSettings) -> dict[str, Value[str]]:
    return {one.name: one.value for one in settings.environment}


def _unset(name: str, missing: Unknown | None, place: Span) -> Value[str]:
    """Return what a variable is that nobody is known to set: its default, unless there may be others that do."""
    known = find_cni_variable(name)
    return missing if missing is not None else Known("" if known is None else known.default or "", place)


def _of_subnet(declared: Subnet, there: Subnet) -> Iterator[_Difference]:
    yield from _differing(f"cidr_block of {declared.address}", declared.cidr, there.cidr, declared.span)


def _differing(name: str, declared: Value[str], there: Value[str], place: Span) -> Iterator[_Difference]:
    if isinstance(declared, Known) and isinstance(there, Known) and declared.value != there.value:
        yield name, repr(declared.value), repr(there.value), place_of(declared.origin, place)


# --- what a plan found -----------------------------------------------------------------------------


def changed_add_ons(add_ons: Sequence[ResourceInstance], becomes: str) -> Iterator[Notice]:
    """Yield how add-ons of the VPC CNI were changed outside Terraform, as a plan found; `becomes` is what follows."""
    for add_on in add_ons:
        drift = add_on.drift
        if drift is None or drift.recorded.get("addon_name") != _ADD_ON:
            continue
        sides = drift.recorded, drift.live
        hidden = {name: one for side in sides for name in _SET if isinstance(one := side.get(name), Hidden)}
        recorded, live, declared = (
            _settings({name: value for name, value in side.items() if name not in hidden})
            for side in (*sides, drift.declared)
        )
        told = [
            f"{name} declared {declared.get(name, 'unset')}, live {live.get(name, 'unset')}"
            for name in dict.fromkeys((*recorded, *live))
            if live.get(name) not in (recorded.get(name), declared.get(name))
        ]
        told += [f"{name} {one.why}" for name, one in hidden.items()]
        if told:
            yield Notice(f"{add_on.address} was changed outside Terraform: {', '.join(told)}; {becomes}", add_on.span)


def _settings(values: Mapping[str, RecordedValue]) -> dict[str, str]:
    """Return what an add-on is set to, as far as it may be shown."""
    version, written = (values.get(name) for name in _SET)
    variables = variables_of_add_on(written) if isinstance(written, str) else {}
    found = {name: text for name, text in kept_variables((variables or {}).items()).items() if text is not None}
    return ({"addon_version": version} if isinstance(version, str) else {}) | found
