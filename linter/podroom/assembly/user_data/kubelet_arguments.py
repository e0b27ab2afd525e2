"""The command line of kubelet, as far as it bears on max pods."""

from __future__ import annotations

import re

from podroom.assembly.user_data.notes import Notes, mentions_max_pods, whole_number
from podroom.model.world import Mechanism
from podroom.patterns import pattern
from podroom.traced_text import HOLE, TracedText

_ARGUMENT = pattern(r"""(?:"[^"]*"|'[^']*'|[^\s"']|["'])+""")
_FLAG = pattern(r"""["']?--max-pods(?:=["']?([^"'\s]*)["']?)?["']?""")
_TAKE_A_VALUE = frozenset(
    f"--{name}"
    for name in (
        *("node-labels", "register-with-taints", "cluster-dns", "node-ip", "provider-id", "hostname-override", "v"),
        *("config", "system-reserved", "kube-reserved", "qos-reserved", "reserved-cpus", "cpu-manager-policy"),
        *("pod-infra-container-image", "feature-gates", "cloud-provider", "root-dir", "max-open-files"),
        *("allowed-unsafe-sysctls", "registry-qps", "registry-burst", "event-qps", "event-burst"),
        *("kube-api-qps", "kube-api-burst"),
    )
)
_THAT_TAKE_A_VALUE = ("--eviction-", "--image-gc-", "--container-log-")
"""How the names of other flags begin that take one."""
_RESERVED = pattern(r"""["']?--kube-reserved(?![a-z-])""")


def read_kubelet_arguments(text: TracedText, mechanism: Mechanism, notes: Notes) -> None:
    """Note every `--max-pods` among kubelet's arguments, and unknown values that could be one."""
    value_follows = False
    flag_start = None
    for match in _ARGUMENT.finditer(text.text):
        argument, start, end = match.group(), match.start(), match.end()
        if flag_start is not None:
            notes.fix(
                mechanism, whole_number(text.value(start, end), text.span(start, end)), text.span(flag_start, end)
            )
            flag_start = None
        elif flag := _FLAG.fullmatch(argument):
            if flag.group(1) is None:
                flag_start = start
                continue
            begin, stop = start + flag.start(1), start + flag.end(1)
            value = text.value(begin, stop) if stop > begin else text.value(start, end)
            left, right = _without_quotes(argument, start)
            notes.fix(mechanism, whole_number(value, text.span(start, end)), text.span(left, right))
        elif _RESERVED.match(argument):
            notes.kube_reserved.append(text.span(start, end))
        elif HOLE in argument and not value_follows and not re.match(r"""["']?--[a-z0-9-]+=""", argument):
            notes.hole(text, start, end, "an unknown value among kubelet's arguments")
        elif mentions_max_pods(text.slice(start, end)):
            notes.gap(f"`{argument.replace(HOLE, '...')}` is not understood", text.span(start, end))
        value_follows = _takes_a_value(argument)
    if flag_start is not None:
        notes.gap("--max-pods has no number", text.span(flag_start, len(text)))


def _takes_a_value(argument: str) -> bool:
    """Return whether an argument is a flag whose value is the next one."""
    return argument in _TAKE_A_VALUE or (argument.startswith(_THAT_TAKE_A_VALUE) and "=" not in argument)


def _without_quotes(argument: str, start: int) -> tuple[int, int]:
    left = start + (argument[0] in "\"'")
    return left, start + len(argument) - (argument[-1] in "\"'" and argument[0] in "\"'")
