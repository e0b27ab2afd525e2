"""Calls of max-pods-calculator.sh, which people put into `$(...)` and into variables."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Iterator

from podroom.assembly.user_data.notes import whole_number
from podroom.model.world import CalculatorCall, CalculatorDownload, CalculatorOptions
from podroom.patterns import pattern
from podroom.sources.shell import Command, Script, Shell
from podroom.traced_text import TracedText
from podroom.values import Value

_NAME = "max-pods-calculator.sh"
_CALL = pattern(
    r"(?:^|(?<=[\n;&|(`])|(?<![^\s;&|(`])(?:bash|sh|sudo|then|do)[ \t]+)[ \t]*"
    r"(?P<call>(?P<path>[^\s;&|()`'\"=]*max-pods-calculator\.sh)(?=[\s)`]|$)"
    r"""(?:[^\n)`;|&\\"']|\\.|"[^"]*"|'[^']*')*)""",
    re.DOTALL,
)
_WITH_VALUE = ("--instance-type", "--cni-version", "--cni-max-eni")
_SWITCHES = (
    "--instance-type-from-imds",
    "--cni-custom-networking-enabled",
    "--cni-prefix-delegation-enabled",
    "--show-max-allowed",
)
_BRINGS = pattern(r"\b(?:curl|wget)\b(?:[^\n\\]|\\.)*max-pods-calculator", re.DOTALL)
_ADDRESS = pattern(
    r"https?://[^\s\"'|;&)]*awslabs/amazon-eks-ami/(?:raw/|blob/)?(?:refs/heads/)?(?:main|master)/"
    r"[^\s\"'|;&)]*max-pods-calculator\.sh"
)


def calculator_downloads(source: TracedText, script: Script) -> Iterator[CalculatorDownload]:
    """Iterate over the addresses in the main branch that a script names, comments left out."""
    if _NAME not in source.text:
        return
    is_comment = _comments(script)
    for match in _ADDRESS.finditer(source.text):
        if not is_comment(match.start()):
            yield CalculatorDownload(match.group(), source.span(*match.span()))


def _comments(script: Script) -> Callable[[int], bool]:
    """Return what tells whether a character is in a comment."""
    comments = sorted(script.comments)
    starts = [start for start, _ in comments]

    def is_comment(at: int) -> bool:
        before = bisect_right(starts, at)
        return before > 0 and at < comments[before - 1][1]

    return is_comment


def calculator_calls(source: TracedText, script: Script, shell: Shell) -> Iterator[CalculatorCall]:
    """Iterate over the calls in a script that `shell` has run, here-documents included and comments left out."""
    text = source.text
    if _NAME not in text:
        return
    brought = _BRINGS.search(text) is not None or any(path.endswith(_NAME) for path in shell.files)
    is_comment = _comments(script)
    ended = 0
    for match in _CALL.finditer(text):
        at = match.start("path")
        if is_comment(at):
            continue
        call = source.slice(*match.span("call"))
        command = next(shell.run(call), None)
        if command is None:
            continue
        while ended < len(script.commands) and script.commands[ended].end <= at:
            ended += 1
        later = (script.commands[number] for number in range(ended, len(script.commands)))
        condition = next((raw.condition for raw in later if raw.start <= at < raw.end), "")
        yield CalculatorCall(
            match["path"],
            _following(command, "--cni-version"),
            call.span(0, len(call.text.rstrip())),
            condition,
            brought=brought,
            options=_options(command),
        )


def _following(command: Command, option: str) -> Value[str] | None:
    """Return what follows an option; None where nothing does."""
    words = command.words
    for position, word in enumerate(words[:-1]):
        if word.text == option:
            return words[position + 1].content.value()
    return None


def _options(command: Command) -> CalculatorOptions | None:
    """Return what a call says beside the version; None for words that the calculator does not know."""
    texts = [word.text for word in command.words[1:]]
    rest = iter(texts)
    for text in rest:
        if text in _WITH_VALUE:
            next(rest, None)
        elif text not in _SWITCHES:
            return None
    most = _following(command, "--cni-max-eni")
    return CalculatorOptions(
        instance_type=_following(command, "--instance-type"),
        max_eni=None if most is None else whole_number(most, command.span),
        custom_networking="--cni-custom-networking-enabled" in texts,
        prefix_delegation="--cni-prefix-delegation-enabled" in texts,
        show_max_allowed="--show-max-allowed" in texts,
    )
