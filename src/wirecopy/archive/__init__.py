"""The archive: everything that was got, and every miss, in one order, as WARC 1.1 (ISO 28500).

A folder of files `wirecopy-NUMBER-DATE.warc.gz`; the one that is written to has `.open` behind its
name until it is full. A `Record` always carries the final name. One gzip member a record, so each
can be read by its offset alone; request first, then its response, so that a place in the archive
behind a response is behind the whole exchange.

One writer (`Archive`), any number of readers in any process (`read_body`, `read_capture`,
`walk`, `check`).
"""

from __future__ import annotations

from wirecopy.archive.reader import (
    ArchiveFile,
    Place,
    check,
    files,
    read_body,
    read_capture,
    walk,
)
from wirecopy.archive.writer import Archive, recover

__all__ = [
    "Archive",
    "ArchiveFile",
    "Place",
    "check",
    "files",
    "read_body",
    "read_capture",
    "recover",
    "walk",
]
