"""`kubectl set env daemonset/aws-node NAME=VALUE` in scripts, provisioners and files of continuous integration."""

from __future__ import annotations

import re
from collections.abc import Iterator

from podroom.assembly.manifests.installing import installs, masked, read_installing
from podroom.assembly.manifests.parts import CniPart, Loose
from podroom.catalog.cni_variables import find_cni_variable
from podroom.model.world import CniSource, CniSourceKind, EnvironmentVariable
from podroom.patterns import pattern
from podroom.positions import Document, Span
from podroom.sources.shell.command import Command, Word
from podroom.sources.shell.interpreter import Shell
from podroom.sources.shell.syntax import AFTER_SUCCESS
from podroom.sources.yaml import Mapping, Node, Sequence, compose
from podroom.traced_text import HOLE, Piece, TracedText
from podroom.values import Known, OneOf, Unknown, Value, first_unknown

ADDRESS = "kubectl set env"
SETS = pattern(r"\bset\s+env\b")
_AWS_NODE = "aws-node"
_INIT_CONTAINER = "aws-vpc-cni-init"
_KINDS = frozenset(("ds", "daemonset", "daemonsets", "daemonset.apps", "daemonsets.apps"))
_NAMESPACE = ("-n", "--namespace")
_CONTAINER = ("-c", "--containers")
_TAKES_A_VALUE = frozenset(
    (
        *_NAMESPACE,
        *_CONTAINER,
        "--context",
        "--cluster",
        "--kubeconfig",
        "-f",
        "--filename",
        "-l",
        "--selector",
        "--from",
    )
)
_ASSIGNMENT = pattern(r"([A-Za-z_][A-Za-z0-9_]*)=", re.DOTALL)
_GROOVY = ("Jenkinsfile", ".groovy")
_SHELL_STEP = pattern(r"""\bsh\b[^\n'"]*?('''|\"\"\"|'|")(.*?)(?<!\\)\1""", re.DOTALL)
_GROOVY_VALUE = pattern(r"(?<!\\)\$(?:\{[^}]*\}|[A-Za-z_][\w.]*)")
_PLACEHOLDER = pattern(r"\$?\{\{.*?\}\}")
_MAKE = pattern(r"(?<!\$)\$(?:\(\w+\)|\{\w+\})")
_REMOVAL = pattern(r"([A-Za-z_][A-Za-z0-9_]*)-")


def read_script(document: Document) -> list[Loose]:
    """Return what a shell script, or the commands in a YAML file, set and install; nothing if it does neither."""
    sets = _sets(document.text)
    if not sets and not installs(document.text):
        return []
    whole = _masked(document)
    texts = [whole]
    if document.path.endswith(_GROOVY):
        texts = list(_steps(whole))
    elif document.path.endswith((".yaml", ".yml", ".json")):
        texts = [text for node in compose(whole).documents for text in _scalars(node)]
    found = read_commands(texts) if sets else []
    return [*found, *(loose for text in texts for loose in read_installing(text))]


def _masked(document: Document) -> TracedText:
    """Return a script in which each placeholder of what runs it (Task, just, GitHub, Make) is not known."""
    whole = TracedText([Piece(document.text, Span(document, 0, len(document.text)), exact=True)])
    return masked(whole, _MAKE if document.path.endswith(("akefile", ".mk")) else _PLACEHOLDER)


def read_commands(texts: list[TracedText], owner: str | None = None, uncertain: Unknown | None = None) -> list[Loose]:
    """Return what the commands of several scripts set, the later ones over the earlier ones, as one source."""
    main: list[EnvironmentVariable] = []
    init: list[EnvironmentVariable] = []
    missing: Unknown | None = uncertain
    place: Span | None = None
    for text in texts:
        if not _sets(text.text):
            continue
        for command in Shell("where the script runs").run(text):
            words = _after_set_env(command)
            if words is None or not _is_target(words, [word.text for word in command.words]):
                continue
            place = place or command.span
            variables, containers, gap = _variables(words, command)
            missing = first_unknown(missing, gap)
            if _AWS_NODE in containers:
                main += variables
            if _INIT_CONTAINER in containers:
                init += variables
    if place is None:
        return []
    source = CniSource(
        kind=CniSourceKind.SET_ENV,
        address=ADDRESS if owner is None else f"{ADDRESS} in {owner}",
        span=place,
        environment=tuple(main),
        init_environment=tuple(init),
        missing=missing,
    )
    return [Loose(CniPart(source), place)]


def _steps(pipeline: TracedText) -> Iterator[TracedText]:
    """Iterate over the scripts of a pipeline of Jenkins: `sh '...'`, of which Groovy fills in what is in `"`."""
    for step in _SHELL_STEP.finditer(pipeline.text):
        text = pipeline.slice(step.start(2), step.end(2))
        yield text if step[1].startswith("'") else masked(text, _GROOVY_VALUE)


def _scalars(node: Node) -> Iterator[TracedText]:
    """Iterate over the texts of a document that may be commands."""
    pending = [node]
    while pending:
        node = pending.pop()
        if isinstance(node, Mapping):
            pending += [entry.value for entry in reversed(node.entries)]
        elif isinstance(node, Sequence):
            pending += reversed(node.items)
        elif _sets(node.text) or installs(node.text):
            yield node.content


def _sets(text: str) -> bool:
    return _AWS_NODE in text and SETS.search(text) is not None


def _after_set_env(command: Command) -> tuple[Word, ...] | None:
    """Return the words after `set env`, whatever kubectl is called."""
    words = [word.text for word in command.words]
    for at in range(1, len(words) - 1):
        if words[at] == "set" and words[at + 1] == "env":
            return command.words[at + 2 :]
    return None


def _is_target(words: tuple[Word, ...], texts: list[str]) -> bool:
    """Return whether the words name the DaemonSet aws-node of kube-system: `ds aws-node`, `daemonset/aws-node`.

    `texts` are all words of the command, as the namespace may stand before `set env`.
    """
    namespace = _namespace(texts)
    if namespace is not None and HOLE not in namespace and namespace != "kube-system":
        return False
    texts = [word.text for word in words]
    for at, text in enumerate(texts):
        kind, separator, name = text.partition("/")
        if separator and kind in _KINDS and name == _AWS_NODE:
            return True
        if text in _KINDS and _AWS_NODE in texts[at + 1 :]:
            return True
    return False


def _namespace(texts: list[str]) -> str | None:
    """Return the namespace that a command names, None if it names none."""
    for at, text in enumerate(texts):
        flag, separator, value = text.partition("=")
        if flag in _NAMESPACE:
            return value if separator else texts[at + 1] if at + 1 < len(texts) else ""
    return None


def _variables(
    words: tuple[Word, ...], command: Command
) -> tuple[list[EnvironmentVariable], frozenset[str], Unknown | None]:
    """Return what is set, in which containers, and why it may be more."""
    variables: list[EnvironmentVariable] = []
    containers = frozenset((_AWS_NODE, _INIT_CONTAINER))
    missing: Unknown | None = None
    rest = iter(words)
    for word in rest:
        flag, separator, value = word.text.partition("=")
        if flag in _CONTAINER:
            named = value if separator else getattr(next(rest, None), "text", "")
            containers = _matching(named)
        elif flag == "--from":
            missing = Unknown(f"`{word.text}` sets variables from something that is not here", word.span)
        elif word.text.startswith("-"):
            if not separator and flag in _TAKES_A_VALUE:
                next(rest, None)
        elif assignment := _ASSIGNMENT.match(word.text):
            value_of = _settled(word, assignment.end(), command)
            variables.append(EnvironmentVariable(assignment[1], value_of, word.span))
        elif removal := _REMOVAL.fullmatch(word.text):
            known = find_cni_variable(removal[1])
            default = known.code_default if known is not None and known.code_default is not None else ""
            gone: Value[str] = Known(default, word.span)
            variables.append(EnvironmentVariable(removal[1], _under(gone, command), word.span))
        elif HOLE in word.text:
            hole = next((one for one in word.content.holes() if isinstance(one, Unknown)), None)
            missing = first_unknown(missing, hole, Unknown("a word of `kubectl set env` is not known", word.span))
    return variables, containers, missing


def _matching(pattern: str) -> frozenset[str]:
    """Return the containers that a pattern with `*` matches."""
    known = re.compile("".join(".*" if part == "*" else re.escape(part) for part in re.split(r"(\*)", pattern)))
    return frozenset(name for name in (_AWS_NODE, _INIT_CONTAINER) if known.fullmatch(name))


def _settled(word: Word, start: int, command: Command) -> Value[str]:
    if start == len(word.content):
        return _under(Known("", word.span), command)
    value = word.content.value(start)
    return _under(Known(value.value, word.span) if isinstance(value, Known) else value, command)


def _under(value: Value[str], command: Command) -> Value[str]:
    """Return a value that is set only under a condition as what it is: not known.

    Whoever runs `first && kubectl set env ...` sees to it that the first command succeeds: Terraform fails otherwise.
    """
    if command.condition in ("", AFTER_SUCCESS) or isinstance(value, Unknown):
        return value
    shown = " or ".join(f'"{candidate}"' for candidate in value.candidates())
    origin = value.origin
    reason = f"it is set to {shown} only {command.condition.removeprefix('only ')}"
    return Unknown(reason, origin, value.refs if isinstance(value, OneOf) else ())
