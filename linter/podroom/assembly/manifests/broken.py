"""What may be in YAML that cannot be read, where a judgement hangs on whether there is such an object."""

from __future__ import annotations

from collections.abc import Iterator

from podroom.assembly.manifests.parts import NO_CLUSTER, EniConfigPart, Loose, NodeClassPart
from podroom.model.world import Karpenter, NodeClass, SecurityGroupPolicy, UserData
from podroom.patterns import pattern
from podroom.positions import Span
from podroom.values import Known, Members, Unknown, Value

_ENI_CONFIG = pattern(r"\bENIConfig\b|\bcrd\.k8s\.amazonaws\.com/|\beniConfig\b")
_POLICY = pattern(r"\bSecurityGroupPolicy\b")
_NODE_CLASS = pattern(r"(?m)^[ -]*kind:[ \t]*[\"']?(EC2NodeClass|AWSNodeTemplate)\b")
_NAME = pattern(r"\bmetadata:\s*\{?\s*name:[ \t]*[\"']?([\w.-]+)[\"']?[ \t]*(?:[\n},]|$)")
_RESERVED = pattern(r"\breservedENIs\b|\bRESERVED_ENIS\b")


def read_broken(text: str, why: Unknown, place: Span) -> Iterator[Loose]:
    """Iterate over what the text may hold, none of it known; `why` says why it cannot be read, at `place`."""
    name = place.path.rpartition("/")[2]
    where = f"what cannot be read in {name}"
    unknown = Unknown(f"{name} cannot be read: {why.reason}", place)
    if _ENI_CONFIG.search(text):
        yield Loose(EniConfigPart(where, Members((), (unknown,))), place)
    if _POLICY.search(text):
        yield Loose(SecurityGroupPolicy(where, place, NO_CLUSTER, unknown, unknown), place)
    for found in _NODE_CLASS.finditer(text):
        named = _NAME.search(text, found.end())
        reference: Value[str] = unknown if named is None else Known(f"{found[1]}/{named[1]}", place)
        known = NodeClass(
            address=f"{found[1]} in {name}",
            span=place,
            cluster=NO_CLUSTER,
            reference=reference,
            ami_family=unknown,
            user_data=UserData(gaps=(unknown,)),
            uncertain=unknown,
        )
        yield Loose(NodeClassPart(known), place)
    if _RESERVED.search(text):
        yield Loose(Karpenter(where, place, unknown), place)
