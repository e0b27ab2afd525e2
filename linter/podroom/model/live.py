"""What was found in the account and the cluster, beside what the configuration says will be there."""

from __future__ import annotations

from podroom.records import dataclass
from podroom.values import Default


@dataclass(frozen=True, slots=True)
class Listed(Default):
    """The origin of a value that the AWS CLI or kubectl printed: `supplier` is the file, `document` the command."""

    def __str__(self) -> str:
        """Return the file."""
        return self.supplier
