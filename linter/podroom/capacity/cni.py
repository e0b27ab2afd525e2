"""How the VPC CNI is set to behave: its variables as ipamd reads them, and its version."""

from __future__ import annotations

import re
from collections.abc import Mapping

from podroom.errors import PodroomError
from podroom.patterns import pattern
from podroom.records import dataclass
from podroom.values import Undecidable, Unknown

_TRUE = frozenset({"1", "t", "T", "true", "TRUE", "True"})
FALSE_TEXTS = frozenset({"", "0", "f", "F", "false", "FALSE", "False"})
"""What Go's strconv.ParseBool takes for false, and no text at all; the CNI takes other texts for the default."""

_VERSION = pattern(r"v?(\d{1,9})\.(\d{1,9})(?:\.(\d{1,9}))?(?:[-+].*)?", re.ASCII)
_INTEGER = pattern(r"([+-]?)0*([0-9]{1,19})")
_LARGEST_GO_INT = 2**63 - 1
_CHECKED_TARGETS = ("WARM_IP_TARGET", "WARM_PREFIX_TARGET", "MINIMUM_IP_TARGET")


class CniVersionError(PodroomError):
    """A text is no version of the VPC CNI."""


@dataclass(frozen=True, slots=True)
class CniBehavior:
    """What ipamd does, decided by its variables; the defaults are those of the code, not of the manifest.

    `max_eni` None means no limit of its own; `version` None means the current one, and an unknown one makes only that
    undecidable which hangs on it.  `passes_target_check` is what
    aws-node's check of the targets at start says of their texts; None where only the numbers are known.
    """

    warm_eni_target: int = 1
    warm_ip_target: int = 0
    minimum_ip_target: int = 0
    warm_prefix_target: int = 0
    max_eni: int | None = None
    prefix_delegation: bool = False
    custom_networking: bool = False
    pod_eni: bool = False
    version: tuple[int, ...] | Unknown | None = None
    passes_target_check: bool | None = None

    @classmethod
    def from_environment(
        cls, environment: Mapping[str, str], version: tuple[int, ...] | Unknown | None = None
    ) -> CniBehavior:
        """Read the variables of aws-node as ipamd does: what it cannot read, it replaces by the default, silently.

        `environment` is what the container really gets, so the manifest's own defaults (WARM_PREFIX_TARGET "1")
        must already be merged in.  pkg/ipamd/ipamd.go getWarmENITarget, getWarmIPTarget, getMinimumIPTarget,
        getWarmPrefixTarget, getMaxENI; utils/utils.go GetBoolAsStringEnvVar.  `version` is that of the image.
        """
        max_eni = _go_int(environment.get("MAX_ENI"), least=1)
        return cls(
            warm_eni_target=_go_int(environment.get("WARM_ENI_TARGET"), default=1),
            warm_ip_target=_go_int(environment.get("WARM_IP_TARGET")),
            minimum_ip_target=_go_int(environment.get("MINIMUM_IP_TARGET")),
            warm_prefix_target=_go_int(environment.get("WARM_PREFIX_TARGET")),
            max_eni=max_eni or None,
            prefix_delegation=environment.get("ENABLE_PREFIX_DELEGATION") in _TRUE,
            custom_networking=environment.get("AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG") in _TRUE,
            pod_eni=environment.get("ENABLE_POD_ENI") in _TRUE,
            version=version,
            passes_target_check=any(environment.get(name, "0") > "0" for name in _CHECKED_TARGETS),
        )

    @property
    def targets_addresses(self) -> bool:
        """Return whether WARM_IP_TARGET or MINIMUM_IP_TARGET rules, which makes ipamd ignore the other targets."""
        return self.warm_ip_target > 0 or self.minimum_ip_target > 0

    @property
    def crashes(self) -> bool:
        """Return whether aws-node exits at start: prefix delegation without any target above 0.

        It compares texts, so "abc" passes as above "0" and "+1" does not.  cmd/aws-vpc-cni/main.go validateEnvVars.
        """
        if not self.prefix_delegation or not self.at_least(1, 9):
            return False
        if self.passes_target_check is not None:
            return not self.passes_target_check
        return not self.targets_addresses and self.warm_prefix_target <= 0

    def at_least(self, *version: int) -> bool:
        """Return whether the CNI is of `version` or newer; the current version is newer than any.

        Raises `Undecidable` if the version is not known.
        """
        if isinstance(self.version, Unknown):
            raise Undecidable(self.version)
        return self.version is None or self.version >= version


def is_true(text: str) -> bool:
    """Return whether Go's strconv.ParseBool takes a text for true."""
    return text in _TRUE


def is_boolean(text: str) -> bool:
    """Return whether Go's strconv.ParseBool reads a text."""
    return text in _TRUE or text in FALSE_TEXTS - {""}


def read_integer(text: str) -> int | None:
    """Return the number that Go's strconv.Atoi reads in a text, None if it refuses it."""
    found = _INTEGER.fullmatch(text)
    number = None if found is None else int(found[1] + found[2])
    return None if number is None or abs(number) > _LARGEST_GO_INT else number


def parse_version(text: str) -> tuple[int, int, int]:
    """Read a version such as `v1.18.1-eksbuild.3` or `1.16.3`; raise `CniVersionError` for anything else."""
    found = _VERSION.fullmatch(text.strip())
    if found is None:
        raise CniVersionError(f"{text!r} is no version of the VPC CNI: expected one such as v1.18.1-eksbuild.3")
    return int(found[1]), int(found[2]), int(found[3] or 0)


def _go_int(text: str | None, *, least: int = 0, default: int = 0) -> int:
    """Read `text` as Go's strconv.Atoi does, with `default` for what it refuses and for less than `least`."""
    number = None if text is None else read_integer(text)
    return default if number is None or number < least else number
