"""Commands of scripts that install what bears on pods: `helm upgrade`, `aws eks create-addon`, `kubectl apply -f -`."""

from __future__ import annotations

import re
from collections.abc import Iterator

from podroom.assembly.cni_text import read_configuration_values
from podroom.assembly.manifests.documents import read_text
from podroom.assembly.manifests.helm import Chart, Release, find_chart, merged, nested, read_release
from podroom.assembly.manifests.parts import CniPart, Loose
from podroom.assembly.manifests.tree import Table, from_yaml
from podroom.model.world import CniSource, CniSourceKind
from podroom.patterns import pattern
from podroom.sources.shell.command import Command, Word
from podroom.sources.shell.interpreter import Shell
from podroom.sources.yaml import compose
from podroom.traced_text import HOLE, Piece, TracedText
from podroom.values import Unknown, first_unknown

_INSTALLS = pattern(
    r"\bhelm\b[^\n]*\b(?:upgrade|install)\b|\b(?:create|update)-addon\b"
    r"|<<[^\0]*\bkind:\s*(?:NodePool|EC2NodeClass|Provisioner|AWSNodeTemplate|ENIConfig|SecurityGroupPolicy)\b"
)
_SETS = ("--set", "--set-string", "--set-json", "--set-literal")
_ELSEWHERE = ("-f", "--values", "--set-file", "--reuse-values", "--reset-then-reuse-values")
_TAKES_A_VALUE = ("-n", "--namespace", "--version", "--repo", "--kube-context", "--timeout", "--kubeconfig")
_PAIR = pattern(r"((?:[^,=\\]|\\.)+)=((?:[^,\\{}\[\]]|\\.)*)(?:,|$)")
_FILLED_IN = pattern(r"\$\{\w+\}|\$\w+")


def installs(text: str) -> bool:
    """Return whether a script may hold a command of this kind."""
    return _INSTALLS.search(text) is not None


def read_installing(text: TracedText, uncertain: Unknown | None = None) -> Iterator[Loose]:
    """Iterate over what the commands of a script install; `uncertain` says why it may not run."""
    if not installs(text.text):
        return
    for command in Shell("where the script runs").run(text):
        names = [word.text for word in command.words]
        doubt = first_unknown(uncertain, _under(command))
        if names[:1] == ["helm"] and ("upgrade" in names or "install" in names):
            yield from _helm(command, doubt)
        elif names[:2] == ["aws", "eks"] and names[2:3] in (["create-addon"], ["update-addon"]):
            yield from _add_on(command, doubt)
        for redirection in command.redirections:
            if redirection.body is not None:
                yield from _manifests(redirection.body, doubt)


def masked(text: TracedText, placeholder: re.Pattern[str]) -> TracedText:
    """Return a text in which whatever matches is not known before the command runs."""
    pieces: list[Piece] = []
    at = 0
    for found in placeholder.finditer(text.text):
        pieces += text.slice(at, found.start()).pieces
        span = text.span(found.start(), found.end())
        pieces.append(Piece(HOLE, span, hole=Unknown(f"`{found.group()}` is filled in before the command runs", span)))
        at = found.end()
    return TracedText((*pieces, *text.slice(at, len(text)).pieces))


def _under(command: Command) -> Unknown | None:
    """Return why a command may not run."""
    return Unknown(f"it is applied only {command.condition}", command.span) if command.condition else None


def _helm(command: Command, missing: Unknown | None) -> Iterator[Loose]:
    """Read the values that a command sets; those of files are judged where the files are."""
    words = iter(command.words[1:])
    tables: list[Table] = []
    chart = None
    elsewhere = False
    for word in words:
        flag, separator, _ = word.text.partition("=")
        if flag in _SETS:
            value = _rest(word, len(flag) + 1) if separator else next(words, word).content
            pairs = list(_pairs(value))
            tables += [table for table in pairs if isinstance(table, Table)]
            missing = first_unknown(missing, *(why for why in pairs if isinstance(why, Unknown)))
        elif flag in _ELSEWHERE:
            elsewhere = True
            if not separator and not flag.endswith("reuse-values"):
                next(words, None)
        elif flag in _TAKES_A_VALUE and not separator:
            next(words, None)
        elif not word.text.startswith("-"):
            chart = find_chart(word.text) if "/" in word.text else chart
    values = merged(tables if missing is None else [], command.span)
    if chart is None or (elsewhere and not tables):
        return
    if elsewhere and chart is Chart.KARPENTER and values.find("settings", "reservedENIs") is None:
        return
    yield read_release(chart, Release(f"helm upgrade of {chart.value}", command.span, values, missing))


def _rest(word: Word, start: int) -> TracedText:
    return word.content.slice(min(start, len(word.content)), len(word.content))


def _pairs(text: TracedText) -> Iterator[Table | Unknown]:
    """Iterate over what `a.b=c,d=e` sets; why it is not known where it is no such list."""
    at = 0
    span = text.span(0, len(text))
    while at < len(text):
        pair = _PAIR.match(text.text, at)
        if pair is None or HOLE in pair[1]:
            yield Unknown("what is set for the chart is not understood", span)
            return
        stream = compose(text.slice(pair.start(2), pair.end(2)))
        table = nested(pair[1], from_yaml(stream.documents[0]), span) if stream.documents else None
        yield Unknown(f'`--set` of "{pair[1]}" is not understood', span) if table is None else table
        at = pair.end()


def _add_on(command: Command, doubt: Unknown | None) -> Iterator[Loose]:
    """Read the configuration that a command gives the add-on vpc-cni; that of a file is judged where the file is."""
    options: dict[str, TracedText] = {}
    words = iter(command.words[3:])
    for word in words:
        flag, separator, _ = word.text.partition("=")
        if flag.startswith("--"):
            options[flag] = _rest(word, len(flag) + 1) if separator else next(words, word).content
    values = options.get("--configuration-values")
    name = options.get("--addon-name")
    if values is None or name is None or name.text != "vpc-cni" or values.text.startswith("file:"):
        return
    read = read_configuration_values(values, "--configuration-values")
    source = CniSource(
        kind=CniSourceKind.ADD_ON,
        address=" ".join(word.text for word in command.words[:3]),
        span=command.span,
        environment=read.environment,
        init_environment=read.init_environment,
        missing=first_unknown(doubt, read.missing),
        options=read.options,
    )
    cluster = options.get("--cluster-name")
    known = cluster.text if cluster is not None and HOLE not in cluster.text else None
    yield Loose(CniPart(source, pod_subnets=read.pod_subnets), command.span, known)


def _manifests(body: TracedText, doubt: Unknown | None) -> Iterator[Loose]:
    """Read a here-document of manifests; what `envsubst` fills in is not known."""
    if not installs(f"<<{body.text}"):
        return
    found, _ = read_text(masked(body, _FILLED_IN), uncertain=doubt)
    yield from found
