"""Imported once by the server that workers are forked from, so that they share what it loaded.

The language model and the extractor's tables take 0.7 s and 75 MB a process otherwise.
"""

from __future__ import annotations

import contextlib
from datetime import UTC, datetime

from wirecopy.pipeline import read as read
from wirecopy.stages.read import read_page

_WORDS = "A first page is read here, so that no worker has to learn how by itself. "
_PAGE = (
    f"<html lang='en'><title>A page</title><h1>A page</h1><article>{'<p>' + _WORDS * 3}</article>"
)

# The model is unpacked in the temporary folder. Where that is full, the server would die of it
# again and again; so the first worker that needs the model tells.
with contextlib.suppress(OSError):
    read_page(_PAGE.encode(), (), "http://warm.example/page", datetime(2026, 1, 1, tzinfo=UTC))
