"""Runs commands of podroom in one process and says, for each, what it did beside reading files.

Takes the commands as JSON, each a list of arguments, and runs one that is alone with standard input and output; what it
has heard it writes into the file that is named last.  What is told are attempts: an audit hook hears of them before
they are made, by whatever library.
"""

from __future__ import annotations

import json
import os
import sys
from contextlib import suppress
from typing import Any

WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
CHANGES = (
    *("os.chmod", "os.chown", "os.link", "os.mkdir", "os.remove", "os.rename", "os.rmdir", "os.symlink", "os.truncate"),
    *("os.utime", "os.setxattr", "os.removexattr", "shutil.", "tempfile."),
)
PROGRAMS = (
    "subprocess.Popen",
    "os.system",
    "os.exec",
    "os.posix_spawn",
    "os.spawn",
    "os.fork",
    "os.startfile",
    "pty.spawn",
)
NETWORK = (
    *("socket.connect", "socket.bind", "socket.sendto", "socket.sendmsg", "socket.getaddrinfo", "socket.gethostby"),
    *("urllib.", "http.client.", "ftplib.", "smtplib.", "webbrowser."),
)

heard: list[tuple[str, str]] = []


def hear(event: str, arguments: tuple[Any, ...]) -> None:
    """Note what is more than reading."""
    if event == "open":
        path, mode, flags = arguments
        writes = bool(flags & WRITES) if isinstance(flags, int) else any(sign in (mode or "r") for sign in "wax+")
        if writes and isinstance(path, str | bytes) and os.fsdecode(path) != os.devnull:
            heard.append(("write", os.path.realpath(os.fsdecode(path))))
    elif event.startswith(CHANGES):
        paths = [os.fsdecode(one) for one in arguments if isinstance(one, str | bytes)]
        heard.extend(("write", os.path.realpath(path)) for path in paths)
    elif event.startswith(PROGRAMS):
        heard.append(("program", str(arguments[0])))
    elif event.startswith(NETWORK):
        heard.append(("network", f"{event} {arguments[1:]}"))


def main(commands: list[list[str]], into: int) -> None:
    """Run the commands."""
    from click.testing import CliRunner  # noqa: PLC0415 - what is imported here is heard, too

    sys.addaudithook(hear)
    from podroom import cli  # noqa: PLC0415 - same

    told = []
    for arguments in commands:
        heard.clear()
        crash = None
        if len(commands) > 1:
            result = CliRunner().invoke(cli.podroom, arguments)
            crash = None if isinstance(result.exception, SystemExit | None) else repr(result.exception)
        else:
            with suppress(SystemExit):
                cli.podroom(arguments)
        told.append({"crash": crash, "heard": sorted(set(heard))})
    os.write(into, json.dumps(told).encode())


if __name__ == "__main__":
    main(json.loads(sys.argv[1]), os.open(sys.argv[2], os.O_WRONLY | os.O_CREAT))
