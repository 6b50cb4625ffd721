"""The command as it is, but for the dialer: `python -m tests.faults.command PORT ARGUMENT...`.

It dials one port of this machine, whatever name is asked for, and makes no pauses.
"""

from __future__ import annotations

import sys
from unittest.mock import patch

from wirecopy import cli


def main(port: int) -> None:
    from wirecopy import gather
    from wirecopy.dial import ReplayDialer
    from wirecopy.fetch import Manners

    def replayed(**_: object) -> ReplayDialer:
        return ReplayDialer(port)

    def unhurried(**asked: object) -> Manners:
        return Manners(user_agent=str(asked["user_agent"]), delay_seconds=0)

    with (
        patch.object(gather, "PublicDialer", replayed),
        patch.object(gather, "Manners", unhurried),
    ):
        cli.main()


if __name__ == "__main__":
    try:
        main(int(sys.argv.pop(1)))
    except KeyboardInterrupt:  # before the command itself has begun
        sys.exit("Stopped.")
