"""What a terminal gives to the commands it starts."""

from __future__ import annotations

import signal


def hears_ctrl_c() -> None:
    """For `preexec_fn`: SIGINT ends the command, whoever runs the tests.

    What a shell starts with `&` ignores SIGINT, and so would each of its children.
    """
    signal.signal(signal.SIGINT, signal.SIG_DFL)
