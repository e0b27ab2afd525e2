"""Documents -> the Kubernetes objects in them that bear on pods."""

from __future__ import annotations

from collections.abc import Iterator

from podroom.assembly.manifests.tree import Item, Leaf, Listing, Table, text_of
from podroom.positions import Span
from podroom.records import dataclass
from podroom.values import Known, Unknown, Value, first_unknown

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
    "ApplicationSet": ("argoproj.io/",),
    "Kustomization": ("kustomize.toolkit.fluxcd.io/",),
}
_NAMED = {
    "DaemonSet": ("aws-node",),
    "Deployment": ("karpenter",),
    "ConfigMap": ("amazon-vpc-cni", "karpenter-global-settings"),
}
_OF_GROUP = (
    ("crd.k8s.amazonaws.com/", "ENIConfig"),
    ("vpcresources.k8s.aws/", "SecurityGroupPolicy"),
    ("karpenter.sh/v1alpha5", "Provisioner"),
    ("karpenter.sh/", "NodePool"),
    ("karpenter.k8s.aws/v1alpha1", "AWSNodeTemplate"),
    ("karpenter.k8s.aws/", "EC2NodeClass"),
)
"""The kind that bears on pods in each group that has no others of the sort."""
_BY_CONTENT = (
    (("spec", "template", "spec", "nodeClassRef"), "NodePool"),
    (("spec", "amiSelectorTerms"), "EC2NodeClass"),
    (("spec", "subnetSelectorTerms"), "EC2NodeClass"),
)
"""What only objects of one kind have."""


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
        for part, doubt in item.doubtful:
            yield from manifests_of(part, owner, first_unknown(uncertain, doubt))
    if not isinstance(item, Table):
        return
    kind = text_of(item.get("kind"), "kind")
    version = text_of(item.get("apiVersion"), "apiVersion")
    if isinstance(kind, Unknown):
        uncertain = first_unknown(uncertain, kind)
        kind = _likely_kind(item, version, kind)
    if not isinstance(kind, Known):
        return
    if kind.value.endswith("List"):
        parts = item.get("items")
        if isinstance(parts, Listing):
            yield from manifests_of(parts, owner, uncertain)
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


def _likely_kind(item: Table, version: Value[str] | None, unknown: Unknown) -> Known[str] | None:
    """Return what an object may be whose kind a template fills in, if it is of any interest."""
    if isinstance(version, Known):
        found = next((kind for prefix, kind in _OF_GROUP if version.value.startswith(prefix)), None)
        name = text_of(item.find("metadata", "name"), "metadata.name")
        if found is None and isinstance(name, Known):
            found = next((kind for kind, names in _NAMED.items() if name.value in names), None)
    else:
        found = next((kind for path, kind in _BY_CONTENT if isinstance(item.find(*path), Table | Listing)), None)
    return None if found is None else Known(found, unknown.origin)
