"""A plan or state without the configuration beside it: what has to be added before it is judged by itself."""

from __future__ import annotations

from podroom.records import replace
from podroom.sources.plan_configuration import ConfiguredResource
from podroom.sources.plan_links import PlanLinks
from podroom.sources.plan_values import UNKNOWN, Hidden, Instance, RecordedValue
from podroom.sources.recorded import Recorded

_WITH_COMMANDS = frozenset({"null_resource", "terraform_data"})
_UNTOLD = Hidden("is a command of which the file does not keep the text")
_CHOSEN_BY_AWS = {
    "aws_autoscaling_group": frozenset({"desired_capacity"}),
    "aws_eks_cluster": frozenset({"version"}),
    "aws_eks_node_group": frozenset({"ami_type", "instance_types", "release_version", "version"}),
    "aws_subnet": frozenset({"availability_zone", "availability_zone_id"}),
}
"""Attributes, none of them a block, that have a value after apply also if nobody writes them."""

_COMPLETED = _WITH_COMMANDS | _CHOSEN_BY_AWS.keys()


def by_itself(recorded: Recorded) -> Recorded:
    """Return the same plan or state with links between its resources, without what nobody wrote, and with commands."""
    links = PlanLinks(recorded.instances, recorded.configuration)
    completed = {
        address: _completed(links.linked(one), links.resource(one)) for address, one in recorded.instances.items()
    }
    return recorded.with_instances(completed)


def _completed(instance: Instance, written: ConfiguredResource | None) -> Instance:
    if instance.mode != "managed" or instance.type not in _COMPLETED:
        return instance
    values = dict(instance.values)
    if instance.type in _WITH_COMMANDS:
        commands = (None,) if written is None else written.commands
        blocks: list[RecordedValue] = [{"command": _UNTOLD if one is None else one} for one in commands]
        values["provisioner"] = blocks
    for name in _CHOSEN_BY_AWS.get(instance.type, ()) if written is not None else ():
        if values.get(name) is UNKNOWN and written is not None and name not in written.expressions:
            del values[name]
    return replace(instance, values=values)
