"""Imported once by the server that workers are forked from, so that they share what it loaded.

The language model and the extractor's tables take 0.7 s and 75 MB a process otherwise.
"""

from __future__ import annotations

import contextlib
import gc
from datetime import UTC, datetime

from wirecopy.errors import ReadError
from wirecopy.images import shrink
from wirecopy.pipeline import read as read
from wirecopy.stages.feeds import read_feed
from wirecopy.stages.read import read_page

_WORDS = "A first page is read here, so that no worker has to learn how by itself. "
# Every language's words for dates are tried on this day, for 1.7 s and 38 MB. Each worker would
# learn them by itself, at its first page without a date that machines can read.
_DAY = "<p class='date'>3 Smarch 2020</p>"
# No language is declared, so that the model is asked.
_PAGE = f"<html><title>A page</title><h1>A page</h1><article>{_DAY}{'<p>' + _WORDS * 3}</article>"

_FEED = b"<rss version='2.0'><channel><item><title>A page</title></item></channel></rss>"
_NOW = datetime(2026, 1, 1, tzinfo=UTC)

# The model is unpacked in the temporary folder. Where that is full, the server would die of it
# again and again; so the first worker that needs the model tells.
with contextlib.suppress(OSError):
    read_page(_PAGE.encode(), (), "http://warm.example/page", _NOW)

read_feed(_FEED, "application/rss+xml", "http://warm.example/feed", _NOW)
with contextlib.suppress(ReadError):  # no picture; Pillow is loaded all the same
    shrink(b"")

# What stands here stays: collecting garbage must not go through it, as each worker would then have
# a copy of every page of memory it stands in.
gc.collect()
gc.freeze()
