"""NodeConfig of nodeadm (Amazon Linux 2023): YAML or JSON, apiVersion node.eks.aws/*."""

from __future__ import annotations

from podroom.assembly.user_data.kubelet_arguments import read_kubelet_arguments
from podroom.assembly.user_data.notes import Notes
from podroom.model.world import Bootstrap, MaxPodsExpression, Mechanism
from podroom.sources.yaml import Entry, Mapping, Node, Scalar, ScalarKind, Sequence, compose
from podroom.traced_text import HOLE, Piece, TracedText
from podroom.values import Known


def read_node_config(text: TracedText, notes: Notes, mechanism: Mechanism = Mechanism.NODEADM_CONFIG) -> None:
    """Note what NodeConfig documents say, in order: later ones win, and flags add up.

    `mechanism` is what `config.maxPods` counts as: in a drop-in it is stronger.
    """
    stream = compose(text)
    if stream.problem is not None:
        notes.bootstrap(Bootstrap.NODEADM, stream.problem.span)
        notes.gap(f"NodeConfig cannot be read: {stream.problem.message}", stream.problem.span)
    for document in stream.documents:
        if isinstance(document, Mapping):
            _document(document, notes, mechanism)
        elif isinstance(document, Scalar) and HOLE in document.text:
            notes.bootstrap(Bootstrap.NODEADM, document.span)
            notes.hole(document.content, 0, len(document.content), "an unknown document")


def _document(document: Mapping, notes: Notes, mechanism: Mechanism) -> None:
    version = document.get("apiVersion")
    if isinstance(version, Scalar) and HOLE not in version.text and not version.text.startswith("node.eks.aws/"):
        return
    kind = document.entry("kind")
    notes.bootstrap(Bootstrap.NODEADM, document.span if kind is None else kind.span)
    _unknown_keys(document, notes)
    kubelet = _mapping(_mapping(document, "spec", notes), "kubelet", notes)
    if kubelet is None:
        return
    expression = kubelet.entry("maxPodsExpression")
    if expression is not None:
        _expression(expression, notes, drop_in=mechanism is Mechanism.NODEADM_DROP_IN)
    config = _mapping(kubelet, "config", notes)
    max_pods = config.entry("maxPods") if config else None
    reserved = config.entry("kubeReserved") if config else None
    if reserved is not None:
        notes.kube_reserved.append(reserved.span)
    if max_pods is not None:
        read_max_pods(max_pods, notes, mechanism)
    flags = kubelet.get("flags")
    if flags is not None:
        _flags(flags, notes)


def _mapping(parent: Mapping | None, name: str, notes: Notes) -> Mapping | None:
    node = parent.get(name) if parent else None
    if isinstance(node, Mapping):
        _unknown_keys(node, notes)
        return node
    if isinstance(node, Scalar) and HOLE in node.text:
        notes.hole(node.content, 0, len(node.content), f"`{name}` of NodeConfig")
    return None


def _unknown_keys(mapping: Mapping, notes: Notes) -> None:
    for entry in mapping.entries:
        if isinstance(entry.key, Scalar) and HOLE in entry.key.text:
            notes.hole(entry.key.content, 0, len(entry.key.content), "an unknown key of NodeConfig")


def _expression(entry: Entry, notes: Notes, *, drop_in: bool) -> None:
    value = entry.value
    if isinstance(value, Scalar) and value.kind is not ScalarKind.NULL:
        notes.expressions.append(MaxPodsExpression(value.value(), entry.span, drop_in))
    elif not isinstance(value, Scalar):
        notes.gap("maxPodsExpression is not a text", entry.span)


def read_max_pods(entry: Entry, notes: Notes, mechanism: Mechanism, setting: str | None = None) -> None:
    """Note what `maxPods` of a kubelet configuration says; `setting` is what the user wrote it as, if not so."""
    value = entry.value
    if isinstance(value, Scalar) and value.kind is ScalarKind.NULL:
        return
    number = value.integer() if isinstance(value, Scalar) else None
    if number is None:
        kind = value.kind.value if isinstance(value, Scalar) else "a collection"
        notes.gap(f"maxPods is {kind} where kubelet wants a whole number", entry.span)
        return
    origin = entry.span
    if isinstance(number, Known):
        notes.fix(mechanism, Known(number.value, value.span), origin, setting)
    else:
        notes.fix(mechanism, number, origin, setting)


def _flags(node: Node, notes: Notes) -> None:
    if isinstance(node, Scalar):
        if HOLE in node.text:
            notes.hole(node.content, 0, len(node.content), "`flags` of NodeConfig")
        return
    if not isinstance(node, Sequence):
        notes.gap("`flags` of NodeConfig is not a list", node.span)
        return
    pieces: list[Piece] = []
    for item in node.items:
        if isinstance(item, Scalar) and item.text:
            if pieces:
                pieces.append(Piece(" ", item.span))
            pieces.extend(item.content.pieces)
    read_kubelet_arguments(TracedText(pieces), Mechanism.NODEADM_FLAG, notes)
