"""Versions of the VPC CNI: the oldest that is recommended for a version of Kubernetes, and those with known faults.

Read from README.md, CHANGELOG.md and docs/troubleshooting.md of amazon-vpc-cni-k8s at b52188387 (2026-08-20), and from
the issues that are named.
"""

from __future__ import annotations

from podroom.catalog.documents import CNI_IMDS, CNI_LIVELOCK
from podroom.patterns import pattern
from podroom.records import dataclass

_KUBERNETES = pattern(r"(\d{1,18})\.(\d{1,18})(?:\..*)?")
_OLDEST_RECOMMENDED = {
    (1, 28): (1, 13, 4),
    (1, 29): (1, 14, 1),
    (1, 30): (1, 16, 0),
    (1, 31): (1, 16, 4),
    (1, 32): (1, 17, 1),
    (1, 33): (1, 17, 1),
}


@dataclass(frozen=True, slots=True)
class KnownFault:
    """A fault of one version: when it shows, how, and the first version without it."""

    version: tuple[int, int, int]
    when: str
    effect: str
    mended_in: tuple[int, int, int]
    source: str
    needs_tokens: bool = False
    """Whether only nodes fail whose metadata service asks for a token."""


KNOWN_FAULTS = (
    KnownFault(
        (1, 10, 0),
        "on nodes that require tokens of the metadata service (http_tokens = required)",
        "The start script of aws-node asks for the node's address without a token and waits for ever: the node stays "
        "NotReady, and /etc/cni/net.d stays empty.",
        (1, 10, 1),
        CNI_IMDS,
        needs_tokens=True,
    ),
    KnownFault(
        (1, 16, 3),
        "on nodes that have attached all of their interfaces and still want more addresses, which small types do first",
        "ipamd tries to enlarge its pool without pause: aws-node takes a whole CPU, its probes time out, and it is in "
        "CrashLoopBackOff.",
        (1, 16, 4),
        CNI_LIVELOCK,
    ),
)
"""Versions that fail on ordinary nodes, the oldest first."""


def recommended_for(kubernetes: str) -> tuple[int, int, int] | None:
    """Return the oldest recommended version of the CNI for a version of Kubernetes such as "1.33".

    For what is newer than the list that of its newest line is returned: nothing older is recommended.  None for what is
    older than the list, or is no version ("latest").
    """
    found = _KUBERNETES.fullmatch(kubernetes)
    if found is None:
        return None
    wanted = (int(found[1]), int(found[2]))
    listed = [version for version in _OLDEST_RECOMMENDED if version <= wanted]
    return _OLDEST_RECOMMENDED[max(listed)] if listed else None
