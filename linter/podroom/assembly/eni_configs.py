"""ENIConfigs that Terraform applies as manifests, and what labels nodes with the name of one."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from podroom.assembly.inventory import Inventory
from podroom.assembly.subnets import subnet_use, subnet_use_of_text
from podroom.evaluation.project import Field
from podroom.model.world import PodSubnet
from podroom.patterns import pattern
from podroom.positions import Document, Span
from podroom.traced_text import HOLE
from podroom.values import Known, Members, Unknown

LABEL_VARIABLE = "ENI_CONFIG_LABEL_DEF"
ZONE_LABELS = ("topology.kubernetes.io/zone", "failure-domain.beta.kubernetes.io/zone")
"""Labels that every node has with the name of its zone."""

_KIND = "ENIConfig"
_MANIFESTS = {
    "kubectl_manifest": "yaml_body",
    "kubernetes_manifest": "manifest",
}
_OTHERS = ("helm_release", "null_resource", "terraform_data")
_LABELS = ("k8s.amazonaws.com/eniConfig", "vpc.amazonaws.com/externalEniConfig")
"""The labels and the annotation by which a node names its ENIConfig, unless variables say otherwise."""

_LABEL = pattern("|".join(re.escape(label) for label in _LABELS))
_NOT_LABELLING = pattern(r"(?m)(?:^|\s)(?:#|//).*$|ENI_CONFIG_(?:LABEL|ANNOTATION)_DEF[^\n]*")
"""Comments, and the variables that only say what the label is called."""


def read_eni_configs(inventory: Inventory) -> Members[PodSubnet]:
    """Return the ENIConfigs among the manifests; `missing` says why there may be more."""
    found: list[PodSubnet] = []
    missing: list[Unknown] = []
    for kind, attribute in _MANIFESTS.items():
        for resource in inventory.resources(kind):
            field = resource.body.attribute(attribute)
            if field is None:
                continue
            inner = field if attribute == "manifest" else field.decoded()
            configs = _of_text(field) if inner is None else _of_fields(inner)
            found += configs
            missing += configs.missing
            if resource.maybe is not None and (configs.items or configs.missing):
                missing.append(resource.maybe)
    for kind in _OTHERS:
        for resource in inventory.resources(kind):
            if _KIND in resource.block_span.text:
                missing.append(Unknown(f"{resource.address} makes ENIConfigs in a way that is not read", resource.span))
    return Members(tuple(found), tuple(missing))


def labelled(inventory: Inventory) -> Unknown | None:
    """Return where nodes may be labelled or annotated with the name of their ENIConfig, None if nowhere."""
    for resource in inventory.resources("aws_eks_node_group"):
        labels = resource.body.attribute("labels")
        entries, missing = labels.entries() if labels else ({}, ())
        for name in _LABELS:
            if name in entries:
                return _labels(entries[name].origin)
        if missing:
            return missing[0]
    for kind in ("aws_launch_template", "aws_launch_configuration"):
        for resource in inventory.resources(kind):
            user_data = resource.body.attribute("user_data") or resource.body.attribute("user_data_base64")
            text = user_data.traced() if user_data else None
            if text is not None:
                from podroom.assembly.user_data import decode_base64  # noqa: PLC0415 - most projects have none

                text = decode_base64(text) or text
            match = _LABEL.search(text.text) if text is not None else None
            if text is not None and match is not None:
                return _labels(text.span(*match.span()))
    return labelled_in(_documents(inventory))


def labelled_in(documents: Iterable[Document]) -> Unknown | None:
    """Return where files may label or annotate nodes with the name of their ENIConfig, None if nowhere."""
    for document in documents:
        if not any(label in document.text for label in _LABELS):
            continue
        hidden = _NOT_LABELLING.sub(lambda match: " " * len(match.group()), document.text)
        match = _LABEL.search(hidden)
        if match is not None:
            return _labels(Span(document, *match.span()))
    return None


def _labels(span: Span) -> Unknown:
    return Unknown("which nodes are labelled with an ENIConfig here is not known", span)


def _documents(inventory: Inventory) -> Iterator[Document]:
    for module in inventory.modules:
        if not module.is_supplied:
            yield from (file.document for file in module.files)


def _of_text(field: Field) -> Members[PodSubnet]:
    from podroom.sources.yaml import Mapping, Scalar, compose  # noqa: PLC0415 - few projects have such a text

    text = field.traced()
    stream = compose(text)
    configs = []
    for document in stream.documents:
        if not isinstance(document, Mapping):
            continue
        kind, metadata, specification = (document.get(name) for name in ("kind", "metadata", "spec"))
        name = metadata.get("name") if isinstance(metadata, Mapping) else None
        subnet = specification.get("subnet") if isinstance(specification, Mapping) else None
        if isinstance(kind, Scalar) and kind.text == _KIND and isinstance(name, Scalar) and isinstance(subnet, Scalar):
            shown = name.text if HOLE not in name.text else field.symbol_at(text, name.start)
            configs.append(PodSubnet(shown, subnet_use_of_text(subnet), name.span))
    whole = stream.problem is None and all(isinstance(document, Mapping) for document in stream.documents)
    holes = () if whole else tuple(hole for hole in text.holes() if isinstance(hole, Unknown))[:1]
    return Members(tuple(configs), holes)


def _of_fields(manifest: Field) -> Members[PodSubnet]:
    parts, missing = manifest.entries()
    if "kind" not in parts:
        return Members((), missing)
    kind = parts["kind"].string()
    if not isinstance(kind, Known):
        return Members((), (Unknown(kind.reason, manifest.origin, kind.refs),))
    name = _part(parts, "metadata", "name")
    subnet = _part(parts, "spec", "subnet")
    if kind.value != _KIND or name is None or subnet is None:
        return Members()
    value = name.string()
    shown = value.value if isinstance(value, Known) else name.symbol() or ""
    return Members((PodSubnet(shown, subnet_use(subnet.link()), name.origin),))


def _part(parts: dict[str, Field], outer: str, inner: str) -> Field | None:
    return parts[outer].entries()[0].get(inner) if outer in parts else None
