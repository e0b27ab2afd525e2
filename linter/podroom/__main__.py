"""`python -m podroom`."""

from podroom.cli import main

main()
