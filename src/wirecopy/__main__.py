"""`python -m wirecopy` is the command `wirecopy`."""

from wirecopy.cli import main

main()
