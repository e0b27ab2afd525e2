"""Documents -> the Kubernetes objects in them that bear on pods."""

from __future__ import annotations

from collections.abc import Iterator

from podroom.assembly.manifests.tree import Item, Leaf, Listing, Table, items_of, text_of
from podroom.positions import Span
from podroom.records import dataclass
from podroom.values import Known, Unknown, Value

_KINDS = {
    "DaemonSet": ("apps/", "extensions/"),
    "Deployment": ("apps/",),
    "ConfigMap": ("v1",),
    "ENIConfig": ("crd.k8s.amazonaws.com/",),
    "SecurityGroupPolicy": ("vpcresources.k8s.aws/",),
    "CNINode": ("vpcresources.k8s.aws/",),
    "NodePool": ("karpenter.sh/",),
    "Provisioner": ("karpenter.sh/",),
    "EC2NodeClass": ("karpenter.k8s.aws/",),
    "AWSNodeTemplate": ("karpenter.k8s.aws/",),
    "NodeClass": ("eks.amazonaws.com/",),
    "HelmRelease": ("helm.toolkit.fluxcd.io/",),
    "Application": ("argoproj.io/",),
}
_NAMED = {
    "DaemonSet": ("aws-node",),
    "Deployment": ("karpenter",),
    "ConfigMap": ("amazon-vpc-cni", "karpenter-global-settings"),
}


@dataclass(frozen=True, slots=True)
class Manifest:
    """One object; `owner` is the address of what contains it, if that is no file of its own.

    `uncertain` says why it may not be there, or not as it stands.
    """

    version: str
    kind: str
    name: Value[str]
    body: Table
    owner: str | None = None
    uncertain: Unknown | None = None

    @property
    def span(self) -> Span:
        """Return where the object begins: at its kind, which tells a reader what it is."""
        kind = self.body.entry("kind")
        return self.body.span if kind is None or isinstance(kind, Unknown) else kind.span

    @property
    def identity(self) -> Value[str]:
        """Return kind and name, by which other objects refer to it."""
        return self.name.map(lambda name: f"{self.kind}/{name}")

    @property
    def address(self) -> str:
        """Return the text that a person calls it by."""
        if self.owner is not None:
            return self.owner
        if isinstance(self.name, Known):
            return f"{self.kind}/{self.name.value}"
        return f"{self.kind} on line {self.span.first.line}"

    def table(self, *path: str) -> Table:
        """Return a table below; one that is not there, or not known, is empty and says so."""
        found = self.body.find(*path)
        if isinstance(found, Table):
            return found
        what = ".".join(path)
        if found is None:
            return Table(self.span)
        if isinstance(found, Unknown):
            return Table(self.span, missing=(found,))
        why = found.unknown() if isinstance(found, Leaf) else None
        return Table(found.span, missing=(Unknown(f"{what} is no mapping", found.span) if why is None else why,))


def manifests_of(item: Item, owner: str | None = None, uncertain: Unknown | None = None) -> Iterator[Manifest]:
    """Iterate over the objects of a document that bear on pods; those of a `kind: List` are taken out of it."""
    if isinstance(item, Listing):
        for part in item.items:
            yield from manifests_of(part, owner, uncertain)
    if not isinstance(item, Table):
        return
    kind = text_of(item.get("kind"), "kind")
    version = text_of(item.get("apiVersion"), "apiVersion")
    if not isinstance(kind, Known):
        return
    if kind.value.endswith("List"):
        parts, _ = items_of(item.get("items"), "items")
        for part in parts:
            yield from manifests_of(part, owner, uncertain)
        return
    prefixes = _KINDS.get(kind.value)
    if prefixes is None or (isinstance(version, Known) and not version.value.startswith(prefixes)):
        return
    name = text_of(item.find("metadata", "name"), "metadata.name")
    if name is None:
        name = Unknown("metadata.name is not set", item.span)
    names = _NAMED.get(kind.value)
    if names is not None and not (isinstance(name, Known) and name.value in names):
        return
    group = version.value if isinstance(version, Known) else ""
    yield Manifest(group, kind.value, name, item, owner, uncertain)
