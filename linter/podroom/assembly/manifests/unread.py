"""What a file says of the CNI's variables and no reader has understood: told, never passed over.

A text is searched for places that set a variable which bears on the room of pods, in whatever language.  Each that
lies in nothing that was read makes its variable unknown: a command of some other tool, a patch, a file that is broken.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from podroom.assembly.manifests.parts import CniPart, ConfigMapPart, EniConfigPart, Loose
from podroom.model.world import CniSource, CniSourceKind, EnvironmentVariable, Gap
from podroom.patterns import pattern
from podroom.positions import Document, Span
from podroom.values import Members, Unknown, first_unknown

_NAMES = (
    "AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG|DISABLE_TCP_EARLY_DEMUX|ENABLE_IPv4|ENABLE_IPv6|ENABLE_MULTI_NIC|ENABLE_POD_ENI"
    "|ENABLE_PREFIX_DELEGATION|ENABLE_SUBNET_DISCOVERY|ENI_CONFIG_ANNOTATION_DEF|ENI_CONFIG_LABEL_DEF|MAX_ENI"
    "|MINIMUM_IP_TARGET|POD_SECURITY_GROUP_ENFORCING_MODE|WARM_ENI_TARGET|WARM_IP_TARGET|WARM_PREFIX_TARGET"
)
_SETTING = pattern(
    # a key or an assignment: `NAME: x`, `"NAME":`, `NAME=x`; no use of a variable of that name, no comparison
    rf"(?<![\w$])(?<!\$\{{)(?P<key>{_NAMES})[\"'\\]*(?:[ \t]*:(?![ \t]*(?:null\b|~))|=(?!=))"
    # what a list of names and values calls it: `name: NAME`, `"name":"env.NAME"`, `name = "env.NAME"`
    rf"|\bname[\"'\\]*\s*[:=]\s*[\"'\\]*(?:[\w.-]*\.)?(?P<name>{_NAMES})\b"
)
_PATCH = pattern(
    r"\bkubectl\b[^\n|;&]*?\spatch\s(?:[^\n|;&]*?\s)?"
    r"(?P<kind>nodepools?|ec2nodeclass(?:es)?|provisioners?|awsnodetemplates?|eniconfigs?)(?:[./\s]|$)",
    re.IGNORECASE,
)
_ADD_ON = pattern(r"(?:create|update)-addon\b(?:[^\n\\]|\\.|\\\n)*")
_VALUES = pattern(r"--configuration-values")
_DESCRIPTION = pattern(r"\"?\$schema\"?\s*:|CustomResourceDefinition|eksctl\.io/v1")
"""What describes settings, and ClusterConfigs of eksctl, which are read elsewhere."""
_COMMENT = pattern(r"(?:^|\s)#|^\s*(?://|rem\b|::)")
_PRINTED = pattern(r"^\s*(?:-\s+|@)?(?:run:\s*)?(?:echo|printf)\b[^|>]*$")

_NAMESPACE = pattern(r"\bkubectl\b.*\s(?:-n|--namespace)[= ]+(?!kube-system\b)[a-z]")
"""A command for another namespace than that of aws-node."""


def speaks_of_the_cni(document: Document) -> bool:
    """Return whether anything in a file sets a variable of the CNI, or the values of its add-on, or patches objects."""
    whole = Span(document, 0, len(document.text))
    return next(_settings(whole), None) is not None or next(_patches(whole), None) is not None


def read_unread(document: Document, read: Sequence[Loose], covered: Iterable[Span]) -> list[Loose]:
    """Return the settings that lie in no part that was read, as variables that are not known.

    `read` are the parts of the file, `covered` the places in it that lie in parts of any file.
    """
    known = set(_names(read))
    places = list(covered)
    whole = Span(document, 0, len(document.text))
    left = [
        (name, span)
        for name, span in _settings(whole)
        if name not in known and not any(one.start <= span.start < one.end for one in places)
    ]
    return [*_unknown(left, document.path.rpartition("/")[2]), *_patches(whole)]


def places_read(read: Iterable[Loose]) -> dict[int, list[Span]]:
    """Return the places of all that was read of settings, by the identity of their document."""
    places: dict[int, list[Span]] = {}
    for span in _spans(read):
        places.setdefault(id(span.document), []).append(span)
    return places


def read_unread_block(block: Span, address: str) -> list[Loose]:
    """Return the settings in a block of Terraform of which nothing was read, as variables that are not known."""
    return [*_unknown(list(_settings(block)), address), *_patches(block)]


def _unknown(settings: Sequence[tuple[str, Span]], address: str) -> list[Loose]:
    variables: dict[str, EnvironmentVariable] = {}
    missing: Unknown | None = None
    for name, span in settings:
        reason = f"{_called(span)} sets {name or 'values of the add-on vpc-cni'} in a way that podroom does not read"
        if name:
            variables.setdefault(name, EnvironmentVariable(name, Unknown(reason, span), span))
        else:
            missing = first_unknown(missing, Unknown(reason, span))
    spans = [variable.span for variable in variables.values()]
    if missing is not None and isinstance(missing.origin, Span):
        spans.append(missing.origin)
    if not spans:
        return []
    place = min(spans, key=lambda span: span.start)
    source = CniSource(
        kind=CniSourceKind.UNREAD,
        address=address,
        span=place,
        environment=tuple(variables.values()),
        missing=missing,
    )
    return [Loose(CniPart(source), place)]


def _patches(stretch: Span) -> Iterator[Loose]:
    """Iterate over the commands that patch objects of Karpenter or the CNI, whichever these are."""
    for match in _PATCH.finditer(stretch.text):
        start = stretch.text.rfind("\n", 0, match.start()) + 1
        if _COMMENT.search(stretch.text[start : match.start()]):
            continue
        at = stretch.start + match.start()
        place = Span(stretch.document, at, stretch.start + match.end())
        kind = match["kind"]
        why = Unknown(f"`kubectl patch` changes {kind} in a way that podroom does not read", place)
        if kind.lower().startswith("eniconfig"):
            yield Loose(EniConfigPart(f"kubectl patch {kind}", Members((), (why,))), place)
        yield Loose(Gap(f"kubectl patch {kind}", why.reason, place), place)


def is_unread(loose: Loose) -> bool:
    """Return whether a part only says what was not understood."""
    return isinstance(loose.part, CniPart) and loose.part.source.kind is CniSourceKind.UNREAD


def _settings(stretch: Span) -> Iterator[tuple[str, Span]]:
    """Iterate over the places that set a variable, with its name; "" stands for whatever an add-on gets."""
    text = stretch.text
    matches = _SETTING.finditer(text)
    found = [(match.start(group), match[group]) for match in matches for group in ("key", "name") if match[group]]
    for command in _ADD_ON.finditer(text):
        values = _VALUES.search(command.group())
        if values is not None and "vpc-cni" in command.group() and _SETTING.search(command.group()) is None:
            found.append((command.start() + values.start(), ""))
    if not found or _DESCRIPTION.search(text):
        return
    for at, name in sorted(found):
        start = text.rfind("\n", 0, at) + 1
        stop = text.find("\n", at)
        line = text[start : stop if stop >= 0 else len(text)]
        if not (_COMMENT.search(text[start:at]) or _PRINTED.search(line) or _NAMESPACE.search(line)):
            start = stretch.start + at
            yield name, Span(stretch.document, start, start + (len(name) or len("--configuration-values")))


def _spans(read: Iterable[Loose]) -> Iterator[Span]:
    for loose in read:
        part = loose.part
        if isinstance(part, CniPart):
            source = part.source
            yield from (variable.span for variable in (*source.environment, *source.init_environment))
            yield from (option.span for option in source.options)
        elif isinstance(part, ConfigMapPart):
            yield from (variable.span for variable in part.entries)
        elif isinstance(part, EniConfigPart):
            yield loose.span


def _names(read: Iterable[Loose]) -> Iterator[str]:
    """Iterate over the variables that were read: a script may get their values from variables of the same name."""
    for loose in read:
        if isinstance(loose.part, CniPart):
            source = loose.part.source
            yield from (variable.name for variable in (*source.environment, *source.init_environment))


def _called(span: Span) -> str:
    return f"{span.path}:{span.first.line}"
