"""What AWS calls the node groups of a configuration, as far as it says so."""

from __future__ import annotations

from podroom.model.world import NodeGroup
from podroom.patterns import pattern
from podroom.records import dataclass
from podroom.values import Known

_UNIQUE = pattern(r"\d{18}[0-9a-f]{8}")
"""What Terraform appends to a prefix: the time, and a counter.

https://github.com/hashicorp/terraform-plugin-sdk/blob/main/helper/id/id.go
"""


@dataclass(frozen=True, slots=True)
class Name:
    """A name, or what one begins with."""

    text: str
    exact: bool

    def fits(self, name: str) -> bool:
        """Return whether something of this name is it."""
        if self.exact:
            return name == self.text
        return name.startswith(self.text) and _UNIQUE.fullmatch(name[len(self.text) :]) is not None


def name_of(group: NodeGroup) -> Name | None:
    """Return the name of a node group, None where it is not known."""
    for value, exact in ((group.name, True), (group.name_prefix, False)):
        if isinstance(value, Known) and value.value:
            return Name(value.value, exact)
    return None
