"""Shell scripts in user data: bootstrap.sh of Amazon Linux 2, and files for nodeadm of Amazon Linux 2023."""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import TYPE_CHECKING

from podroom.assembly.user_data.calculator import calculator_calls, calculator_downloads
from podroom.assembly.user_data.here_documents import open_here_documents
from podroom.assembly.user_data.kubelet_arguments import read_kubelet_arguments
from podroom.assembly.user_data.notes import MENTION, SHELLS, WORKED_OUT, Notes, mentions_max_pods, quote
from podroom.model.world import Bootstrap, Mechanism, UseMaxPods
from podroom.patterns import pattern
from podroom.positions import Span
from podroom.sources.shell import Command, Script, Shell, Word, WrittenFile, read_script, unix_lines
from podroom.sources.shell.command import written_paths
from podroom.traced_text import HOLE, TracedText
from podroom.values import Known, OneOf, Unknown, Value

if TYPE_CHECKING:
    from podroom.assembly.user_data.sed import Edit, When

_BOOTSTRAP_SH = "/etc/eks/bootstrap.sh"
_DROP_IN = pattern(r"/etc/eks/nodeadm\.d/[^/]+\.(?:yaml|yml|json)")
_KUBELET_CONFIG = "/etc/kubernetes/kubelet/kubelet-config.json"
TABLE_OF_BOOTSTRAP_SH = "the table of max pods that bootstrap.sh reads is changed"
"""Why max pods is not known on nodes with bootstrap.sh; nodeadm has a table of its own."""

_READ_ON_THE_NODE = {
    "/etc/eks/eni-max-pods.txt": TABLE_OF_BOOTSTRAP_SH,
    _KUBELET_CONFIG: "kubelet's configuration file is changed on the node",
    "/etc/kubernetes/kubelet/config.json": "kubelet's configuration file is changed on the node",
    "/etc/eks/max-pods-calculator.sh": "the calculator of max pods is changed",
    _BOOTSTRAP_SH: "bootstrap.sh is changed in a way that is not understood",
}
_PRINTS = frozenset(
    ("echo", "printf", "logger", "log", ":", "true", "grep", "egrep", "cat", "test", "[", "tee", "ls", "exit")
)
_DECLARES = frozenset(("", "export", "declare", "typeset", "readonly", "local", "unset", "read", "set"))
_FETCHES = frozenset(("curl", "wget", "chmod", "chown", "aws", "ls", "rm", "sleep"))
_CALCULATOR_FILE = pattern(r"\S*max-pods-calculator\.sh\S*")
_VALUE_ARGUMENTS = frozenset(
    f"--{name}"
    for name in [
        "use-max-pods",
        "b64-cluster-ca",
        "apiserver-endpoint",
        "kubelet-extra-args",
        "enable-docker-bridge",
        "aws-api-retry-attempts",
        "docker-config-json",
        "containerd-config-file",
        "pause-container-account",
        "pause-container-version",
        "dns-cluster-ip",
        "container-runtime",
        "ip-family",
        "service-ipv6-cidr",
        "enable-local-outpost",
        "cluster-id",
        "mount-bpf-fs",
        "local-disks",
    ]
)


class ScriptReader:
    """Reads the shell scripts of one node's user data, in order; they share the node's files."""

    def __init__(self, notes: Notes) -> None:
        """Collect into `notes`."""
        self._notes = notes
        self._shell = Shell()
        self._edits: list[Edit] = []
        self._read_files: set[str] = set()
        self._called = False

    def read(self, text: TracedText) -> None:
        """Read one script; each starts with an environment of its own."""
        source = unix_lines(text)
        script = read_script(source.text)
        files = self._shell.files
        self._shell = Shell()
        self._shell.files = files
        before = self._state()
        for command in self._shell.execute(source, script):
            self._command(command)
        self._left_over(source, script)
        self._notes.open_here_documents.extend(open_here_documents(source, script))
        self._notes.calculator_calls.extend(calculator_calls(source, script, self._shell))
        self._notes.calculator_downloads.extend(calculator_downloads(source, script))
        if self._state() == before:
            self._stray()

    def file(self, path: str, content: TracedText | None, span: Span) -> None:
        """Take note of a file that something else writes before the scripts run."""
        self._shell.files[path] = WrittenFile(span, content)
        reason = _READ_ON_THE_NODE.get(path)
        if reason is not None:
            self._notes.gap(reason, span)

    def finish(self) -> None:
        """Note what only shows at the end: environment for a call that Amazon EKS adds, and files."""
        if self._edits and not self._called:
            self._without_call()
        for path, file in self._shell.files.items():
            if _DROP_IN.fullmatch(path):
                self._drop_in(path, file.content, file.condition, file.span)
            elif path not in self._read_files and path not in _READ_ON_THE_NODE and file.content is not None:
                self._notes.mentions(file.content, f"is written to {path}, and nothing here is known to read it")

    def _state(self) -> tuple[object, ...]:
        """Return what changes if a script reaches bootstrap.sh or could not be read to its end."""
        return self._called, len(self._edits), len(self._notes.gaps)

    def _stray(self) -> None:
        """Note a number in the variable of a script that does nothing with it."""
        arguments = self._shell.variable("KUBELET_EXTRA_ARGS")
        if arguments is not None:
            notes = Notes()
            read_kubelet_arguments(arguments, Mechanism.KUBELET_EXTRA_ARGS_VARIABLE, notes)
            self._notes.stray.extend(notes.fixed)

    # Commands

    def _command(self, command: Command) -> None:
        for path, _ in written_paths(command):
            self._written(command, path)
        position = _bootstrap_position(command)
        if position is not None:
            self._bootstrap(command, position)
        elif _edits_bootstrap(command):
            self._edit(command)
        elif command.name in ("nodeadm", "/usr/bin/nodeadm", "/usr/local/bin/nodeadm"):
            self._nodeadm(command)
        elif not command.keyword and command.name.startswith(HOLE) and not command.name.startswith(f"{HOLE}/"):
            word = command.words[0].content
            self._notes.hole(word, 0, len(word), "an unknown command")
        elif not self._harmless(command):
            self._not_understood(command)

    def _harmless(self, command: Command) -> bool:
        """Return whether a command does nothing about max pods by itself, even if it mentions it."""
        if command.name in _DECLARES or command.keyword:
            return True
        if command.name in _PRINTS:
            return not (command.reads_pipe and command.name == "tee" and command.input is None)
        return self._sources_known_file(command)

    def _sources_known_file(self, command: Command) -> bool:
        """Return whether a command sources a file that this user data writes, whose commands come by themselves."""
        path = command.words[1].text if command.name in ("source", ".") and len(command.words) > 1 else ""
        if path in self._shell.files:
            self._read_files.add(path)
            return True
        return False

    def _not_understood(self, command: Command) -> None:
        texts = [*command.written, *(word.content for word in command.words)]
        if command.input is not None and command.reads_pipe:
            texts.append(command.input)
        runs_text = command.name in ("eval", *SHELLS) and any(HOLE in word.text for word in command.words)
        if runs_text:
            for word in command.words[1:]:
                if word.text.startswith(HOLE):
                    self._notes.hole(word.content, 0, len(word.content), "an unknown command")
        written = command.written[0].text
        named = [path for path in _READ_ON_THE_NODE if path in written]
        for text in texts:
            if not mentions_max_pods(text):
                continue
            if command.name in _FETCHES and not MENTION.search(_CALCULATOR_FILE.sub("", text.text)):
                continue
            self._notes.gap(*_reason(text, named))

    def _written(self, command: Command, path: TracedText) -> None:
        """Judge a write to a file that kubelet's configuration is read from."""
        reason = _READ_ON_THE_NODE.get(path.text)
        if path.text in (_BOOTSTRAP_SH, _KUBELET_CONFIG):
            texts = [*command.written, *([command.input] if command.input is not None else [])]
            if not any(mentions_max_pods(text) or HOLE in text.text for text in texts):
                return
        if reason is not None:
            self._notes.gap(reason, command.span)

    def _nodeadm(self, command: Command) -> None:
        """Read the NodeConfig that a call of nodeadm names, if this user data writes it."""
        for word in command.words[1:]:
            _, found, path = word.text.partition("file://")
            file = self._shell.files.get(path) if found else None
            if file is not None and not _DROP_IN.fullmatch(path):
                self._read_files.add(path)
                self._drop_in(path, file.content, file.condition or command.condition, file.span)

    def _drop_in(self, path: str, content: TracedText | None, condition: str, span: Span) -> None:
        if content is None:
            self._notes.gap(f"what is written to {path} is worked out on the node", span)
        elif condition:
            self._notes.mentions(content, f"is written to {path} {condition}")
        else:
            from podroom.assembly.user_data.node_config import read_node_config  # noqa: PLC0415 - few scripts write one

            drop_in = _DROP_IN.fullmatch(path)
            mechanism = Mechanism.NODEADM_DROP_IN if drop_in else Mechanism.NODEADM_CONFIG
            read_node_config(content, self._notes, mechanism)

    # bootstrap.sh

    def _edit(self, command: Command) -> None:
        from podroom.assembly.user_data.sed import edits_of  # noqa: PLC0415 - few scripts edit it

        edits = edits_of(command)
        mentioned = any(mentions_max_pods(word.content) for word in command.words)
        if edits is None:
            holes = any(word.loose for word in command.words)
            concerns = any("KUBELET_EXTRA_ARGS" in word.text for word in command.words)
            if mentioned or holes or concerns:
                self._notes.gap(_READ_ON_THE_NODE[_BOOTSTRAP_SH], command.span)
        elif command.condition:
            self._notes.gap(f"bootstrap.sh is changed {command.condition}", command.span)
        else:
            self._notes.bootstrap(Bootstrap.BOOTSTRAP_SH, command.span)
            self._edits.extend(edits)

    def _bootstrap(self, command: Command, position: int) -> None:
        """Work out what bootstrap.sh is told by its environment, its arguments and edits of itself."""
        notes = Notes() if command.condition else self._notes
        self._called = self._called or not command.condition
        if not command.condition:
            notes.bootstrap(Bootstrap.BOOTSTRAP_SH, command.span)
        child = self._shell.child()
        for name, value in command.assigned.items():
            child.set(name, value)
        self._apply(child, "before arguments")
        self._arguments(command, position, child, notes)
        self._apply(child, "after arguments")
        argument = child.variable("2") is not None
        mechanism = Mechanism.KUBELET_EXTRA_ARGS if argument else Mechanism.KUBELET_EXTRA_ARGS_VARIABLE
        self._conclude(child, mechanism, notes)
        if notes is not self._notes and (notes.fixed or notes.use_max_pods or notes.gaps):
            self._notes.gap(f"bootstrap.sh is called {command.condition}", command.span)

    def _arguments(self, command: Command, position: int, child: Shell, notes: Notes) -> None:
        """Take over the arguments as bootstrap.sh does: each knows its value from the next word."""
        words = command.words[position + 1 :]
        positional: list[Word] = []
        at = 0
        while at < len(words):
            word = words[at]
            at += 1
            if word.text not in _VALUE_ARGUMENTS:
                positional.append(word)
                continue
            if at >= len(words):
                break
            value = words[at]
            at += 1
            if word.text == "--use-max-pods":
                child.set("USE_MAX_PODS", value.content)
                child.set(_ARGUMENT_PLACE, TracedText((*word.content.pieces, *value.content.pieces)))
            elif word.text == "--kubelet-extra-args":
                child.set("2", value.content)
                if not self._apply(child, "on argument"):
                    child.set("KUBELET_EXTRA_ARGS", value.content)
            elif value.loose and HOLE in value.text and value.text != HOLE:
                notes.hole(value.content, 0, len(value.content), "an unquoted argument of bootstrap.sh")
        self._positional(positional, notes)

    def _positional(self, positional: list[Word], notes: Notes) -> None:
        # The first positional argument is the cluster's name; only if all are unknown is it the first unknown.
        names_cluster = all(HOLE in word.text for word in positional)
        for number, word in enumerate(positional):
            content = word.content
            if mentions_max_pods(content):
                notes.gap(
                    f"bootstrap.sh has no argument `{quote(content, 0)}` and ignores it", content.span(0, len(content))
                )
            elif word.loose and HOLE in word.text and (number or not names_cluster):
                notes.hole(content, 0, len(content), "an unknown argument of bootstrap.sh")

    def _apply(self, child: Shell, when: When) -> bool:
        """Run the lines that edits have put there in bootstrap.sh; return whether there are any."""
        edits = [edit for edit in self._edits if edit.when == when]
        for edit in edits:
            for command in child.run(edit.line):
                if command.name in ("source", ".") and len(command.words) > 1:
                    self._read_files.add(command.words[1].text)
                elif not self._harmless(command):
                    self._not_understood(command)
        return bool(edits)

    def _conclude(self, child: Shell, mechanism: Mechanism, notes: Notes) -> None:
        """Note what bootstrap.sh passes to kubelet, given its variables after it has read its arguments."""
        use = child.variable("USE_MAX_PODS")
        if use is not None and use.text:
            place = child.variable(_ARGUMENT_PLACE)
            span = (place or use).span(0, len(place or use))
            notes.use_max_pods.append(UseMaxPods(_truth(use), span))
        extra = child.variable("KUBELET_EXTRA_ARGS")
        if extra is not None:
            read_kubelet_arguments(extra, mechanism, notes)

    def _without_call(self) -> None:
        """Note what edits do to a call that Amazon EKS adds: what they append comes after its arguments."""
        child = self._shell.child()
        self._apply(child, "before arguments")
        before = child.variable("KUBELET_EXTRA_ARGS")
        child.set("2", TracedText(()))
        appends = self._apply(child, "on argument")
        appends = self._apply(child, "after arguments") or appends
        after = child.variable("KUBELET_EXTRA_ARGS")
        edited = appends and after is not None and after is not before
        mechanism = Mechanism.BOOTSTRAP_SH_EDIT if edited else Mechanism.KUBELET_EXTRA_ARGS_VARIABLE
        self._conclude(child, mechanism, self._notes)

    def _left_over(self, source: TracedText, script: Script) -> None:
        """Note mentions outside of every command and comment: in patterns of `case`, say."""
        covered = list(script.comments)
        for command in script.commands:
            covered.append((command.start, command.end))
            covered.extend((item.body.start, item.body.end) for item in command.redirections if item.body)
        if script.stopped_at is not None:
            self._notes.gap("this script is nested too deeply to be read", source.span(script.stopped_at, len(source)))
        covered.sort()
        furthest, at = 0, 0
        for mention in MENTION.finditer(source.text):
            while at < len(covered) and covered[at][0] <= mention.start():
                furthest, at = max(furthest, covered[at][1]), at + 1
            if mention.start() >= furthest:  # none of those that begin before it reaches it
                span = source.span(mention.start(), mention.end())
                self._notes.gap(f"`{quote(source, mention.start())}` is not understood", span)


_ARGUMENT_PLACE = "--use-max-pods"
"""Under this name, which no variable can have, the place of the argument is kept."""


def _bootstrap_position(command: Command) -> int | None:
    """Return which word of a command is bootstrap.sh, if the command runs it."""
    for position in range(min(2, len(command.words))):
        if command.words[position].text == _BOOTSTRAP_SH:
            return position if position == 0 or command.name in SHELLS else None
    return None


def _edits_bootstrap(command: Command) -> bool:
    if command.name not in ("sed", "/bin/sed") or all(word.text != _BOOTSTRAP_SH for word in command.words):
        return False
    return any(re.match("-[a-zA-Z]*i|--in-place", word.text) for word in command.words[1:])


def _reason(text: TracedText, named: Collection[str]) -> tuple[str, Span]:
    """Return why a text is not understood, and where; `named` are the paths in all that its command says."""
    mention = MENTION.search(text.text)
    start, end = mention.span() if mention else (0, len(text))
    for path, reason in _READ_ON_THE_NODE.items():
        if path in named or path in text.text:
            return (WORKED_OUT if path.endswith("calculator.sh") else reason), text.span(start, end)
    return f"`{quote(text, start)}` is not understood", text.span(start, end)


def _truth(text: TracedText) -> Value[bool]:
    """Return whether bootstrap.sh takes a text for true, which is only "true" itself."""
    value = text.value()
    if isinstance(value, Unknown):
        return value
    if isinstance(value, OneOf):
        return value.map(lambda candidate: candidate == "true")
    return Known(value.value == "true", value.origin)
