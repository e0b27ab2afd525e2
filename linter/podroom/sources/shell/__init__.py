"""Reading POSIX shell (and the common parts of bash) well enough to say exactly what runs."""

from podroom.sources.shell.command import Command, Redirection, Word
from podroom.sources.shell.grammar import read_script
from podroom.sources.shell.interpreter import Shell, WrittenFile, unix_lines
from podroom.sources.shell.syntax import Script

__all__ = ["Command", "Redirection", "Script", "Shell", "Word", "WrittenFile", "read_script", "unix_lines"]
