"""The command line: arguments, one command a module, exit codes and the terminal."""
