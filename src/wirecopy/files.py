"""Files that are whole or not there."""

from __future__ import annotations

import os
from pathlib import Path

from wirecopy.errors import ArchiveError


def write_whole(path: Path, body: bytes) -> None:
    """Write a file so that no reader, and no crash, ever sees half of it.

    Raises ArchiveError when the disk does not take it.
    """
    whole = path.with_name(f"{path.name}.{os.getpid()}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        whole.write_bytes(body)
        whole.replace(path)
    except OSError as error:
        whole.unlink(missing_ok=True)
        raise ArchiveError(
            f"{path} cannot be written: {error.strerror}.",
            cure="Free space, or name another folder.",
        ) from error
