"""Reading POSIX shell (and the common parts of bash) well enough to say exactly what runs."""

from podroom.sources.shell.interpreter import Command, Redirection, Shell, Word

__all__ = ["Command", "Redirection", "Shell", "Word"]
